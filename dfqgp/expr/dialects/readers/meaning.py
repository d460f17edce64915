"""What a function of a dialect means, as data: its signature and an expression of the native language.

``"IdxMax(x, w)": "w - ts_argmax(x, w)"``. The letters of a signature say what may stand there: ``x y z`` an expression,
``b c`` a boolean one, ``w d`` a number of days, ``a k q`` a number, ``g`` a group; a number stands for itself alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dfqgp.expr.raw import Application, Name, Number, Raw
from dfqgp.expr.read import read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DAYS = frozenset("wd")
NUMBERS = frozenset("akq")
CONDITIONS = frozenset("bc")
GROUPS = frozenset("g")


@dataclass(frozen=True)
class Meaning:
    """One signature and what it stands for.

    Parameters
    ----------
    signature : str
        As the table writes it.
    parameters : tuple of str or number
        Letters, and numbers that stand for themselves.
    text : str
        The expression of the native language.
    raw : Raw
        Its raw tree.
    """

    signature: str
    parameters: tuple[str | float, ...]
    text: str
    raw: Raw

    def takes(self, numbers: Sequence[float | None]) -> bool:
        """Return whether arguments fit, given the number that each one is (None for what is no number)."""
        if len(numbers) != len(self.parameters):
            return False
        return all(_fits(each, number) for each, number in zip(self.parameters, numbers, strict=True))


def _fits(parameter: str | float, number: float | None) -> bool:
    if isinstance(parameter, str):
        return number is not None or parameter not in DAYS | NUMBERS
    return number is not None and int(number) == parameter


def compiled(table: Mapping[str, str]) -> dict[str, tuple[Meaning, ...]]:
    """Return the meanings of a table by the function's name, in the table's order.

    Examples
    --------
    >>> [meaning.text for meaning in compiled({"min(x, d)": "ts_min(x, d)", "min(x, y)": "min2(x, y)"})["min"]]
    ['ts_min(x, d)', 'min2(x, y)']
    """
    found: dict[str, tuple[Meaning, ...]] = {}
    for signature, text in table.items():
        head = read(signature)
        if not isinstance(head, Application):
            raise TypeError(f"not a signature: {signature}")
        meaning = Meaning(signature, tuple(map(_parameter, head.args)), text, read(text))
        found[head.name] = (*found.get(head.name, ()), meaning)
    return found


def _parameter(raw: Raw) -> str | float:
    if isinstance(raw, Name):
        return raw.name
    if isinstance(raw, Number):
        return raw.value
    raise TypeError(f"not a parameter: {type(raw).__name__}")
