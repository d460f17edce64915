"""What pydantic found wrong, in the words of the package's errors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from dfqgp.errors import RecordError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

Violation = dict[str, object]

_PLAIN = {
    "missing": {"got": "nothing", "expected": "a value", "hint": "; set it"},
    "union_tag_not_found": {"got": "nothing", "expected": "a value", "hint": "; set it"},
    # Half a surrogate pair is the only thing that json.dumps writes and no JSON parser reads.
    "json_invalid": {"got": "text with half a character", "expected": "text in Unicode", "hint": ""},
}
_REWORDED = {
    r"^Value error, ": "",
    r"^Input should be ": "",
    r"^(greater|less) than": r"a number \1 than",
    r"^String should have ": "a string with ",
    r"^String should match pattern ": "a string that matches ",
}


def record_error(caught: ValidationError, cls: type, given: object, name: str, error: type[RecordError]) -> RecordError:
    """Return the error that lists everything wrong.

    Parameters
    ----------
    caught : ValidationError
        What pydantic raised.
    cls : type
        The record that was to be made.
    given : object
        The plain data it was to be made of.
    name : str
        What messages call the record.
    error : type of RecordError
        What to return.
    """
    return error.of([_violation(each, cls, given, name) for each in caught.errors(include_url=False)])


def _violation(found: ErrorDetails, cls: type, given: object, name: str) -> Violation:
    context, kind = found.get("ctx", {}), found["type"]
    if isinstance(error := context.get("error"), RecordError):  # of a rule over several fields
        return error.details
    loc = found["loc"]
    if loc and isinstance(loc[0], int) and loc[0] < len(fields(cls)):  # an argument given by its position
        loc = (fields(cls)[loc[0]].name, *loc[1:])
    key = _path(loc, given, name)
    if kind == "unexpected_keyword_argument":
        return _unknown_key(key, *_records_at(cls, loc[:-1]))
    if kind.startswith("union_tag"):
        tag = context["discriminator"].strip("'")
        key = f"{key}.{tag}"
        if kind == "union_tag_invalid":
            return _choice(key, found["input"][tag], context["expected_tags"])
    if kind == "literal_error":
        return _choice(key, found["input"], context["expected"])
    if kind in _PLAIN:
        return {"key": key, **_PLAIN[kind]}
    return {"key": key, "got": _shown(found["input"]), "expected": _expected(found["msg"]), "hint": ""}


def _expected(message: str) -> str:
    """Turn "String should have at least 1 character" into "a string with at least 1 character", and the like."""
    for pattern, words in _REWORDED.items():
        message = re.sub(pattern, words, message)
    return message


def _choice(key: str, value: object, listed: str) -> Violation:
    options = re.findall(r"'([^']*)'", listed)
    expected = f"one of {', '.join(options)}" if options else listed
    return {"key": key, "got": _shown(value), "expected": expected, "hint": nearest(str(value), options)}


def _unknown_key(key: str, kinds: Sequence[type], others: Sequence[type]) -> Violation:
    """Say what a key might have been: one of these records', or one that only another record of the union has."""
    section, _, name = key.rpartition(".")
    known = _names(kinds)
    owners = [str(tag) for other in others if name in _names([other]) for tag in _tags(other)]
    same_start = [each for each in known if each[:3] == name[:3]]
    hint = nearest(name, same_start or known, cutoff=0.4)
    if owners:
        hint = f"; choose {section}={' or '.join(owners)} for it"
    expected = f"a key of {section or 'the top level'}" if hint else f"one of {', '.join(known)}"
    return {"key": key, "got": "an unknown key", "expected": expected, "hint": hint}


def _path(loc: Sequence[int | str], given: object, name: str) -> str:
    """Return the keys and indices of a path in the data: pydantic also names branches of unions, which are no keys."""
    path = name
    for depth, part in enumerate(loc, start=1):
        if isinstance(given, list | tuple) and isinstance(part, int):
            path, given = f"{path}[{part}]", given[part]
        elif isinstance(given, Mapping) and (part in given or depth == len(loc)):
            path, given = f"{path}.{part}" if path else str(part), given.get(part)
    return path or "(top level)"


def _records_at(cls: type, loc: Sequence[int | str]) -> tuple[list[type], list[type]]:
    """Return the records that may stand at the end of a path, and the others of a union from which its tag chose."""
    kinds: list[type] = [cls]
    others: list[type] = []
    for part in loc:
        hints = [hint for kind in kinds for name, hint in get_type_hints(kind).items() if name == part]
        if hints:
            kinds, others = [inner for hint in hints for inner in _dataclasses(hint)], []
        elif chosen := [kind for kind in kinds if part in _tags(kind)]:
            kinds, others = chosen, [kind for kind in kinds if kind not in chosen]
    return kinds, others


def _names(kinds: Sequence[type]) -> list[str]:
    return list(dict.fromkeys(each.name for kind in kinds for each in fields(kind)))


def _tags(kind: type) -> tuple[object, ...]:
    """Return the values of a record's field ``name``, by which a union tells its records apart."""
    return get_args(get_type_hints(kind).get("name"))


def _dataclasses(hint: Any) -> Iterator[type]:  # noqa: ANN401
    if isinstance(hint, type) and is_dataclass(hint):
        yield hint
    for part in get_args(hint):
        yield from _dataclasses(part)


def _shown(value: object) -> str:
    """Print a scalar, and name a nested value without printing it."""
    if isinstance(value, str | int | float | None):
        return repr(value)
    return "a section of keys" if isinstance(value, Mapping) else f"a {type(value).__name__}"
