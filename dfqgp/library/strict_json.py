"""JSON as snapshots need it: nothing doubtful is written, nothing doubtful is read."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, NoReturn

from dfqgp.errors import SnapshotError, nearest

REMEDY = "it was changed or cut off: restore it, or let a run write it anew"


def load(data: bytes, where: str) -> object:
    """Return what JSON bytes say; raises SnapshotError for doubled entries, NaN and infinities too."""
    try:
        raw: object = json.loads(data.decode(), object_pairs_hook=_distinct, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _damaged(where, f"it is not valid JSON ({error})") from error
    return raw


def record_of(raw: object, fields: Mapping[str, type], where: str, name: str) -> dict[str, Any]:
    """Return a record that has exactly these entries, each of its type."""
    if not isinstance(raw, dict):
        raise _damaged(where, f"{name} is a {type(raw).__name__}, expected an object")
    for key in raw:
        if key not in fields:
            raise _damaged(where, f"{name} has an unknown entry '{key}'{nearest(key, fields)}")
    for key, kind in fields.items():
        if key not in raw:
            raise _damaged(where, f"{name} lacks '{key}'")
        value = raw[key]
        fits = isinstance(value, int | float) if kind is float else isinstance(value, kind)
        if not fits or isinstance(value, bool):
            raise _damaged(where, f"'{key}' of {name} is a {type(value).__name__}, expected {kind.__name__}")
    return dict(raw)


def plain(value: object, name: str) -> object:
    """Return the JSON values that stand for a setting: mappings, lists, texts, numbers, booleans and None."""
    if isinstance(value, Mapping):
        return {str(key): plain(part, f"{name}.{key}") for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part, f"{name}[{place}]") for place, part in enumerate(value)]
    if value is None or isinstance(value, str | bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    problem = f"{name} is {value!r}, which JSON cannot hold"
    remedy = "use texts, finite numbers, booleans, lists and mappings"
    raise SnapshotError(path="to be written", problem=problem, remedy=remedy)


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise ValueError("an object names one entry twice")
    return record


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a JSON number")


def _damaged(where: str, problem: str) -> SnapshotError:
    return SnapshotError(path=where, problem=problem, remedy=REMEDY)
