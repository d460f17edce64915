"""What minute bars have to be: what is refused and by which words, and what is left out with a count."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import dfqgp as dq
from dfqgp.errors import ConfigError, DataContractError, PanelError
from dfqgp.features.intraday import INTRADAY

NAMES = [feature.name for feature in INTRADAY.of_bars()]


def with_cells(frame, rows, **cells):
    """A frame in which some rows have other values."""
    changed = frame.copy()
    for name, value in cells.items():
        changed[name] = changed[name].astype(float)
        changed.loc[changed.index[rows], name] = value
    return changed


def traded(frame):
    return np.flatnonzero(frame["volume"] > 0)


REFUSED = {
    "non-positive close of a bar with trades: 1 bar": {"close": 0.0},
    "non-positive low of a bar with trades: 1 bar": {"low": -1.0},
    "high < low: 1 bar": {"high": 0.5},
    "open outside": {"open": 1e5},
    "close outside": {"close": 1e5},
    "negative volume: 1 bar": {"volume": -5.0},
    "negative amount: 1 bar": {"amount": -5.0},
    "no amount for a volume: 1 bar": {"amount": 0.0},
    "infinite number: 1 bar": {"amount": np.inf},
}


@pytest.mark.parametrize("words", REFUSED)
def test_a_bar_that_breaks_a_rule_is_refused_or_dropped_with_a_count(one_day, words, caplog):
    row = int(traded(one_day)[50])
    broken = with_cells(one_day, [row], **REFUSED[words])
    with pytest.raises(DataContractError, match=words) as refused:
        dq.intraday(broken)
    assert f"{one_day['time'][row]:%H:%M:%S}, {one_day['code'][row]}" in str(refused.value)
    assert "intraday.on_bad=drop" in str(refused.value)
    with caplog.at_level(logging.WARNING, logger="dfqgp"):
        found = dq.intraday(broken, on_bad="drop")
    pd.testing.assert_frame_equal(found, dq.intraday(one_day.drop(index=row)))
    assert "1 bars that break a rule" in caplog.text
    with pytest.raises(DataContractError, match=r"bars to drop: 0\.0\d% of the day's, expected at most 0\.00%"):
        dq.intraday(broken, on_bad="drop", bad_limit=0.0)


def test_duplicates_are_refused_and_dropped_together(one_day):
    twice = pd.concat([one_day, one_day.iloc[[7]]], ignore_index=True)
    with pytest.raises(DataContractError, match=r"duplicate \(time, code\): 2 bars"):
        dq.intraday(twice)
    pd.testing.assert_frame_equal(dq.intraday(twice, on_bad="drop"), dq.intraday(one_day.drop(index=7)))


def test_what_says_nothing_is_left_out_with_a_count(one_day, caplog):
    rows = traded(one_day)[:40]
    outside = one_day.iloc[:3].assign(time=one_day["time"].dt.normalize() + pd.Timedelta(hours=9, minutes=15))
    unknown = with_cells(one_day, rows, close=np.nan)
    with caplog.at_level(logging.WARNING, logger="dfqgp"):
        found = dq.intraday(pd.concat([unknown, outside.assign(close=-1.0)], ignore_index=True))
    pd.testing.assert_frame_equal(found, dq.intraday(one_day.drop(index=one_day.index[rows])))
    assert "3 bars outside the sessions, 40 bars with a missing number" in caplog.text


def test_zero_prices_of_a_minute_without_trades_are_not_judged(one_day):
    empty = np.flatnonzero(one_day["volume"] == 0)
    zeros = with_cells(one_day, empty, open=0.0, high=0.0, low=0.0, close=0.0)
    pd.testing.assert_frame_equal(dq.intraday(zeros), dq.intraday(one_day))


def test_wrong_scales_and_lengths_are_named_with_the_remedy(one_day):
    lots = one_day.assign(volume=one_day["volume"] / 100)
    with pytest.raises(DataContractError, match=r"amount / volume is [\d.]+ times.*intraday\.scales\.volume=100"):
        dq.intraday(lots)
    with pytest.raises(DataContractError, match=r"intraday\.scales\.amount=1000"):
        dq.intraday(one_day.assign(amount=one_day["amount"] / 1000))
    found, plain = dq.intraday(lots, scales={"volume": 100.0}), dq.intraday(one_day)
    pd.testing.assert_frame_equal(found, plain, rtol=1e-6)
    five = one_day[one_day["time"].dt.minute % 5 == 0]
    with pytest.raises(DataContractError, match=r"5 minutes apart, expected 1; set intraday\.bar_minutes=5"):
        dq.intraday(five)
    assert dq.intraday(five, bar_minutes=5)["realized_volatility"].notna().all()


def test_stamps_mean_the_same_in_every_form(one_day):
    plain, time = dq.intraday(one_day), one_day["time"]
    zone = time.dt.tz_localize("Asia/Shanghai")
    forms = {
        "nanoseconds": time.astype("datetime64[ns]"),
        "aware": zone,
        "UTC": zone.dt.tz_convert("UTC"),
        "text": time.astype(str),
        "offset": zone.map(lambda stamp: stamp.isoformat()),
        "14 digits": time.dt.strftime("%Y%m%d%H%M%S"),
        "17 digits": time.dt.strftime("%Y%m%d%H%M%S000"),
        "number": time.dt.strftime("%Y%m%d%H%M").astype("int64"),
        "category": time.astype(str).astype("category"),
    }
    for form, column in forms.items():
        pd.testing.assert_frame_equal(dq.intraday(one_day.assign(time=column)), plain, obj=form)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"time": "noon"}, "'noon' is no time stamp; expected a time stamp, ISO text"),
        ({"time": "2024-01-02"}, "no date and time of day"),
        ({"time": 5}, "'5' is no time stamp"),
        ({"time": 0.5}, "double is no time stamp"),
        ({"time": pd.NaT}, r"missing time: \d+ bars"),
        ({"code": 1}, r"code is int64, not text \(a number may have lost its leading zeros\)"),
        ({"code": None}, "code is null, not text"),
        ({"close": "9.5"}, "close is .*string, not a number"),
    ],
)
def test_cells_that_are_not_of_their_type_are_refused(one_day, cells, words):
    with pytest.raises(DataContractError, match=words):
        dq.intraday(one_day.assign(**cells))


def test_missing_columns_are_named_with_the_nearest_and_the_setting(one_day):
    renamed = one_day.rename(columns={"time": "trade_time", "volume": "VOLUME"})
    words = r"missing column 'volume'; did you mean 'VOLUME'\?.*columns\.volume=NAME"
    with pytest.raises(DataContractError, match=words):
        dq.intraday(renamed, columns={"time": "trade_time"})
    found = dq.intraday(renamed, columns={"time": "trade_time", "volume": "VOLUME"})
    pd.testing.assert_frame_equal(found, dq.intraday(one_day))


def test_an_absent_amount_is_the_typical_price_times_volume_or_refused(one_day, caplog):
    bare = one_day.drop(columns="amount")
    typical = one_day.assign(amount=one_day[["high", "low", "close"]].mean(axis=1) * one_day["volume"])
    with caplog.at_level(logging.WARNING, logger="dfqgp"):
        found = dq.intraday(bare)
    pd.testing.assert_frame_equal(found, dq.intraday(typical), rtol=1e-6)
    assert "no column 'amount': (high + low + close) / 3 x volume stands in for it" in caplog.text
    with pytest.raises(DataContractError, match="missing column 'amount'"):
        dq.intraday(bare, amount="refuse")


def test_every_kind_of_table_gives_the_same(one_day):
    plain = dq.intraday(one_day)
    for table in (pl.from_pandas(one_day), pa.Table.from_pandas(one_day), one_day.astype({"code": "category"})):
        pd.testing.assert_frame_equal(dq.intraday(table), plain)
    with pytest.raises(PanelError, match="the bars is a list"):
        dq.intraday([1, 2])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"timezone": "Mars"}, "intraday.timezone"),
        ({"sessions": ["9:30-11:30"]}, "intraday.sessions"),
        ({"sessions": ["13:00-15:00", "09:30-11:30"]}, "sessions in time order"),
        ({"features": ["jump_shar"]}, "did you mean 'jump_share'"),
        ({"min_share": 0.0}, "intraday.min_share"),
        ({"bar_minute": 5}, "bar_minutes"),
    ],
)
def test_impossible_settings_are_refused(one_day, changes, words):
    with pytest.raises(ConfigError, match=words):
        dq.intraday(one_day, **changes)


def test_half_hours_follow_the_sessions(one_day):
    morning = one_day[one_day["time"].dt.hour < 12]
    found = dq.intraday(morning, sessions=["09:30-11:30"], features=["closing_volume_share"])
    late = morning["time"].dt.strftime("%H:%M") > "11:00"
    volume = morning["volume"].where(late, 0.0).groupby(morning["code"]).sum()
    expected = volume / morning.groupby("code")["volume"].sum()
    np.testing.assert_allclose(found["closing_volume_share"], expected, rtol=1e-6)
    assert list(found) == ["date", "code", "bars", "closing_volume_share"]
