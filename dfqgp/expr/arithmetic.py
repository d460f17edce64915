"""The numbers and conditions of rules: arithmetic over what a pattern has matched.

A condition compares numbers. It may ask for the bounds of an expression, ``low(x)`` and ``high(x)``, for its
``lookback(x)``, and for the order of two, ``before(x, y)``. The texts are those of this package's own rules; nothing
else is evaluated.
"""

from __future__ import annotations

import ast
import operator
from itertools import pairwise
from typing import TYPE_CHECKING

from dfqgp.expr.ranges import range_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from dfqgp.expr.node import Node

Found = dict[str, "Node | float"]
"""What the names of a pattern stand for."""

NUMBERS = frozenset("abkwv")
"""Names that stand for numbers."""

_OPERATIONS: dict[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge, ast.NotEq: operator.ne,
}  # fmt: skip
_OF_NUMBERS: dict[str, Callable[..., float]] = {"min": min, "max": max}
_OF_NODES: dict[str, Callable[..., float]] = {
    "low": lambda x: range_of(x).low,
    "high": lambda x: range_of(x).high,
    "lookback": lambda x: x.lookback,
    "before": lambda x, y: x.key < y.key,
}


def arithmetic(text: str) -> ast.expr:
    """Return the tree of a number or of a condition, as ``value_of`` takes it."""
    return ast.parse(text, mode="eval").body


def is_number(tree: ast.expr) -> bool:
    """Return whether a tree is arithmetic over numbers alone."""
    match tree:
        case ast.Constant():
            return True
        case ast.Name(id=name):
            return name in NUMBERS
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return is_number(operand)
        case ast.BinOp(left=left, right=right):
            return is_number(left) and is_number(right)
    return isinstance(tree, ast.Call) and _called(tree) in _OF_NUMBERS and all(map(is_number, tree.args))


def value_of(tree: ast.expr, found: Found) -> float:
    """Return the value of arithmetic or of a condition, in which True is 1.

    Examples
    --------
    >>> value_of(arithmetic("0 < a and a <= b * 2"), {"a": 3, "b": 2})
    True
    """
    match tree:
        case ast.Constant(value=bool() | int() | float() as number):
            result: float = number
        case ast.Name(id=name) if isinstance(given := found[name], int | float):
            result = given
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            result = -value_of(operand, found)
        case ast.BinOp(left=left, op=op, right=right):
            result = _OPERATIONS[type(op)](value_of(left, found), value_of(right, found))
        case ast.Compare(left=left, ops=ops, comparators=rights):
            pairs = pairwise(value_of(each, found) for each in (left, *rights))
            result = all(_OPERATIONS[type(op)](*pair) for op, pair in zip(ops, pairs, strict=True))
        case ast.BoolOp(op=ast.And(), values=parts):
            result = all(value_of(part, found) for part in parts)
        case ast.Call(args=args) if _called(tree) in _OF_NUMBERS:
            result = _OF_NUMBERS[_called(tree)](value_of(each, found) for each in args)
        case ast.Call(args=args):
            result = _OF_NODES[_called(tree)](*(found[each.id] for each in args if isinstance(each, ast.Name)))
        case _:
            raise ValueError(f"no arithmetic: {ast.unparse(tree)}")
    return result


def _called(tree: ast.Call) -> str:
    return tree.func.id if isinstance(tree.func, ast.Name) else ""
