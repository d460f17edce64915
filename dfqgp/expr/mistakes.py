"""The error for a place in a text, of bounded length whatever the text is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.errors import ExpressionError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHOWN = 72
_LONGEST_NAME = 80


def mistake(text: str, place: int, received: str, expected: str, hint: str = "") -> ExpressionError:
    """Return the error for what stands at ``place`` (from 0), with the text around it and a caret under it.

    Examples
    --------
    >>> print(mistake("close / 2 +", 11, "the end of the text", "an expression"))
    expression, position 12: the end of the text; expected an expression
      close / 2 +
                 ^
    """
    first = max(0, min(place - _SHOWN // 2, len(text) - _SHOWN))
    last = first + _SHOWN
    before, after = "..." if first else "", "..." if last < len(text) else ""
    shown = "".join(character if character.isprintable() else " " for character in text[first:last])
    return ExpressionError(
        position=place + 1,
        received=received,
        expected=expected,
        nearest=hint,
        text=f"{before}{shown}{after}",
        caret=" " * (len(before) + place - first) + "^",
    )


def clipped(text: str, longest: int = 60) -> str:
    """Return a text with its middle left out where it is long.

    Examples
    --------
    >>> clipped("close + open", 9)
    'clo...pen'
    """
    half = (longest - 3) // 2
    return text if len(text) <= longest else f"{text[:half]}...{text[-half:]}"


def nearest_name(name: str, known: Iterable[str]) -> str:
    """Return the hint of ``nearest``, none for what is too long to be compared."""
    return nearest(name, known) if len(name) <= _LONGEST_NAME else ""
