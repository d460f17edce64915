from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfqgp.errors import PanelError
from dfqgp.market.calendar import calendar_of

DAYS = np.array(["2024-01-02", "2024-01-03", "2024-01-05", "2024-01-08"], dtype="datetime64[D]")


@given(st.lists(st.integers(0, 400), min_size=1, max_size=40))
def test_union_of_dates_is_sorted_distinct_and_numbers_each_date(offsets):
    dates = np.datetime64("2023-12-01") + np.array(offsets)
    calendar = calendar_of(dates)
    assert calendar.days.tolist() == sorted(set(dates.tolist()))
    assert (calendar.days[calendar.ordinals(dates)] == dates).all()


def test_given_calendar_keeps_its_further_days():
    calendar = calendar_of(DAYS[1:2], given=DAYS[::-1])
    assert calendar.days.tolist() == DAYS.tolist()
    assert calendar.ordinals(DAYS[1:2]).tolist() == [1]


def test_date_outside_a_given_calendar_is_named():
    with pytest.raises(PanelError, match=r"without 1 of the table's dates \(2024-01-05\)"):
        calendar_of(DAYS, given=DAYS[[0, 1, 3]])


@pytest.mark.parametrize("day", ["2024-01-01", "2024-01-04", "2025-01-01"])
def test_ordinal_of_a_day_that_is_no_trading_day_is_refused(day):
    with pytest.raises(PanelError, match=day):
        calendar_of(DAYS).ordinals(np.array([day], dtype="datetime64[D]"))


def test_no_dates_are_refused():
    with pytest.raises(PanelError, match="empty"):
        calendar_of(DAYS[:0])


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ("2024-01-02", 3),
        ("2024-01-08", 0),
        ("2024-01-04", 1),  # no trading day: counts as the next one
        ("2023-12-29", 5),  # a Friday, two weekdays before the calendar begins (Mon 1st is a holiday, but unknown)
        ("2024-02-01", -1),
    ],
)
def test_age_counts_trading_days(listed, expected):
    age = calendar_of(DAYS).trading_days_since(np.array([listed], dtype="datetime64[D]"), DAYS[3:])
    assert age.tolist() == [expected]


def test_unknown_listing_is_never_old_enough():
    age = calendar_of(DAYS).trading_days_since(np.array(["NaT"], dtype="datetime64[D]"), DAYS[3:])
    assert age[0] < 0
