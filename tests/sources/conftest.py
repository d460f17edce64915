"""A small long table that keeps the contract, for tests to break."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dfqgp.sources import SyntheticSettings
from dfqgp.sources.synthetic import make_market


@pytest.fixture
def good():
    """Three stocks on six days with the required columns only."""
    rng = np.random.default_rng(3)
    dates = pd.bdate_range("2024-01-02", periods=6)
    index = pd.MultiIndex.from_product([["000001.SZ", "300001.SZ", "600000.SH"], dates], names=["code", "date"])
    open_ = rng.uniform(5, 50, len(index)).round(2)
    close = (open_ * rng.uniform(0.95, 1.05, len(index))).round(2)
    volume = rng.integers(1, 1000, len(index)) * 100
    frame = pd.DataFrame(
        {
            "open": open_,
            "high": np.maximum(open_, close) + 0.1,
            "low": np.minimum(open_, close) - 0.1,
            "close": close,
            "volume": volume,
            "amount": volume * (open_ + close) / 2,
        },
        index=index,
    )
    return frame.reset_index()


@pytest.fixture(scope="session")
def market():
    """A raw synthetic market of 60 stocks on 120 days, with suspensions, listings, dividends and splits."""
    return make_market(SyntheticSettings(assets=60, days=120, suspension_rate=0.01, listed_later=0.3))
