"""What pydantic found amiss, in the words of the package's errors."""

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


def record_error(caught: ValidationError, cls: type, given: object, name: str, error: type[RecordError]) -> RecordError:
    """Return the error that lists everything amiss.

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
    if loc and isinstance(loc[0], int):  # an argument given by its position
        loc = (fields(cls)[loc[0]].name, *loc[1:])
    key = _path(loc, given, name)
    if kind == "unexpected_keyword_argument":
        return _key_of_another(key, cls, loc) or unknown_key(key, _known(_at(cls, loc[:-1])))
    if kind.startswith("union_tag"):
        key, value = f"{key}.{context['discriminator'].strip(chr(39))}", context.get("tag", "nothing")
        return _choice(key, value, context.get("expected_tags", "a value"))
    if kind == "literal_error":
        return _choice(key, found["input"], context["expected"])
    if kind == "missing":
        return {"key": key, "got": "nothing", "expected": "a value", "hint": "; set it"}
    return {"key": key, "got": _shown(found["input"]), "expected": _expected(found["msg"]), "hint": ""}


def _expected(message: str) -> str:
    """Turn pydantic's "String should have at least 1 character" into "a string with at least 1 character"."""
    what, verb, rest = re.fullmatch(
        r"(?:Value error, )?(?:(\w+) should (be|have|match) )?(.*)", message, re.DOTALL
    ).groups()  # type: ignore[union-attr]
    links = {"have": f"a {what} with ", "match": f"a {what} that matches "}
    return f"{links.get(verb, '').lower()}{rest}"


def _choice(key: str, value: object, listed: str) -> Violation:
    options = re.findall(r"'([^']*)'", listed)
    expected = f"one of {', '.join(options)}" if options else listed
    return {"key": key, "got": _shown(value), "expected": expected, "hint": nearest(str(value), options)}


def unknown_key(key: str, known: Sequence[str]) -> Violation:
    """Return what is amiss with a key that its record does not have."""
    section, _, name = key.rpartition(".")
    same_start = [each for each in known if each[:3] == name[:3]]
    hint = nearest(name, same_start or known, cutoff=0.4)
    expected = f"a key of {section or 'the top level'}" if hint else f"one of {', '.join(known)}"
    return {"key": key, "got": "an unknown key", "expected": expected, "hint": hint}


def _path(loc: Sequence[int | str], given: object, name: str) -> str:
    """Return the keys and places of a path in the data: pydantic also names branches of unions, which are no keys."""
    path = name
    for depth, part in enumerate(loc, start=1):
        if isinstance(given, list | tuple) and isinstance(part, int):
            path, given = f"{path}[{part}]", given[part]
        elif isinstance(given, Mapping) and (part in given or depth == len(loc)):
            path, given = f"{path}.{part}" if path else str(part), given.get(part)
        elif is_dataclass(given) and hasattr(given, str(part)):
            path, given = f"{path}.{part}", getattr(given, str(part))
    return path or "(top level)"


def _key_of_another(key: str, cls: type, loc: Sequence[int | str]) -> Violation | None:
    """Return what is amiss with a key that other records of a union have, None for any other key."""
    if len(loc) < 2:
        return None
    *path, tag, name = loc
    hints = {kind: get_type_hints(kind) for kind in _at(cls, path)}
    tag_field = next((field for each in hints.values() for field, hint in each.items() if tag in get_args(hint)), None)
    if tag_field is None:
        return None
    owners = [str(get_args(each[tag_field])[0]) for each in hints.values() if name in each]
    if not owners or tag in owners:
        return None
    section = key.rpartition(".")[0]
    hint = f"; choose {section}={' or '.join(owners)}"
    return {"key": key, "got": f"a key that {section}={tag} has not", "expected": "one of its own", "hint": hint}


def _at(cls: type, loc: Sequence[int | str]) -> list[Any]:
    """Return the record at the end of a path; where a union leaves that open, each that it may be."""
    kinds = [cls]
    for part in loc:
        hints = [get_type_hints(kind) for kind in kinds]
        if any(part in each for each in hints):
            kinds = [inner for each in hints if part in each for inner in _dataclasses(each[part])]
        else:  # the tag of a union, or a place in a list
            tagged = [
                kind for kind, each in zip(kinds, hints, strict=True) if any(part in get_args(h) for h in each.values())
            ]
            kinds = tagged or kinds
    return kinds


def _known(kinds: Sequence[type]) -> list[str]:
    return list(dict.fromkeys(each.name for kind in kinds for each in fields(kind)))


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
