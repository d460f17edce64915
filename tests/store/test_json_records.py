"""Laws of records on disk: they come back as they were, equal ones are equal bytes, and damage is named."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from dfqgp.errors import RecordError, StoreError
from dfqgp.records import Figure, plain, record
from dfqgp.store import from_json, to_json


@record("part")
class Part:
    name: str
    days: tuple[int, ...]


@record("whole")
class Whole:
    parts: tuple[Part, ...]
    figures: dict[str, Figure]
    score: float
    settings: dict[str, JsonValue]


@record("loose")
class Loose:
    anything: dict[str, Any]


text = st.text(st.characters(exclude_categories=["Cs"]))
finite = st.floats(allow_nan=False, allow_infinity=False)
leaves = st.none() | st.booleans() | st.integers() | finite | text
values = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(text, inner), max_leaves=8)
wholes = st.builds(
    Whole,
    parts=st.lists(st.builds(Part, name=text, days=st.lists(st.integers()).map(tuple))).map(tuple),
    figures=st.dictionaries(text, st.floats(allow_infinity=False)),
    score=finite,
    settings=st.dictionaries(text, values),
)
ONE = Whole((Part("a", (1, 2)),), {"icir": math.nan, "n": 3.0}, 0.1, {"b": [1, None], "a": {"c": "x"}})
kinds = pytest.mark.parametrize("kind", [{}, {"version": 1}, {"version": 1, "sealed": True}], ids=str)


def refused(problem):
    return StoreError(path="FILE", problem=problem, remedy="REMEDY")


def read(data, **kind):
    return from_json(Whole, data.encode(), refused, **kind)


@kinds
@given(one=wholes)
def test_a_record_comes_back_as_it_was(kind, one):
    written = to_json(one, **kind)
    again = read(written, **kind)
    assert plain(again) == plain(one)  # by which NaN equals NaN
    assert to_json(again, **kind) == written


def test_the_order_of_entries_changes_no_byte():
    turned = replace(ONE, settings=dict(reversed(ONE.settings.items())), figures=dict(reversed(ONE.figures.items())))
    assert to_json(turned) == to_json(ONE)


def test_nan_is_null():
    assert json.loads(to_json(ONE))["figures"] == {"icir": None, "n": 3.0}
    with pytest.raises(RecordError, match=r"whole\.figures\.icir: got None"):
        replace(ONE, figures={"icir": None})


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_number_that_json_cannot_hold_is_not_written(value):
    with pytest.raises(RecordError, match=r"whole\.settings\.a\[0\]: got .*, expected a finite number"):
        replace(ONE, settings={"a": [value]})
    with pytest.raises(RecordError, match=r"whole\.score: got .*, expected a finite number"):
        replace(ONE, score=value)
    with pytest.raises(RecordError, match=r"Loose: got .*JSON"):
        to_json(Loose({"a": [value]}))


def test_an_infinite_figure_is_refused():
    with pytest.raises(RecordError, match=r"whole\.figures\.icir: got inf, expected a finite number or NaN"):
        replace(ONE, figures={"icir": math.inf})


def edited(**changes):
    return json.dumps({**json.loads(to_json(ONE, version=1)), **changes})


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ("", "it is not valid JSON"),
        (to_json(ONE, version=1)[:-5], "it is not valid JSON"),
        ("[" * 100_000, "it is not valid JSON"),
        ("NaN", "NaN is not a JSON number"),
        (edited().replace("0.1", "Infinity"), "Infinity is not a JSON number"),
        (edited().replace("0.1", "1e999"), "score: got inf, expected a finite number"),
        (edited().replace('"n"', '"icir"'), "an object names one entry twice"),
        ("[]", "its format is None, expected 1"),
        (edited(format=2), "its format is 2, expected 1"),
        (edited(scores=1), "scores: got an unknown key, expected a key of the top level; did you mean 'score'?"),
        (edited(score="0.1"), "score: got '0.1', expected a valid number"),
        (edited(parts=[{"name": "a"}]), "parts[0].days: got nothing, expected a value"),
        (edited(figures=[]), "figures: got a list, expected an object"),
        (edited(figures={"icir": "high"}), "figures.icir: got 'high', expected a valid number"),
    ],
)
def test_what_is_not_the_record_is_refused_with_the_reason(data, problem):
    with pytest.raises(StoreError) as caught:
        read(data, version=1)
    assert problem in str(caught.value)
    assert "FILE" in str(caught.value)


def test_a_sealed_record_that_was_edited_in_good_form_is_refused():
    with pytest.raises(StoreError, match="digest"):
        read(to_json(ONE, version=1, sealed=True).replace("0.1", "0.2"), version=1, sealed=True)


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(StoreError, match="not valid JSON"):
        from_json(Whole, b"\xff\xfe", refused)
