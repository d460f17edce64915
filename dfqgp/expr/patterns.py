"""Patterns of trees: read from the texts of rules, matched against trees, and built from what was matched.

In a pattern ``x``, ``y``, ``z`` stand for any numeric expression, ``p`` and ``q`` for any boolean one, ``g`` for a
group, and ``a``, ``b``, ``k``, ``w``, ``v`` for a number: a literal of an operator, or a constant.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from dfqgp.expr.arithmetic import Found, is_number, value_of
from dfqgp.expr.node import Call, Constant, Group, call, constant, is_boolean
from dfqgp.ops import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dfqgp.expr.node import Node

_BOOLEANS = frozenset("pq")
_INFIX: dict[type[ast.AST], str] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.Gt: "gt", ast.Lt: "lt", ast.GtE: "ge",
    ast.LtE: "le", ast.Eq: "eq", ast.And: "and", ast.Or: "or", ast.USub: "neg", ast.Not: "not",
}  # fmt: skip


@dataclass(frozen=True)
class Variable:
    """Any expression, boolean, or group; one name stands for one tree."""

    name: str


@dataclass(frozen=True)
class Number:
    """A number: a variable where a pattern matches, any arithmetic of variables where a tree is built."""

    tree: ast.expr
    name: str = ""


@dataclass(frozen=True)
class Applied:
    """An operator over patterns and numbers."""

    op: str
    args: tuple[Pattern, ...]
    literals: tuple[Number, ...] = ()


Pattern = Variable | Number | Applied


def read(text: str) -> Pattern:
    """Return the pattern of a rule's text.

    Examples
    --------
    >>> read("ts_delay(x, a)").op
    'ts_delay'
    """
    return _pattern(ast.parse(text, mode="eval").body)


def _pattern(tree: ast.expr) -> Pattern:
    if is_number(tree):
        return Number(tree, tree.id if isinstance(tree, ast.Name) else "")
    match tree:
        case ast.Name(id=name):
            return Variable(name)
        case ast.BinOp(left=left, op=op, right=right) | ast.Compare(left=left, ops=[op], comparators=[right]):
            return Applied(_INFIX[type(op)], (_pattern(left), _pattern(right)))
        case ast.BoolOp(op=op, values=[left, right]):
            return Applied(_INFIX[type(op)], (_pattern(left), _pattern(right)))
        case ast.UnaryOp(op=op, operand=operand):
            return Applied(_INFIX[type(op)], (_pattern(operand),))
        case ast.Call(func=ast.Name(id=name), args=args):
            given = list(zip(OPERATORS[name].arguments, map(_pattern, args), strict=True))
            literals = tuple(each for argument, each in given if argument.is_literal and isinstance(each, Number))
            return Applied(name, tuple(each for argument, each in given if not argument.is_literal), literals)
    raise ValueError(f"no pattern: {ast.unparse(tree)}")


def orders(pattern: Pattern) -> Iterator[Pattern]:
    """Yield a pattern with the arguments of its commutative operators in every order."""
    if not isinstance(pattern, Applied):
        yield pattern
        return
    for args in product(*map(orders, pattern.args)):
        yield Applied(pattern.op, args, pattern.literals)
        if OPERATORS[pattern.op].commutes and args[0] != args[1]:
            yield Applied(pattern.op, args[::-1], pattern.literals)


def matches(pattern: Pattern, node: Node, found: Found) -> bool:
    """Return whether a tree is of a pattern; ``found`` takes what its names stand for."""
    if isinstance(pattern, Applied):
        return (
            isinstance(node, Call)
            and node.op.name == pattern.op
            and all(_is(number, value, found) for number, value in zip(pattern.literals, node.literals, strict=True))
            and all(matches(part, arg, found) for part, arg in zip(pattern.args, node.args, strict=True))
        )
    if isinstance(pattern, Number):
        return isinstance(node, Constant) and _is(pattern, node.value, found)
    kind = isinstance(node, Group) if pattern.name == "g" else is_boolean(node) is (pattern.name in _BOOLEANS)
    return kind and found.setdefault(pattern.name, node) is node


def _is(number: Number, value: float, found: Found) -> bool:
    wanted = found.setdefault(number.name, value) if number.name else value_of(number.tree, found)
    return wanted == value


def build(pattern: Pattern, found: Found) -> Node | None:
    """Return the tree of a pattern with its names filled in, None where a literal is none that the operator takes."""
    if isinstance(pattern, Variable):
        node = found[pattern.name]
        return None if isinstance(node, int | float) else node
    if isinstance(pattern, Number):
        return constant(value_of(pattern.tree, found))
    op = OPERATORS[pattern.op]
    values = (value_of(each.tree, found) for each in pattern.literals)
    literals = tuple(each.as_literal(value) for each, value in zip(op.literals, values, strict=True))
    args = [build(each, found) for each in pattern.args]
    legal = all(each.accepts(value) for each, value in zip(op.literals, literals, strict=True))
    if not legal or op.problem(literals) or None in args:
        return None
    return call(pattern.op, tuple(arg for arg in args if arg is not None), literals)
