"""A plan's tables as one upload: whole numbers as float64, which holds them exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dfqgp.backends.chain_code import chain_code
from dfqgp.ops.families import family_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dfqgp.backends.gpu.device import Device
    from dfqgp.backends.instructions import Plan
    from dfqgp.ops import Operator


@dataclass(frozen=True)
class Tables:
    """The tables of a plan on the device.

    Parameters
    ----------
    table : (I, 7 + A + P) float64
        Whole numbers of each instruction, its operator's place in the family that shares a kernel, its literals.
    code : (C, 3 + P) float64
        Opcode, slot, constant and literals of each row of a chain's code.
    literal : int
        Column of the table in which literals begin.
    """

    table: Any
    code: Any
    literal: int


def upload(plan: Plan, operators: Sequence[Operator], device: Device) -> Tables:
    """Enqueue the upload of a plan's tables.

    Parameters
    ----------
    operators : sequence of Operator
        Element-wise operators of the session: chains number them by their place here, not by the plan's opcodes.
    """
    table, code = np.concatenate([plan.tasks, _members(plan), plan.literals], axis=1), chain_code(plan, operators)
    both = device.upload(np.concatenate([table.ravel(), code.ravel()]))
    return Tables(
        both[: table.size].reshape(table.shape), both[table.size :].reshape(code.shape), plan.tasks.shape[1] + 1
    )


def _members(plan: Plan) -> NDArray[np.int64]:
    """Return (I, 1): which member of the family that shares a kernel an instruction wants."""
    members = np.zeros((len(plan.tasks), 1), dtype=np.int64)
    for opcode, start, stop in plan.steps.tolist():
        if opcode >= 0:
            op = plan.operators[opcode]
            members[start:stop] = family_of(op).index(op)
    return members
