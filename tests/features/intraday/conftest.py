"""A small synthetic market with its minute bars, in memory and in files by day."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from dfqgp.features.intraday import IntradaySettings
from dfqgp.sources import SyntheticSettings
from dfqgp.sources.synthetic import make_market, make_minutes, write_minutes


@pytest.fixture(scope="session")
def market():
    """A daily table: 20 stocks, 30 days."""
    return make_market(SyntheticSettings(assets=20, days=30, suspension_rate=0.02))


@pytest.fixture(scope="session")
def bars(market):
    """Minute bars of the first 12 days."""
    days = market["date"].drop_duplicates().nsmallest(12)
    return pd.concat(make_minutes(market[market["date"].isin(days)]), ignore_index=True)


@pytest.fixture
def one_day(bars):
    """Bars of the first day."""
    return bars[bars["time"] < bars["time"].min().normalize() + pd.Timedelta(days=1)].reset_index(drop=True)


@pytest.fixture
def files(market, tmp_path):
    """Settings of bars in one file per day, of the first six days."""
    days = market["date"].drop_duplicates().nsmallest(6)
    write_minutes(market[market["date"].isin(days)], tmp_path / "bars")
    return IntradaySettings(path=str(tmp_path / "bars"))


@pytest.fixture
def lenient():
    """Settings under which a handful of bars is enough for a value."""
    return replace(IntradaySettings(), min_share=0.01)
