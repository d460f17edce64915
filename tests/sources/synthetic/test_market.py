"""The synthetic market keeps the contract, looks like a market, and is the same bytes every time."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from dfqgp.sources import SyntheticSettings, check
from dfqgp.sources.contract.columns import COLUMNS
from dfqgp.sources.synthetic import SyntheticSource, make_market
from dfqgp.sources.synthetic.calendar import trading_days

SMALL = "SyntheticSettings(assets=30, days=60, seed=5)"
DIGEST = f"""
import hashlib, pandas
from dfqgp.sources import SyntheticSettings
from dfqgp.sources.synthetic import make_market
print(hashlib.sha256(make_market({SMALL}).to_csv().encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def table():
    return SyntheticSource(SyntheticSettings()).load()


@pytest.fixture(scope="module")
def frame(table):
    return table.frame


def digest(settings):
    return hashlib.sha256(make_market(settings).to_csv().encode()).hexdigest()


def test_market_gives_every_column_and_drops_nothing(table):
    assert table.defaults == ()
    assert table.dropped == {}
    assert list(table.frame.columns) == [column.name for column in COLUMNS]


@pytest.mark.parametrize("shape", [(2, 2), (3, 40), (60, 5)])
def test_small_markets_keep_the_contract(shape):
    assets, days = shape
    settings = SyntheticSettings(assets=assets, days=days, suspension_rate=0.1, listed_later=0.5)
    assert len(check(make_market(settings), where="small").frame) > 0


def test_same_seed_same_bytes_across_processes():
    there = subprocess.run([sys.executable, "-c", DIGEST], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == digest(SyntheticSettings(assets=30, days=60, seed=5))


@pytest.mark.parametrize("change", [{"seed": 6}, {"signal": 0.0}, {"assets": 31}, {"start": "2020-01-02"}])
def test_other_settings_other_bytes_and_fingerprint(change):
    base = {"assets": 30, "days": 60, "seed": 5}
    first, second = SyntheticSettings(**base), SyntheticSettings(**{**base, **change})
    assert digest(first) != digest(second)
    assert SyntheticSource(first).fingerprint() != SyntheticSource(second).fingerprint()
    assert SyntheticSource(first).fingerprint() == SyntheticSource(SyntheticSettings(**base)).fingerprint()


def test_calendar_is_weekdays_without_holidays():
    days = pd.DatetimeIndex(trading_days("2018-12-29", 2000))
    assert days.is_monotonic_increasing
    assert days.is_unique
    assert (days.day_of_week < 5).all()
    assert not days.strftime("%m-%d").isin(["01-01", "05-01", "10-01", "10-07"]).any()
    weekdays = pd.bdate_range(days[0], days[-1])
    assert set(weekdays.difference(days).strftime("%m-%d")) <= {"01-01"} | {f"05-0{n}" for n in range(1, 4)} | {
        f"10-0{n}" for n in range(1, 8)
    }


def test_adjusted_prices_pass_splits_without_a_jump(frame):
    ordered = frame.groupby("code")
    ex_day = ordered["adj_factor"].diff() > 0
    raw = frame["close"] / ordered["close"].shift() - 1
    adjusted = (1 + raw) * frame["adj_factor"] / ordered["adj_factor"].shift() - 1
    assert ex_day.sum() > 300
    assert (raw[ex_day] < -0.15).sum() > 20
    assert adjusted[ex_day].abs().max() < 0.12
    assert abs(adjusted[ex_day].mean()) < 0.005


def test_prices_stay_inside_the_limits(frame):
    held = frame[frame["is_trading"] & frame["limit_up"].notna()]
    assert (held["high"] <= held["limit_up"] + 1e-9).all()
    assert (held["low"] >= held["limit_down"] - 1e-9).all()
    assert (held["close"] == held["limit_up"]).sum() > 10
    wide = held["limit_up"] / held["limit_down"]
    assert wide[~held["is_st"]].median() == pytest.approx(1.1 / 0.9, rel=0.01)
    assert wide[held["is_st"]].median() == pytest.approx(1.05 / 0.95, rel=0.01)


def test_volume_amount_and_turnover_go_together(frame):
    traded = frame[frame["is_trading"]]
    vwap = traded["amount"] / traded["volume"]
    assert ((vwap > traded["low"] - 0.01) & (vwap < traded["high"] + 0.01)).all()
    np.testing.assert_allclose(traded["turnover"] * traded["mktcap"], traded["volume"] * traded["close"])
    assert traded["turnover"].between(0, 1).all()


def test_suspensions_are_rows_or_gaps(frame):
    halted = frame[~frame["is_trading"]]
    assert len(halted) > 100
    assert (halted[["volume", "amount", "turnover"]] == 0).all(axis=None)
    dates = np.sort(frame["date"].unique())
    order = pd.Series(np.searchsorted(dates, frame["date"]), index=frame.index)
    steps = order.groupby(frame["code"]).diff().dropna()
    assert (steps > 1).sum() > 50
    assert steps[steps > 1].mean() > 3


def test_listings_sizes_and_industries_vary(frame):
    first = frame.groupby("code")["date"].min()
    assert 8 <= (first > frame["date"].min()).sum() <= 40
    later = frame[frame["list_date"] > frame["date"].min()]
    assert (later.groupby("code")["date"].min() == later.groupby("code")["list_date"].min()).all()
    counts = frame.groupby("industry")["code"].nunique()
    assert len(counts) == 12
    assert counts.max() > 3 * counts.min()
    assert frame["industry"].isna().any()
    assert np.log(frame.groupby("code")["mktcap"].first()).std() > 0.8


def test_returns_have_fat_tails_and_clustered_volatility(frame):
    traded = frame[frame["is_trading"]]
    price = (traded["close"] * traded["adj_factor"]).groupby(traded["code"])
    returns = price.pct_change()
    assert returns.kurt() > 1.5
    assert 0.015 < returns.std() < 0.03
    size = returns.abs()
    assert size.corr(size.groupby(traded["code"]).shift(1)) > 0.05
