"""How a kernel is compiled, and the table of arguments that all kernels share.

Every kernel has one signature, so that a launch is the same for all of them::

    kernel(slab, tasks, constants, universe, groups, origin, parts, first, last)

``tasks`` holds a row a task (columns below), ``parts`` into how many pieces each task is cut, and the call does the
pieces ``first`` to ``last`` - 1 of tasks x parts. Pieces are independent, so threads share them out.
"""

from __future__ import annotations

import hashlib
import inspect
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

    from numpy.typing import NDArray

    from dfqgp.backends.base import Task

OUT, A, B, LITERAL, GROUP, WARMUP = range(6)


def table(tasks: Sequence[Task]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Write tasks as the integer and float tables that kernels read."""
    rows = np.zeros((len(tasks), WARMUP + 1), dtype=np.int64)
    constants = np.zeros((len(tasks), 2), dtype=np.float64)
    for row, number, task in zip(rows, constants, tasks, strict=True):
        row[OUT], row[A], row[B] = task.out, task.slots[0], task.slots[-1]
        row[LITERAL], row[GROUP], row[WARMUP] = task.literals[0] if task.literals else 0, task.group, task.warmup
        number[0], number[1] = task.constants[0], task.constants[-1]
    return rows, constants


def compile_kernel(
    kernel: Callable[..., None], name: str, *parts: Callable[..., Any] | ModuleType
) -> Callable[..., None]:
    """Compile a loop for threads, cached on disk under a name that changes with its own source and its parts'.

    Parts are the functions that the loop calls, or the modules that hold them.

    Numba's cache looks at the file of ``kernel`` alone; a changed scalar function in another file would be missed.
    No fast-math flag: missing values are NaN, and a fused multiply-add in the vector part of a loop alone would make a
    stock's value depend on its column.
    """
    digest = hashlib.blake2b(digest_size=6)
    for part in (kernel, *parts):
        digest.update(inspect.getsource(part).encode())
    kernel.__qualname__ = kernel.__name__ = f"{name}_{digest.hexdigest()}"
    compiled: Callable[..., None] = njit(nogil=True, error_model="numpy", cache=True)(kernel)
    return compiled
