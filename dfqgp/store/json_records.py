"""Records as JSON: invalid values are refused when written and when read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NoReturn, TypeVar

from dfqgp.errors import RecordError
from dfqgp.records import build, plain
from dfqgp.store.keys import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from dfqgp.errors import DfqgpError

R = TypeVar("R")


def to_json(record: object, *, version: int | None = None, sealed: bool = False, indent: int | None = None) -> str:
    """Return the one JSON text of a record: sorted keys, NaN as null, floats in their shortest exact form.

    Parameters
    ----------
    record : record
        What to write.
    version : int, optional
        Added as the entry ``format``.
    sealed : bool
        Whether to add a digest of everything else, by which damage is found.
    indent : int, optional
        Spaces a level; None puts everything on one line.

    Raises
    ------
    RecordError
        If it holds a number that JSON cannot.
    """
    entries = plain(record) | ({} if version is None else {"format": version})
    if sealed:
        entries["digest"] = digest_of(entries)
    try:
        return json.dumps(entries, sort_keys=True, indent=indent, ensure_ascii=False, allow_nan=False)
    except ValueError as error:
        raise RecordError(key=type(record).__name__, got=str(error), expected="finite numbers", hint="") from None


def from_json(
    cls: type[R],
    data: bytes,
    refuse: Callable[[str], DfqgpError],
    *,
    version: int | None = None,
    sealed: bool = False,
) -> R:
    """Return the record that JSON bytes hold.

    Parameters
    ----------
    cls : type
        A record without defaults, so that a missing entry is found.
    data : bytes
        What :func:`to_json` gave, in UTF-8.
    refuse : callable
        Makes the error to raise out of the problem in words.
    version, sealed
        As given to :func:`to_json`.

    Raises
    ------
    DfqgpError
        What ``refuse`` made: for damaged JSON, doubled entries, NaN and infinities, another format, a digest that does
        not fit, and every entry that does not fit the record.
    """
    try:
        entries = json.loads(data, object_pairs_hook=_distinct, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise refuse(f"it is not valid JSON ({error})") from None
    if version is not None:
        found = entries.get("format") if isinstance(entries, dict) else None
        if found != version:
            raise refuse(f"its format is {found!r}, expected {version}")
        if sealed and entries.pop("digest", None) != digest_of(entries):
            raise refuse("its digest does not fit: it has changed since it was written")
        del entries["format"]
    try:
        return build(cls, entries)
    except RecordError as error:
        raise refuse(str(error)) from None


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    entries = dict(pairs)
    if len(entries) != len(pairs):
        raise ValueError("an object names one entry twice")
    return entries


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a JSON number")
