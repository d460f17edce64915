"""Stray days: what is no trading day is found, and every real market passes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfqgp.errors import DataContractError
from dfqgp.sources import Treatment, check
from dfqgp.sources.contract.stray import stray_days

FRIDAY = int(np.datetime64("2024-01-05").astype(int))


def table(dates, codes):
    """Every code on every date, prices of 1."""
    frame = pd.DataFrame([(day, f"{code:04d}") for code in range(codes) for day in dates], columns=["date", "code"])
    return frame.assign(open=1.0, high=1.0, low=1.0, close=1.0, volume=1.0, amount=1.0)


def with_row(frame, day):
    return pd.concat([frame, frame.iloc[[0]].assign(date=pd.Timestamp(day))], ignore_index=True)


WEEKDAYS = pd.bdate_range("2023-06-01", "2024-03-29")


@pytest.mark.parametrize(
    ("codes", "day"),
    [(60, "2024-01-06"), (60, "2024-03-30"), (60, "2261-01-01"), (60, "1990-01-01"), (3, "2024-01-06"),
     (3, "2261-01-01"), (3, "2022-01-03")],
)  # fmt: skip
def test_a_row_on_a_stray_day_is_a_violation(codes, day):
    stray = with_row(table(WEEKDAYS, codes), day)
    words = rf"row on a stray day: 1 row, e\.g\. \({day}, 0000, codes that day=1, codes around={codes}\)"
    with pytest.raises(DataContractError, match=words):
        check(stray, where="here")
    dropped = check(stray, where="here", treatment=Treatment(on_bad="drop", bad_limit=0.01))
    assert dropped.dropped == {"row on a stray day": 1}
    pd.testing.assert_frame_equal(dropped.frame, check(table(WEEKDAYS, codes), where="here").frame)


def test_a_weekday_on_which_hardly_a_code_has_a_row_is_stray():
    frame = table(WEEKDAYS, 60)
    holiday = frame["date"] == "2023-10-02"
    with pytest.raises(
        DataContractError, match=r"row on a stray day: 1 row, e\.g\. \(2023-10-02, 0007, codes that day=1"
    ):
        check(frame[~holiday | (frame["code"] == "0007")], where="here")


def found(days, counts):
    return np.flatnonzero(stray_days(np.asarray(days), np.asarray(counts))[0]).tolist()


MARKETS = {
    "every day of the week": (np.arange(100), np.full(100, 80)),
    "fewer on weekends": (np.arange(100), np.where((np.arange(100) + 3) % 7 >= 5, 30, 80)),
    "full weekends of some years": (np.arange(700), np.where((np.arange(700) + 3) % 7 >= 5, 78, 80)),
    "a history that begins small": (np.arange(100), np.repeat([3, 300], 50)),
    "a history that begins with one day": (np.arange(100), np.repeat([3, 300], [1, 99])),
    "a history that ends small": (np.arange(100), np.repeat([300, 3], 50)),
    "a last day that is being filled": (FRIDAY - np.arange(100)[::-1], np.repeat([300, 2], [99, 1])),
    "listings one a day": (np.arange(100), np.arange(1, 101)),
    "delistings one a day": (np.arange(100), np.arange(1, 101)[::-1]),
    "days of half suspensions": (np.arange(100), np.tile([300, 160], 50)),
    "one stock": (np.arange(100) * 7, np.ones(100, dtype=int)),
    "one day": ([FRIDAY], [300]),
    "two days, years apart": ([0, 5000], [10, 10]),
    "a holiday of three weeks": (np.concatenate((np.arange(50), np.arange(71, 120))), np.full(99, 300)),
    "a gap of years in the middle": (np.concatenate((np.arange(100), np.arange(900, 1000))), np.full(200, 5)),
}


@pytest.mark.parametrize("name", MARKETS)
def test_what_markets_have_is_not_stray(name):
    assert found(*MARKETS[name]) == []


@given(st.lists(st.integers(20, 400), min_size=2, max_size=60), st.integers(1, 10))
def test_no_day_with_a_twentieth_of_the_largest_is_stray_on_weekdays(counts, step):
    days = np.flatnonzero((np.arange(800) + 3) % 7 < 5)[::step][: len(counts)]
    assert found(days, counts[: len(days)]) == []


def test_several_rows_far_away_are_stray_together():
    days = np.concatenate((np.arange(200), 90_000 + np.arange(10)))
    counts = np.concatenate((np.full(200, 300), np.ones(10, dtype=int)))
    assert found(days, counts) == list(range(200, 210))


@pytest.mark.real_data
def test_the_real_market_has_no_stray_day(real_frame):
    days, counts = np.unique(real_frame["date"].to_numpy().astype("datetime64[D]").astype(int), return_counts=True)
    assert found(days, counts) == []
