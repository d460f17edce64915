"""How the functions of a kernel form become compiled loops, and the arguments that all loops share.

Every kernel has one signature, so that a launch is the same for all of them::

    kernel(slab, tasks, constants, literals, universe, groups, origin, member, parts, first, last)

``tasks``, ``constants`` and ``literals`` hold one row per task (columns in ``dfqgp.backends.instructions``). A kernel
serves a family of operators, and ``member`` says which of them is computed. Each task is cut into ``parts`` pieces, and
the call does the pieces ``first`` to ``last`` - 1 of tasks x parts. Pieces are independent, so threads share them out.
Which cells a piece has is worked out here once (``pieces``); a form's loop sees its own range.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit
from numba.extending import register_jitable

from dfqgp.backends.symbols import digest, symbol_of
from dfqgp.backends.tuples import tuples_for
from dfqgp.ops.source import functions_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.ops import Operator

Function = Callable[..., Any]

ROWS, COLUMNS, CELLS = range(3)
"""What a task is cut along."""


def jitable(function: Function, name: str) -> Function:
    """Let kernels call a function under a name that no other function has.

    Symbols of cached kernels are made of qualified names and a number that starts anew in every process. Two
    functions of one name, such as lambdas or the closures of a factory, may so get one symbol, and a kernel loaded
    from the cache calls the other's function. It was seen: max2 ended with a square root.
    """
    # Left to LLVM's estimate of costs, states of 8 numbers stay calls, and the loops around them do not vectorise.
    function.__qualname__ = name
    return register_jitable(forceinline=True)(function)


tuple_of = tuples_for(jitable)


CHOICES = 8
"""Functions that one function chooses among: nesting one in another for each takes longer to compile."""


def chosen_of(functions: Sequence[Function], name: str) -> Function:
    """Return ``f(member, ...)`` that calls the ``member``-th of some functions, all of one signature.

    Each is compiled into its caller: compiled code has no table of functions that could be cached on disk.
    """
    rest = None
    for low in range((len(functions) - 1) // CHOICES * CHOICES, -1, -CHOICES):
        some = (*functions[low : low + CHOICES], *[functions[-1]] * CHOICES)[:CHOICES]
        chosen = _choose(low, len(functions) - low, some, rest)
        rest = jitable(chosen, f"{name}_{low}")
    return rest  # type: ignore[return-value]


def _choose(low: int, count: int, some: Sequence[Function], rest: Function | None) -> Function:
    a, b, c, d, e, f, g, h = some
    if count == 1:
        return lambda _, *given: a(*given)

    def choose(member, *given):  # noqa: PLR0911 -- a loop over functions would not compile
        place = member - low
        if place == 0:
            return a(*given)
        if count > 2 and place == 1:
            return b(*given)
        if count > 3 and place == 2:
            return c(*given)
        if count > 4 and place == 3:
            return d(*given)
        if count > 5 and place == 4:
            return e(*given)
        if count > 6 and place == 5:
            return f(*given)
        if count > 7 and place == 6:
            return g(*given)
        if count > 8:
            return h(*given) if place == 7 else rest(member, *given)
        return last(*given)

    last = some[min(count, CHOICES) - 1]
    return choose


@register_jitable
def item_of(i, numbers):
    return numbers[i]


@register_jitable
def cell_of(i, rows, j):
    return np.float64(rows[i][j])


@register_jitable
def number_of(i, states, j):
    return states[i, j]


@register_jitable
def save(i, states, j, state):
    states[i, j] = state[i]
    return state[i]


def pieces(loop: Function, axis: int) -> Function:
    """Return the kernel that runs ``loop(slab, task, ..., origin, member, lo, hi)`` piece by piece."""

    def kernel(slab, tasks, constants, literals, universe, groups, origin, member, parts, first, last):
        rows, columns = slab.shape[1], slab.shape[2]
        extent = rows if axis == ROWS else columns if axis == COLUMNS else rows * columns
        for piece in range(first, last):
            task, part = piece // parts, piece % parts
            lo, hi = extent * part // parts, extent * (part + 1) // parts
            loop(slab, tasks[task], constants[task], literals[task], universe, groups, origin, member, lo, hi)

    return kernel


def compile_family(family: Sequence[Operator], loop: Callable[..., Function], axis: int) -> Function:
    """Compile the kernel of operators that share a loop; their functions and those that they call are compiled in."""
    for op in family:
        for function in functions_of(op.form):
            jitable(function, symbol_of(function))
    name, parts = family[0].name, (*(op.source for op in family), inspect.getsource(inspect.getmodule(loop)))  # type: ignore[arg-type]
    inner = jitable(loop(family), f"{name}_{digest(*parts)}_loop")
    return compile_kernel(pieces(inner, axis), name, *parts)


def compile_kernel(kernel: Function, name: str, *parts: str) -> Function:
    """Compile a loop for threads, cached on disk under a name that changes with its parts' source.

    Numba's cache looks at the file of ``kernel`` alone; a changed function in another file would be missed. Parts are
    the texts of the functions that the loop calls.

    No fast-math flag: missing values are NaN, and a fused multiply-add in the vector part of a loop alone would make a
    stock's value depend on its column.
    """
    kernel.__qualname__ = kernel.__name__ = f"{name}_{digest(inspect.getsource(kernel), *parts)}"
    compiled: Function = njit(nogil=True, error_model="numpy", cache=True)(kernel)
    return compiled
