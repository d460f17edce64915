"""From plain data to typed records: dataclasses are the schema, and their type hints are checked value by value.

What is read from outside (the composed configuration, a checkpoint) comes through :func:`build`. It never converts in
a way that loses something: the text ``"3"`` is no number, ``2.0`` is no whole number, ``True`` is neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from dfqgp.errors import ConfigError, nearest

R = TypeVar("R")

_WORDS = {str: "text", bool: "true or false", NoneType: "null"}


def build(record: type[R], given: object, key: str = "") -> R:
    """Build a dataclass from nested mappings, lists and scalars.

    Parameters
    ----------
    record : type
        A dataclass whose hints are bool, int, float, str, None, Any, ``tuple[x, ...]``, dicts and mappings with text
        keys, Literals, unions of them, or further such dataclasses. A union of dataclasses is told apart by ``name``,
        which each of them declares as a Literal.
    given : object
        A mapping of field names to values; fields that it leaves out keep their default.
    key : str
        Where the record stands, for messages, such as ``"gp"``.

    Returns
    -------
    record
        A new instance; lists became tuples where the hint says so, and whole numbers floats.

    Raises
    ------
    ConfigError
        Names the key, what came and what was expected, for a value of the wrong type, an unknown key (with the
        nearest known one), or a missing one.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Search:
    ...     size: int = 3
    ...     shares: tuple[float, ...] = ()
    >>> build(Search, {"shares": [1, 0.5]})
    Search(size=3, shares=(1.0, 0.5))
    >>> build(Search, {"sise": 4}, "search")
    Traceback (most recent call last):
    dfqgp.errors.ConfigError: config search.sise: got an unknown key, expected a key of search; did you mean 'size'?
    """
    if not isinstance(given, Mapping):
        raise _wrong(key, given, "a section of keys")
    hints = get_type_hints(record)
    known = [field.name for field in fields(record) if field.init]  # type: ignore[arg-type]
    for name in given:
        if name not in known:
            raise unknown_key(_inside(key, str(name)), known)
    values = {name: _convert(hints[name], value, _inside(key, str(name))) for name, value in given.items()}
    _need_all(record, values, key)
    return record(**values)


def unknown_key(key: str, known: list[str]) -> ConfigError:
    """Return the error for a key that its section does not have."""
    section, _, name = key.rpartition(".")
    same_start = [each for each in known if each[:3] == name[:3]]
    hint = nearest(name, same_start or known, cutoff=0.4)
    expected = f"a key of {section or 'the top level'}" if hint else f"one of {', '.join(known)}"
    return ConfigError(key=key, got="an unknown key", expected=expected, hint=hint)


def _need_all(record: type, values: Mapping[str, object], key: str) -> None:
    for field in fields(record):
        needed = field.init and field.default is MISSING and field.default_factory is MISSING
        if needed and field.name not in values:
            raise ConfigError(key=_inside(key, field.name), got="nothing", expected="a value", hint="; set it")


def _convert(hint: Any, value: object, key: str) -> Any:  # noqa: ANN401
    if hint is Any:
        return value
    if is_dataclass(hint):
        return build(hint, value, key)  # type: ignore[arg-type]
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _convert_union(hint, value, key)
    if origin is tuple and isinstance(value, list | tuple):
        item = get_args(hint)[0]
        return tuple(_convert(item, part, f"{key}[{place}]") for place, part in enumerate(value))
    if origin in (dict, Mapping) and isinstance(value, Mapping):
        item = get_args(hint)[1]
        return {_text(name, key): _convert(item, part, _inside(key, str(name))) for name, part in value.items()}
    return _convert_scalar(hint, value, key)


def _convert_scalar(hint: Any, value: object, key: str) -> object:  # noqa: ANN401
    if type(value) is hint or (type(value) is str and value in get_args(hint)):
        return value
    if hint is float and type(value) is int:
        return float(value)
    raise _wrong(key, value, _words(hint))


def _convert_union(hint: Any, value: object, key: str) -> Any:  # noqa: ANN401
    options = get_args(hint)
    if all(map(is_dataclass, options)):
        return build(_named(options, value, key), value, key)
    for option in options:
        try:
            return _convert(option, value, key)
        except ConfigError:
            continue
    raise _wrong(key, value, _words(hint))


def _named(options: tuple[Any, ...], value: object, key: str) -> Any:  # noqa: ANN401
    """Choose the record of a union whose ``name`` the value bears."""
    if not isinstance(value, Mapping):
        raise _wrong(key, value, "a section of keys")
    named = {name: option for option in options for name in get_args(get_type_hints(option)["name"])}
    name = value.get("name")
    if not isinstance(name, str) or name not in named:
        hint = nearest(str(name), named)
        raise ConfigError(key=_inside(key, "name"), got=repr(name), expected=f"one of {', '.join(named)}", hint=hint)
    for other in value:
        owners = [known for known, option in named.items() if other in [spec.name for spec in fields(option)]]
        if owners and name not in owners:
            hint = f"; choose {key}={' or '.join(owners)}"
            raise ConfigError(
                key=_inside(key, str(other)),
                got=f"a key that {key}={name} has not",
                expected="one of its own",
                hint=hint,
            )
    return named[name]


def _text(name: object, key: str) -> str:
    if isinstance(name, str):
        return name
    raise _wrong(key, name, "text as the name of an entry")


def _wrong(key: str, value: object, expected: str) -> ConfigError:
    got = value if isinstance(value, str | int | float | NoneType) else _shape(value)
    return ConfigError(key=key or "(top level)", got=repr(got) if got is value else got, expected=expected, hint="")


def _shape(value: object) -> str:
    """Name a nested value without printing it."""
    return "a section of keys" if isinstance(value, Mapping) else f"a {type(value).__name__}"


def _words(hint: Any) -> str:  # noqa: ANN401
    """Say in words what a hint accepts."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return " or ".join(_words(option) for option in get_args(hint))
    if origin is Literal:
        return f"one of {', '.join(map(str, get_args(hint)))}"
    if origin is tuple:
        return f"a list of {_words(get_args(hint)[0])}"
    if origin in (dict, Mapping):
        return f"a section of names, each with {_words(get_args(hint)[1])}"
    return _WORDS.get(hint, getattr(hint, "__name__", str(hint)))


def _inside(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name
