"""How many arithmetic operations a scalar function takes, counted in its bytecode: later operators need no entry."""

from __future__ import annotations

import dis
import math
from functools import cache
from types import FunctionType

_OPERATORS = {"+": 1, "-": 1, "*": 1, "/": 8, "//": 8, "%": 8, "**": 40}
"""Operations by sign; a division is a reciprocal with its corrections. An index is none of them."""

_ROOT, _FUNCTION = 8, 25
"""Operations of a root, and of a function of ``math`` that is not named here: a polynomial and its range reduction."""

_CHEAP = {"abs": 1, "min": 2, "max": 2, "copysign": 1, "fabs": 1, "isnan": 1, "isfinite": 1, "floor": 1, "sqrt": _ROOT}


@cache
def operations(function: FunctionType) -> int:
    """Return the operations of a call, those of the plain functions that it calls by name included.

    Every branch counts, as threads of a warp that take different ones take all of them.

    Examples
    --------
    >>> from dfqgp.ops import OPERATORS
    >>> [operations(OPERATORS[name].form.cell) for name in ("neg", "add", "div")]
    [1, 1, 8]
    """
    return sum(_of(each, function) for each in dis.get_instructions(function))


def _of(instruction: dis.Instruction, function: FunctionType) -> int:
    name, argument = instruction.opname, instruction.argval
    if name == "BINARY_OP":
        return _OPERATORS.get(instruction.argrepr.rstrip("="), 1 if instruction.argrepr in {"&", "|", "^"} else 0)
    if name in {"COMPARE_OP", "UNARY_NEGATIVE"}:
        return 1
    if name in {"LOAD_ATTR", "LOAD_METHOD"} and callable(getattr(math, str(argument), None)):
        return _CHEAP.get(argument, _FUNCTION)
    if name in {"LOAD_GLOBAL", "LOAD_DEREF"}:
        called = _around(function).get(argument)
        return operations(called) if isinstance(called, FunctionType) else _CHEAP.get(argument, 0)
    return 0


def _around(function: FunctionType) -> dict[str, object]:
    """Return what a function's names outside of it mean."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    return {**function.__globals__, **{name: cell.cell_contents for name, cell in cells}}
