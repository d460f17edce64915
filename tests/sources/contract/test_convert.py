"""Converters read every usual form of a value, and mark what is not one."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dfqgp.sources.contract import convert
from dfqgp.sources.contract.texts import Texts

ZONE = "Asia/Shanghai"


def converted(kind, raw):
    """Return the values of a column, texts as such, and the mask of its unreadable cells."""
    made = convert.CONVERTERS[kind](raw, ZONE)
    unreadable = np.zeros(len(raw), dtype=bool) if made.unreadable is None else made.unreadable
    values = made.array
    if isinstance(values, Texts):
        values = np.array([*values.names, None], dtype=object)[values.numbers]
    return values, unreadable


def to_date(raw):
    values, unreadable = converted("date", raw)
    return values.astype("datetime64[D]"), unreadable


def to_code(raw):
    return converted("code", raw)


def to_text(raw):
    return converted("text", raw)


def to_number(raw):
    return converted("number", raw)


def to_flag(raw):
    return converted("flag", raw)


DAYS = st.lists(st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1)), min_size=1, max_size=5)
FORMS = {
    "datetime64[ns]": lambda days: pd.Series(pd.to_datetime(days)).astype("datetime64[ns]"),
    "with time": lambda days: pd.Series(pd.to_datetime(days)) + pd.Timedelta("15h"),
    "with zone": lambda days: (pd.Series(pd.to_datetime(days)) + pd.Timedelta("15h")).dt.tz_localize("Asia/Shanghai"),
    "date objects": lambda days: pd.Series(days, dtype=object),
    "ISO text": lambda days: pd.Series([day.isoformat() for day in days]),
    "digits": lambda days: pd.Series([f"{day:%Y%m%d}" for day in days]),
    "integers": lambda days: pd.Series([int(f"{day:%Y%m%d}") for day in days]),
    "floats": lambda days: pd.Series([float(f"{day:%Y%m%d}") for day in days]),
    "categories": lambda days: pd.Series([day.isoformat() for day in days], dtype="category"),
}


@pytest.mark.parametrize("form", FORMS)
@given(days=DAYS)
@settings(max_examples=10, deadline=None)
def test_every_form_of_a_date_is_read(form, days):
    dates, unreadable = to_date(FORMS[form](days))
    assert not unreadable.any()
    assert dates.tolist() == days


def test_what_is_no_date_is_marked():
    raw = pd.Series(["2024-01-02", "soon", None, "2024-13-01", "", 45000.5], dtype=object)
    assert to_date(raw)[1].tolist() == [False, True, False, True, False, True]


def test_numbers_are_read_and_others_marked():
    numbers, unreadable = to_number(pd.Series(["1.5", 2, None, "", "x", "1e3"], dtype=object))
    np.testing.assert_array_equal(numbers, [1.5, 2, np.nan, np.nan, np.nan, 1000])
    assert unreadable.tolist() == [False, False, False, False, True, False]


@pytest.mark.parametrize("dtype", ["int32", "float32", "Int64", "Float64", "uint8"])
def test_number_types_become_float64(dtype):
    numbers, unreadable = to_number(pd.Series([1, 2], dtype=dtype))
    assert numbers.dtype == "float64"
    assert numbers.tolist() == [1, 2]
    assert not unreadable.any()


def test_missing_nullable_number_is_nan():
    assert np.isnan(to_number(pd.Series([1, None], dtype="Int64"))[0][1])


@pytest.mark.parametrize("raw", [pd.Series([True]), pd.Series(pd.to_datetime(["2024-01-02"]))])
def test_flags_and_dates_are_no_numbers(raw):
    assert to_number(raw)[1].all()


def test_codes_are_text_only():
    codes, unreadable = to_code(pd.Series(["000001", 1, None, " "], dtype=object))
    assert codes[0] == "000001"
    assert unreadable.tolist() == [False, True, False, False]
    assert codes.tolist()[2:] == [None, None]
    assert to_code(pd.Series([1, 2]))[1].all()


def test_flags_are_read_and_a_missing_one_is_marked():
    flags, unreadable = to_flag(pd.Series([True, False, 1, 0.0, "TRUE", "false", "2", None], dtype=object))
    assert flags.dtype == bool
    assert flags.tolist()[:6] == [True, False, True, False, True, False]
    assert unreadable.tolist() == [False] * 6 + [True, True]


def test_whole_numbers_are_text():
    text, unreadable = to_text(pd.Series([801010, None, 801020.0]))
    assert text.tolist() == ["801010", None, "801020"]
    assert not unreadable.any()
