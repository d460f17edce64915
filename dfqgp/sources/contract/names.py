"""The names of a table's columns: which are missing, which are asked for in vain, and what was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.errors import nearest
from dfqgp.sources.contract.columns import BY_NAME, COLUMNS, UNITS
from dfqgp.sources.contract.violations import Violation

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from dfqgp.sources.contract.treatment import Treatment

_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def missing_columns(given: Sequence[str], index: Collection[str], treatment: Treatment) -> list[Violation]:
    """Return the required columns that are not there, each with what was probably meant.

    Parameters
    ----------
    given : sequence of str
        Columns of the table.
    index : collection of str
        Names of the levels of its index; "date" for one of dates without a name.
    treatment : Treatment
        Says whether ``amount`` is required.

    Examples
    --------
    >>> from dfqgp.sources.contract.treatment import Treatment
    >>> given = ["code", "Close", "open", "high", "low", "volume"]
    >>> [each.kind for each in missing_columns(given, ["date"], Treatment())]
    ["missing column 'date', which is in the index: call reset_index()", \
"missing column 'close'; did you mean 'Close'? Names are in lower case: rename it, or set source.columns.close=Close"]
    """
    required = [each.name for each in COLUMNS if each.required and each.name not in given]
    if treatment.amount == "refuse" and "amount" not in given:
        required.append("amount")
    one = _separated(given)
    if one and required:
        return [Violation(f"missing columns {', '.join(required)}: {one}")]
    return [Violation(f"missing column '{name}'{_hint(name, given, index)}") for name in required]


def _separated(given: Sequence[str]) -> str:
    """Say how the only column of a table looks as if its text had not been cut."""
    if len(given) != 1:
        return ""
    found = [words for mark, words in _SEPARATORS.items() if mark in given[0]]
    return f"the only column is '{given[0][:60]}', so the table is separated by {found[0]}" if found else ""


def _hint(name: str, given: Sequence[str], index: Collection[str]) -> str:
    if name in index:
        return ", which is in the index: call reset_index()"
    others = [each for each in given if each not in BY_NAME]
    for each in others:
        if each.strip().lstrip("\ufeff").casefold() == name:
            remedy = f"rename it, or set source.columns.{name}={each}"
            return f"; did you mean '{each}'? Names are in lower case: {remedy}"
    return nearest(name, others) or f"; there are: {', '.join(given)}"


def column_violations(features: Sequence[str], units: Mapping[str, str], further: Sequence[str]) -> list[Violation]:
    """Features that are no further numeric column, and units that are unknown or of none."""
    texts = [
        f"features names '{name}', which is no further numeric column of the table{nearest(name, further)}"
        for name in features
        if name not in further
    ]
    texts += [
        f"column '{name}': unit '{unit}' is none of {', '.join(UNITS)}{nearest(unit, UNITS)}"
        for name, unit in units.items()
        if unit not in UNITS
    ]
    texts += [
        f"column '{name}' has a unit, but features does not name it{nearest(name, features)}"
        for name in units
        if name not in features
    ]
    return [Violation(text) for text in texts]
