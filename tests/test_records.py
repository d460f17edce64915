"""Laws of records: what fits comes back as it was, and all that does not fit is named at once."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, field
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from dfqgp.errors import ConfigError
from dfqgp.records import build, plain, record


@record("inner")
class Inner:
    size: int
    share: float = 0.5


@record("")
class Outer:
    inner: Inner
    name: str = "x"
    flag: bool = False
    days: tuple[int, ...] = ()
    units: dict[str, float] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    limit: int | None = None


@record("slim", slots=True)
class Slim:
    size: int


@record("circle", ConfigError)
class Circle:
    name: Literal["circle"] = "circle"
    radius: Annotated[float, Field(gt=0)] = 1.0


@record("square", ConfigError)
class Square:
    name: Literal["square"] = "square"
    width: int = 1
    height: int = 1

    def __post_init__(self):
        if self.width != self.height:
            raise ConfigError(key="square.height", got=self.height, expected=f"{self.width} as the width", hint="")


@record("", ConfigError)
class Drawing:
    shape: Annotated[Circle | Square, Field(discriminator="name")]
    more: tuple[Circle, ...] = ()


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
)


@given(outers)
def test_a_record_comes_back_from_its_plain_form(made):
    assert build(Outer, plain(made)) == made


def test_whole_numbers_become_floats_and_lists_tuples():
    record = build(Outer, {"inner": {"size": 1, "share": 1}, "days": [1, 2]})
    assert type(record.inner.share) is float
    assert record.days == (1, 2)


@pytest.mark.parametrize(
    ("given_", "key", "words"),
    [
        ({"inner": {"size": "3"}}, "inner.size", "'3', expected a valid integer"),
        ({"inner": {"size": 3.0}}, "inner.size", "3.0, expected a valid integer"),
        ({"inner": {"size": True}}, "inner.size", "True, expected a valid integer"),
        ({"inner": {"size": 1, "share": True}}, "inner.share", "True, expected a valid number"),
        ({"inner": {"size": 1}, "flag": 1}, "flag", "1, expected a valid boolean"),
        ({"inner": {"size": 1}, "name": 5}, "name", "5, expected a valid string"),
        ({"inner": {"size": 1}, "days": [1, "a"]}, "days[1]", "'a', expected a valid integer"),
        ({"inner": {"size": 1}, "days": 3}, "days", "3, expected a valid array"),
        ({"inner": {"size": 1}, "units": {"a": "b"}}, "units.a", "'b', expected a valid number"),
        ({"inner": {"size": 1}, "units": {3: 1.0}}, "units", "3, expected text as the name of an entry"),
        ({"inner": {"size": 1}, "limit": "a"}, "limit", "'a', expected a valid integer"),
        ({"inner": 7}, "inner", "7, expected an object"),
        ({"inner": {"size": 1}, "name": "a\udcff"}, "(top level)", "expected text in Unicode"),
        ({"inner": {}}, "inner.size", "nothing, expected a value"),
        ({"inner": {"size": 1, "sise": 2}}, "inner.sise", "unknown key, expected a key of inner; did you mean 'size'?"),
        ({"inner": {"size": 1}, "zzz": 2}, "zzz", "unknown key, expected one of inner, name, flag"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(given_, key, words):
    with pytest.raises(ConfigError) as caught:
        build(Outer, given_, error=ConfigError)
    assert caught.value.details["key"] == key
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        (
            {"shape": {"name": "circle", "radios": 2.0}},
            "shape.radios: got an unknown key, expected a key of shape; did ",
        ),
        ({"shape": {"name": "square", "zzz": 2}}, "shape.zzz: got an unknown key, expected one of name, width, height"),
        ({"shape": {"name": "circle", "width": 2}}, "shape.width: got an unknown key, expected a key of shape; choose"),
        ({"shape": {"name": "circel"}}, "shape.name: got 'circel', expected one of circle, square; did you mean 'circ"),
        ({"shape": {}}, "shape.name: got nothing, expected a value; set it"),
        ({"shape": {"name": "circle", "radius": 0}}, "shape.radius: got 0, expected a number greater than 0"),
        ({"shape": {"name": "circle"}, "more": [{}, {"radius": "a"}]}, "more[1].radius: got 'a', expected a valid num"),
        ({"shape": {"name": "square", "width": 2}}, "square.height: got 1, expected 2 as the width"),
    ],
)
def test_a_union_is_read_by_its_name_and_messages_hold_no_trace_of_it(given_, message):
    with pytest.raises(ConfigError) as caught:
        build(Drawing, given_, error=ConfigError)
    assert str(caught.value).startswith(f"config {message}")


def test_everything_that_does_not_fit_is_named_at_once():
    with pytest.raises(ConfigError) as caught:
        build(Outer, {"inner": {"size": "3", "sise": 1}, "flag": 1, "days": [1, "a", 2.0]}, error=ConfigError)
    for key in ("inner.size", "inner.sise", "flag", "days[1]", "days[2]"):
        assert f"{key}: got" in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "values", "message"),
    [
        ((-1.0,), {}, "circle.name: got -1.0, expected one of circle"),
        (("circle", -1.0), {}, "circle.radius: got -1.0, expected a number greater than 0"),
        ((), {"radius": float("nan")}, "circle.radius: got nan, expected a finite number"),
        ((), {"radius": True}, "circle.radius: got True, expected a valid number"),
        (("circle", 1.0, 3), {}, "circle.2: got 3, expected Unexpected positional argument"),
        ((), {"radios": 2.0}, "circle.radios: got an unknown key, expected a key of circle; did you mean 'radius'?"),
    ],
)
def test_a_record_that_is_made_directly_is_checked_alike(arguments, values, message):
    with pytest.raises(ConfigError) as caught:
        Circle(*arguments, **values)
    assert str(caught.value) == f"config {message}"


def test_a_record_never_changes():
    with pytest.raises(FrozenInstanceError):
        Circle().radius = 2.0


def test_a_record_travels_between_processes():
    for one in (Outer(Inner(1), days=(1, 2)), Slim(1)):
        assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301
