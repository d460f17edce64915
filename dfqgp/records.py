"""Records: frozen dataclasses whose annotations say what each field may hold, checked whenever one is made.

Configuration, snapshots, checkpoints, manifests and ledger rows are records. pydantic checks them in strict mode, in
which no value is converted in a way that loses something: the text ``"3"`` is no number, ``2.0`` is no whole number,
``True`` is neither. A rule over several fields is a ``__post_init__`` that raises a :class:`RecordError`.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, fields
from typing import Annotated, Any, TypeVar, dataclass_transform

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
)
from pydantic.dataclasses import dataclass

from dfqgp.errors import RecordError
from dfqgp.violations import record_error

R = TypeVar("R")

_STRICT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, ser_json_inf_nan="constants")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(name: str, error: type[RecordError] = RecordError, *, slots: bool = False) -> Callable[[type[R]], type[R]]:
    """Make a class a frozen dataclass whose values are checked against its annotations.

    Parameters
    ----------
    name : str
        What messages call the record, such as ``"gp"``; the empty string for the outermost one.
    error : type of RecordError
        What to raise for values that do not fit.
    slots : bool
        Spare the memory of a dict for each instance.

    Examples
    --------
    >>> @record("search")
    ... class Search:
    ...     size: Annotated[int, Field(ge=2)] = 3
    ...     shares: tuple[float, ...] = ()
    >>> Search(size=4, shares=(1, 0.5))
    Search(size=4, shares=(1.0, 0.5))
    >>> Search(size=1, shares=("a",))
    Traceback (most recent call last):
    dfqgp.errors.RecordError: search.size: got 1, expected a number greater than or equal to 2; \
search.shares[0]: got 'a', expected a valid number
    """

    def decorate(cls: type[R]) -> type[R]:
        made: Any = dataclass(cls, config=_STRICT, frozen=True, slots=slots)
        check = made.__init__

        @functools.wraps(check)
        def __init__(self: R, *args: object, **kwargs: object) -> None:  # noqa: N807
            try:
                check(self, *args, **kwargs)
            except ValidationError as caught:
                given = {**dict(zip((each.name for each in fields(made)), args, strict=False)), **kwargs}
                raise record_error(caught, made, given, name, error) from None

        made.__init__ = __init__
        return made  # type: ignore[no-any-return]

    return decorate


def build(cls: type[R], given: object, name: str = "", error: type[RecordError] = RecordError) -> R:
    """Make a record of nested mappings, lists and scalars, such as JSON or YAML give.

    Parameters
    ----------
    cls : type
        A record.
    given : object
        A mapping of field names to values; fields that it leaves out keep their default.
    name, error
        As for :func:`record`.

    Returns
    -------
    record
        Lists became tuples where the annotation says so, and whole numbers floats.

    Raises
    ------
    RecordError
        Of the given type: every value that does not fit, with its path, what came and what was expected; for an
        unknown key the nearest known one.
    """
    for path, key in _keys(given, name):
        if not isinstance(key, str):
            expected = "text as the name of an entry"
            raise error(key=path or "(top level)", got=repr(key), expected=expected, hint="")
    try:
        return TypeAdapter(cls).validate_json(json.dumps(given))
    except ValidationError as caught:
        raise record_error(caught, cls, given, name, error) from None


def plain(record: object) -> dict[str, Any]:
    """Return the JSON values that a record stands for: tuples as lists, NaN as None."""
    return dict(TypeAdapter(type(record)).dump_python(record, mode="json"))


def _keys(value: object, path: str) -> Iterator[tuple[str, object]]:
    """Yield (path, key) of every mapping: JSON would turn a key that is no text into one."""
    if isinstance(value, Mapping):
        yield from ((path, key) for key in value)
        for key, part in value.items():
            yield from _keys(part, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for place, part in enumerate(value):
            yield from _keys(part, f"{path}[{place}]")


def _from_null(value: object, info: ValidationInfo) -> object:
    return math.nan if value is None and info.mode == "json" else value


def _not_infinite(value: float) -> float:
    if math.isinf(value):
        raise ValueError("Input should be a finite number or NaN")
    return value


Figure = Annotated[
    float,
    Field(allow_inf_nan=True),
    BeforeValidator(_from_null),
    AfterValidator(_not_infinite),
    PlainSerializer(lambda value: None if math.isnan(value) else value),
]
"""A number that may be NaN, never infinite; null in JSON is NaN."""
