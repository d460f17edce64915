"""Text -> raw tree, by the grammar of grammar.lark, which every dialect shares.

1. Refuse what is no text, too long, or nested too deeply.
2. Parse by an LALR automaton, which is built at first use and keeps its own stack: no text makes it recurse.
3. Refuse a raw tree that is too deep, so that what walks it may recurse.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from dfqgp.expr.mistakes import clipped, mistake
from dfqgp.expr.raw import Application, Choice, Infix, Name, Number, Prefix, Raw, parts_of

if TYPE_CHECKING:
    from dfqgp.errors import ExpressionError

MAX_LENGTH = 10_000
MAX_DEPTH = 64

ANYTHING = "a name, a number, a function call, a sign or a bracket"

_LARGEST = float(np.finfo(np.float32).max)
_GRAMMAR = Path(__file__).with_name("grammar.lark")
_SPELLINGS = {"&": "and", "&&": "and", "|": "or", "||": "or", "~": "not", "!": "not", "**": "^"}
_STRANGERS = {
    "#": ("a comment", "an expression alone"),
    "=": ("'='", "== to compare; arguments are given by place, not by name"),
}


def read(text: str) -> Raw:
    """Return the raw tree of a text.

    Raises
    ------
    ExpressionError
        With the 1-based position, what stands there and what was expected.

    Examples
    --------
    >>> raw = read("-close * 2")
    >>> raw.symbol, raw.left.symbol, raw.right.value
    ('*', '-', 2)
    """
    if not isinstance(text, str):
        raise mistake("", 0, f"a value of type {clipped(type(text).__name__)}", "a text such as 'cs_rank(close)'")
    if len(text) > MAX_LENGTH:
        raise mistake(text, 0, f"a text of {len(text)} characters", f"at most {MAX_LENGTH}")
    _check_brackets(text)
    raw = _parsed(text)
    if raw.depth > MAX_DEPTH:
        place = _at_depth(raw, MAX_DEPTH).start
        raise mistake(text, place, f"level {MAX_DEPTH + 1} of a tree of {raw.depth} levels", f"at most {MAX_DEPTH}")
    return raw


def _check_brackets(text: str) -> None:
    depth = 0
    for position, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth > MAX_DEPTH:
            raise mistake(text, position, f"{depth} nested brackets", f"at most {MAX_DEPTH}")


def _at_depth(raw: Raw, level: int) -> Raw:
    """Return the part that stands so many levels below a tree's root, on the longest path."""
    for _ in range(level):
        raw = max(parts_of(raw), key=lambda part: part.depth)
    return raw


def _parsed(text: str) -> Raw:
    try:
        return _automaton().parse(text)  # type: ignore[return-value]  # what _RawTrees makes
    except UnexpectedToken as error:
        raise _unexpected_token(text, error) from None
    except UnexpectedCharacters as error:
        raise _unexpected_character(text, error.pos_in_stream or 0) from None
    except _RefusedError as error:
        raise mistake(text, error.place, error.received, error.expected) from None


def _unexpected_token(text: str, error: UnexpectedToken) -> ExpressionError:
    token: Token = error.token
    at_end = token.type == "$END"
    place = len(text.rstrip()) if at_end else token.start_pos or 0
    expected = f"an expression: {ANYTHING}"
    if "NAME" not in error.expected:
        inside = text.count("(", 0, place) > text.count(")", 0, place)
        expected = f"an operator such as + or <, or {'a comma or a closing bracket' if inside else 'the end'}"
    received = f"'{clipped(token)}'" if not at_end else "the end of the text" if place else "an empty text"
    return mistake(text, place, received, expected)


def _unexpected_character(text: str, place: int) -> ExpressionError:
    character = text[place]
    received, expected = _STRANGERS.get(character, (repr(character), ANYTHING))
    narrow = unicodedata.normalize("NFKC", character)
    if not character.isascii() and len(narrow) == 1 and narrow.isascii() and narrow.isprintable():
        expected = f"its plain form {narrow!r}"
    return mistake(text, place, received, expected)


class _RefusedError(Exception):
    """What the grammar lets pass and the language does not, at a place of the text."""

    def __init__(self, place: int, received: str, expected: str) -> None:
        super().__init__(place, received, expected)
        self.place, self.received, self.expected = place, received, expected


@cache
def _automaton() -> Lark:
    """Build the parser; tens of milliseconds, once in a process."""
    grammar = _GRAMMAR.read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer="basic", transformer=_RawTrees(), maybe_placeholders=False)


@v_args(inline=True)
class _RawTrees(Transformer[Token, Raw]):
    """Makes the raw tree while the automaton reads; a method for each alias of the grammar."""

    def number(self, token: Token) -> Raw:
        value: int | float = float(token)
        if value > _LARGEST:
            raise _RefusedError(_start(token), f"'{clipped(token)}'", "a number that float32 can hold")
        if token.isdigit():
            value = int(token.lstrip("0") or "0")  # int reads a few thousand digits at most, zeros in front included
        return Number(_start(token), _end(token), 1, value)

    def name(self, token: Token) -> Raw:
        return Name(_start(token), _end(token), 1, str(token))

    def bracket(self, opening: Token, inner: Raw, closing: Token) -> Raw:
        return replace(inner, start=_start(opening), end=_end(closing))

    def application(self, name: Token, _: Token, *rest: Raw | Token) -> Raw:
        args = tuple(part for part in rest if isinstance(part, Raw))
        depth = 1 + max((arg.depth for arg in args), default=0)
        return Application(_start(name), _end(rest[-1]), depth, str(name), args)

    def prefix(self, symbol: Token, operand: Raw) -> Raw:
        depth = operand.depth + (not isinstance(operand, Number))  # a number with its sign is one leaf
        return Prefix(_start(symbol), operand.end, depth, _spelled(symbol), operand)

    def infix(self, left: Raw, symbol: Token, right: Raw) -> Raw:
        depth = 1 + max(left.depth, right.depth)
        return Infix(left.start, right.end, depth, _spelled(symbol), _start(symbol), left, right)

    def choice(self, condition: Raw, yes: Raw, no: Raw) -> Raw:
        depth = 1 + max(condition.depth, yes.depth, no.depth)
        return Choice(condition.start, no.end, depth, condition, yes, no)

    def chain(self, *parts: Raw | Token) -> Raw:
        expected = "one comparison per level: join two by 'and', or put one in brackets"
        raise _RefusedError(_start(parts[3]), "a chain of comparisons", expected)


def _spelled(symbol: Token) -> str:
    return _SPELLINGS.get(symbol, str(symbol))


def _start(part: Raw | Token) -> int:
    return part.start if isinstance(part, Raw) else part.start_pos or 0


def _end(part: Raw | Token) -> int:
    return part.end if isinstance(part, Raw) else part.end_pos or 0
