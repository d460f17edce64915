"""Laws of reading plain data into records."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - build resolves the hints
from dataclasses import asdict, dataclass, field
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfqgp.errors import ConfigError
from dfqgp.schema import build


@dataclass(frozen=True)
class Inner:
    size: int
    share: float = 0.5


@dataclass(frozen=True)
class Square:
    side: float
    name: Literal["square"] = "square"


@dataclass(frozen=True)
class Circle:
    radius: float
    name: Literal["circle"] = "circle"


@dataclass(frozen=True)
class Outer:
    inner: Inner
    name: str = "x"
    flag: bool = False
    days: tuple[int, ...] = ()
    units: dict[str, float] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    limit: int | None = None
    shape: Square | Circle = Square(1.0)


finite = st.floats(allow_nan=False, allow_infinity=False)
outers = st.builds(
    Outer,
    inner=st.builds(Inner, size=st.integers(), share=finite),
    name=st.text(),
    flag=st.booleans(),
    days=st.lists(st.integers()).map(tuple),
    units=st.dictionaries(st.text(), finite),
    notes=st.dictionaries(st.text(), st.text()),
    limit=st.none() | st.integers(),
    shape=st.builds(Square, finite) | st.builds(Circle, finite),
)


@given(outers)
def test_a_record_comes_back_from_its_plain_form(record):
    assert build(Outer, asdict(record)) == record


def test_whole_numbers_become_floats_and_lists_tuples():
    record = build(Outer, {"inner": {"size": 1, "share": 1}, "days": [1, 2]})
    assert type(record.inner.share) is float
    assert record.days == (1, 2)


@pytest.mark.parametrize(
    ("given_", "key", "words"),
    [
        ({"inner": {"size": "3"}}, "inner.size", "'3', expected int"),
        ({"inner": {"size": 3.0}}, "inner.size", "3.0, expected int"),
        ({"inner": {"size": True}}, "inner.size", "True, expected int"),
        ({"inner": {"size": 1, "share": True}}, "inner.share", "True, expected float"),
        ({"inner": {"size": 1}, "flag": 1}, "flag", "1, expected true or false"),
        ({"inner": {"size": 1}, "name": 5}, "name", "5, expected text"),
        ({"inner": {"size": 1}, "days": [1, "a"]}, "days[1]", "'a', expected int"),
        ({"inner": {"size": 1}, "days": 3}, "days", "3, expected a list of int"),
        ({"inner": {"size": 1}, "units": {"a": "b"}}, "units.a", "'b', expected float"),
        ({"inner": {"size": 1}, "units": {3: 1.0}}, "units", "3, expected text as the name of an entry"),
        ({"inner": {"size": 1}, "limit": "a"}, "limit", "'a', expected int or null"),
        ({"inner": {"size": 1}, "shape": {"name": "cirkle"}}, "shape.name", "expected one of square, circle; did you"),
        ({"inner": {"size": 1}, "shape": {"radius": 1}}, "shape.name", "None, expected one of square, circle"),
        ({"inner": {"size": 1}, "shape": {"name": "square", "radius": 1}}, "shape.radius", "choose shape=circle"),
        ({"inner": {"size": 1}, "shape": {"name": "square", "sise": 1}}, "shape.sise", "an unknown key"),
        ({"inner": {"size": 1}, "shape": 3}, "shape", "3, expected a section of keys"),
        ({"inner": 7}, "inner", "7, expected a section of keys"),
        ({"inner": {}}, "inner.size", "nothing, expected a value"),
        ({"inner": {"size": 1, "sise": 2}}, "inner.sise", "unknown key, expected a key of inner; did you mean 'size'?"),
        ({"inner": {"size": 1}, "zzz": 2}, "zzz", "unknown key, expected one of inner, name, flag"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(given_, key, words):
    with pytest.raises(ConfigError) as caught:
        build(Outer, given_)
    assert caught.value.details["key"] == key
    assert words in str(caught.value)
