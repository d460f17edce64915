"""The table of arguments that kernels read: a row a task, whole numbers, constants and literals apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dfqgp.backends.base import Task
    from dfqgp.ops import Operator

OUT, GROUP, WINDOW, NEEDED, WARMUP, INPUT = range(6)
"""Columns: slot of the value, index of the grouping, rows that the value reads, finite inputs that it needs, rows that
stay NaN, slot of the first input (the others follow)."""


def table(op: Operator, tasks: Sequence[Task]) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Write tasks of an operator as the tables that kernels read."""
    rows = np.zeros((len(tasks), INPUT + len(op.panels)), dtype=np.int64)
    constants = np.zeros((len(tasks), len(op.panels)))
    literals = np.zeros((len(tasks), len(op.literals)))
    for row, number, literal, task in zip(rows, constants, literals, tasks, strict=True):
        back = op.lookback(task.literals)
        row[:INPUT] = task.out, task.group, back + 1, op.needed(task.literals), max(back, task.warmup)
        row[INPUT:], number[:], literal[:] = task.slots, task.constants, task.literals
    return rows, constants, literals
