"""Raw trees: what a text says before any name in it has a meaning."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Raw:
    """A part of a text.

    Parameters
    ----------
    start, end : int
        Where it stands, as a slice of the text; brackets around it belong to it.
    depth : int
        1 for a leaf.
    """

    start: int
    end: int
    depth: int


@dataclass(frozen=True, slots=True)
class Number(Raw):
    """A number without sign; an int where the text has digits alone."""

    value: int | float


@dataclass(frozen=True, slots=True)
class Name(Raw):
    """A name alone, such as ``close``, ``$close`` or ``IndClass.industry``."""

    name: str


@dataclass(frozen=True, slots=True)
class Application(Raw):
    """A name with arguments."""

    name: str
    args: tuple[Raw, ...]


@dataclass(frozen=True, slots=True)
class Prefix(Raw):
    """``-``, ``+`` or ``not`` in front; other spellings of ``not`` are ``not`` here."""

    symbol: str
    operand: Raw


@dataclass(frozen=True, slots=True)
class Infix(Raw):
    """A symbol between two parts, and where it stands; other spellings of ``and``, ``or`` and ``^`` are these here."""

    symbol: str
    place: int
    left: Raw
    right: Raw


@dataclass(frozen=True, slots=True)
class Choice(Raw):
    """``condition ? yes : no``."""

    condition: Raw
    yes: Raw
    no: Raw


def parts_of(raw: Raw) -> tuple[Raw, ...]:
    """Return what a part is made of, left to right."""
    match raw:
        case Application(args=args):
            return args
        case Prefix(operand=operand):
            return (operand,)
        case Infix(left=left, right=right):
            return left, right
        case Choice(condition=condition, yes=yes, no=no):
            return condition, yes, no
    return ()
