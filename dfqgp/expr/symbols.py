"""Symbols that write operators, and how close each binds."""

from __future__ import annotations

from enum import IntEnum

from dfqgp.ops import OPERATORS


class Level(IntEnum):
    """How close a text holds together, as in grammar.lark; what is closer needs no brackets inside what is looser."""

    OR = 0
    AND = 1
    NOT = 2
    COMPARISON = 3
    SUM = 4
    PRODUCT = 5
    SIGN = 6
    ATOM = 7


INFIX = {
    "or": Level.OR, "and": Level.AND, "<": Level.COMPARISON, "<=": Level.COMPARISON, ">": Level.COMPARISON,
    ">=": Level.COMPARISON, "==": Level.COMPARISON, "+": Level.SUM, "-": Level.SUM, "*": Level.PRODUCT,
    "/": Level.PRODUCT,
}  # fmt: skip
"""Every symbol that the native language reads between two expressions."""


def operator_of(symbol: str) -> str | None:
    """Return the name of the built-in operator that declares a symbol, or None.

    Examples
    --------
    >>> operator_of("*")
    'mul'
    """
    names = (op.name for op in OPERATORS.values() if op.infix == symbol and op.builtin)
    return next(names, None) if symbol in INFIX else None
