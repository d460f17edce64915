"""How the functions of a kernel form become compiled loops, and the arguments that all loops share.

Every kernel has one signature, so that a launch is the same for all of them::

    kernel(slab, tasks, constants, literals, universe, groups, origin, parts, first, last)

``tasks``, ``constants`` and ``literals`` hold a row a task (columns in ``dfqgp.backends.instructions``). Each task is
cut into ``parts`` pieces, and the call does the pieces ``first`` to ``last`` - 1 of tasks x parts. Pieces are
independent, so threads share them out. Which cells a piece has is worked out here once (``pieces``); a form's loop sees
its own range.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from numba import njit
from numba.extending import register_jitable

from dfqgp.ops.forms import functions_of

if TYPE_CHECKING:
    from types import ModuleType

    from dfqgp.ops import Operator

Function = Callable[..., Any]

ROWS, COLUMNS, CELLS = range(3)
"""What a task is cut along."""


def tuple_of(count: int, item: Function) -> Function:
    """Return a compiled ``(item(0, ...), ..., item(count - 1, ...))``: Numba has no loop that makes a tuple."""
    if count == 0:
        return register_jitable(lambda *_: ())
    before, last = tuple_of(count - 1, item), count - 1

    def collect(*arguments):
        return (*before(*arguments), item(last, *arguments))

    return register_jitable(collect)


def unrolled(count: int, action: Function) -> Function:
    """Return a compiled ``action(0, ...); ...; action(count - 1, ...)``: loops here would not vectorise."""
    if count == 0:
        return register_jitable(lambda *_: None)
    before, last = unrolled(count - 1, action), count - 1

    def run(*arguments):
        before(*arguments)
        action(last, *arguments)

    return register_jitable(run)


@register_jitable
def item_of(i, numbers):
    return numbers[i]


def pieces(loop: Function, axis: int) -> Function:
    """Return the kernel that runs ``loop(slab, task, ..., origin, lo, hi)`` piece by piece."""

    def kernel(slab, tasks, constants, literals, universe, groups, origin, parts, first, last):
        rows, columns = slab.shape[1], slab.shape[2]
        extent = rows if axis == ROWS else columns if axis == COLUMNS else rows * columns
        for piece in range(first, last):
            task, part = piece // parts, piece % parts
            lo, hi = extent * part // parts, extent * (part + 1) // parts
            loop(slab, tasks[task], constants[task], literals[task], universe, groups, origin, lo, hi)

    return kernel


def compile_operator(op: Operator, loop: Function, axis: int) -> Function:
    """Compile an operator's kernel; its functions and those that they call are compiled into it."""
    for function in functions_of(op.form):
        register_jitable(function)
    return compile_kernel(pieces(register_jitable(loop), axis), op.name, op.source, inspect.getmodule(loop))


def compile_kernel(kernel: Function, name: str, *parts: str | ModuleType | None) -> Function:
    """Compile a loop for threads, cached on disk under a name that changes with its parts' source.

    Numba's cache looks at the file of ``kernel`` alone; a changed function in another file would be missed. Parts are
    texts, or modules that hold functions which the loop calls.

    No fast-math flag: missing values are NaN, and a fused multiply-add in the vector part of a loop alone would make a
    stock's value depend on its column.
    """
    digest = hashlib.blake2b(digest_size=6)
    for part in (inspect.getsource(kernel), *parts):
        digest.update((part if isinstance(part, str) else inspect.getsource(part)).encode())  # type: ignore[arg-type]
    kernel.__qualname__ = kernel.__name__ = f"{name}_{digest.hexdigest()}"
    compiled: Function = njit(nogil=True, error_model="numpy", cache=True)(kernel)
    return compiled
