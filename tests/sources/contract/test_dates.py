"""Dates: an offset is honoured, and what cannot be meant is refused by name."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dfqgp.errors import ConfigError, DataContractError
from dfqgp.sources import Partition, Source, Treatment, check
from dfqgp.sources.contract.dates import days_of

SHANGHAI = zoneinfo.ZoneInfo("Asia/Shanghai")
DAYS = st.lists(st.dates(dt.date(1992, 1, 1), dt.date(2100, 1, 1)), min_size=1, max_size=5)


def close_of(day):
    return dt.datetime.combine(day, dt.time(15), tzinfo=SHANGHAI)


FORMS = {
    "text with an offset": lambda days: [close_of(day).isoformat() for day in days],
    "text in UTC": lambda days: [close_of(day).astimezone(dt.UTC).isoformat().replace("+00:00", "Z") for day in days],
    "midnights in UTC": lambda days: [
        dt.datetime.combine(day, dt.time(), tzinfo=SHANGHAI).astimezone(dt.UTC).isoformat() for day in days
    ],
    "short offsets": lambda days: [f"{day.isoformat()} 15:00:00+0800" for day in days],
    "mixed offsets": lambda days: [
        close_of(day).astimezone(dt.timezone(dt.timedelta(hours=number - 6))).isoformat()
        for number, day in enumerate(days)
    ],
    "stamps with zones": lambda days: [
        close_of(day).astimezone(zoneinfo.ZoneInfo(("UTC", "America/New_York")[number % 2]))
        for number, day in enumerate(days)
    ],
    "a column in UTC": lambda days: pd.to_datetime([close_of(day) for day in days], utc=True),
}


@pytest.mark.parametrize("form", FORMS)
@given(days=DAYS)
@settings(max_examples=10)
def test_the_date_of_a_stamp_with_an_offset_is_the_markets(form, days):
    found, doubt = days_of(FORMS[form](days), "Asia/Shanghai")
    assert found.astype("datetime64[D]").tolist() == days
    assert doubt is None


def test_the_time_zone_is_a_setting(good):
    late = good.assign(date=[f"{day:%Y-%m-%d}T20:00:00Z" for day in good["date"]])
    next_day = check(late, where="here").frame["date"]
    same_day = check(late, where="here", treatment=Treatment(timezone="America/New_York")).frame["date"]
    assert (next_day - same_day == pd.Timedelta(days=1)).all()
    assert same_day.tolist() == good["date"].tolist()
    with pytest.raises(ConfigError, match=r"source\.timezone: got 'Asia/Shangai', expected a time zone of the IANA"):
        Treatment(timezone="Asia/Shangai")


def test_a_time_of_day_without_an_offset_is_cut_off(good):
    for clock in ("09:30:00", "15:00:00", "16:00:00", "23:59:59.5"):
        stamped = good.assign(date=[f"{day:%Y-%m-%d} {clock}" for day in good["date"]])
        assert check(stamped, where="here").frame["date"].tolist() == good["date"].tolist()


@pytest.mark.parametrize("form", ["datetime64", "text"])
def test_midnights_written_in_utc_without_an_offset_are_refused(good, form):
    utc = good["date"] - pd.Timedelta(hours=8)
    shifted = good.assign(date=utc if form == "datetime64" else utc.astype(str))
    with pytest.raises(DataContractError, match=r"dates look like UTC: 2024-01-01 16:00:00 is a midnight of Asia/Shan"):
        check(shifted, where="here")
    assert len(check(shifted, where="here", treatment=Treatment(timezone="UTC")).frame) == 18


def test_dates_that_were_cut_off_in_utc_are_refused(market):
    early = market.drop(columns="list_date").assign(date=market["date"] - pd.Timedelta(days=1))
    with pytest.raises(DataContractError, match=r"they fall on Sundays and never on Fridays.*source\.timezone \(Asia"):
        check(early, where="here")
    assert check(early, where="here", treatment=Treatment(timezone="Asia/Riyadh")).dropped == {}


def test_days_that_a_market_can_have_raise_no_doubt():
    every_day = np.arange(60)
    for days in (every_day, every_day[every_day % 7 < 5], np.array([3])):
        assert days_of(days.astype("datetime64[D]").astype("datetime64[us]"), "Asia/Shanghai")[1] is None


@pytest.mark.parametrize(
    "cell", [[2024], {"a": 1}, True, 45000.5, np.inf, "2024-02-30", "2024-01-02T25:00:00Z", object()]
)
def test_what_is_no_date_is_a_violation_and_no_bare_error(good, cell):
    dates = good["date"].astype(object)
    dates[4] = cell
    with pytest.raises(DataContractError, match=r"date is not a date .*: 1 row"):
        check(good.assign(date=dates), where="here")


def test_partitions_are_compared_by_the_markets_dates(good):
    class Stamped(Source):
        name = "stamped"

        def partitions(self):
            return [Partition("a", np.datetime64("2024-01-02"), np.datetime64("2024-01-10"))]

        def read(self, _):
            return good.assign(date=[f"{day:%Y-%m-%d}T00:00:00+08:00" for day in good["date"]])

    assert Stamped().load().frame["date"].tolist() == good["date"].tolist()
