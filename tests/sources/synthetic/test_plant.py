"""Planted signals are what their expressions say, and as strong as stated; pandas is the judge."""

from __future__ import annotations

import numpy as np
import pytest

from dfqgp.sources import SyntheticSettings
from dfqgp.sources.synthetic import PLANTED, make_market
from dfqgp.sources.synthetic.plant import History

# Noise between a run of 400 days and the same run without signals: standard deviation up to 0.002 over 12 seeds.
TOLERANCE = 0.008


def reference(frame):
    """Compute every planted expression, and the adjusted prices, from the long table alone."""
    wide = frame[frame["is_trading"]].pivot(index="date", columns="code")
    open_, close = wide["open"] * wide["adj_factor"], wide["close"] * wide["adj_factor"]
    volume, turnover = wide["volume"] / wide["adj_factor"], wide["turnover"]
    returns = close / close.shift(1) - 1
    signals = {
        "-ts_delta(close, 5) / ts_delay(close, 5)": -(close - close.shift(5)) / close.shift(5),
        "-ts_corr(open, volume, 10)": -open_.rolling(10, min_periods=5).corr(volume)[9:].reindex(close.index),
        "-ts_std(returns, 20)": -returns.rolling(20, min_periods=10).std(),
        "-turnover / ts_mean(turnover, 20)": -turnover / turnover.rolling(20, min_periods=10).mean(),
    }
    history = History(*(part.to_numpy() for part in (open_, close, volume, turnover, returns)))
    return signals, open_, history


def mean_rank_ic(signal, label):
    both = signal.notna() & label.notna()
    days = both.sum(axis=1) > 30
    ranks = [side.where(both)[days].rank(axis=1).to_numpy() for side in (signal, label)]
    x, y = (rank - np.nanmean(rank, axis=1, keepdims=True) for rank in ranks)
    return np.mean(np.nansum(x * y, axis=1) / np.sqrt(np.nansum(x * x, axis=1) * np.nansum(y * y, axis=1)))


def measured(settings):
    signals, open_, _ = reference(make_market(settings))
    label = open_.shift(-6) / open_.shift(-1) - 1
    return np.array([mean_rank_ic(signals[planted.expression], label) for planted in PLANTED])


@pytest.fixture(scope="module")
def twins():
    """Rank ICs of (seed, with or without signals, planted signal); twins share every random draw."""
    return np.array(
        [[measured(SyntheticSettings(days=400, seed=seed, signal=signal)) for signal in (0, 1)] for seed in (11, 12)]
    )


@pytest.mark.parametrize("index", range(len(PLANTED)), ids=lambda index: PLANTED[index].expression)
def test_generator_computes_what_the_expression_says(index):
    settings = SyntheticSettings(assets=40, days=90, suspension_rate=0.02)
    signals, _, history = reference(make_market(settings))
    expected = signals[PLANTED[index].expression].to_numpy()
    got = np.array([PLANTED[index].value(history, day) for day in range(len(expected))])
    assert np.isfinite(expected).mean() > 0.5
    start = int(np.flatnonzero(np.isfinite(got).any(axis=1))[0])
    np.testing.assert_allclose(got[start + 1 :], expected[start + 1 :], rtol=1e-7, atol=1e-9)


def test_planted_signals_have_their_strength(twins):
    gained = (twins[:, 1] - twins[:, 0]).mean(axis=0)
    np.testing.assert_allclose(gained, [planted.strength for planted in PLANTED], atol=TOLERANCE)


def test_without_strength_there_is_no_signal(twins):
    # One market's mean strays by 0.007 at 400 days, since twins cancel nothing here.
    np.testing.assert_allclose(twins[:, 0].mean(axis=0), 0.0, atol=0.02)


def test_signals_move_only_what_comes_after_them():
    quiet, loud = (make_market(SyntheticSettings(assets=20, days=30, signal=signal)) for signal in (0.0, 3.0))
    same = (quiet["close"] == loud["close"]).groupby(quiet["date"]).all()
    # The first signal is known at the close of the sixth day, so the seventh is the first that may differ.
    assert same.iloc[:6].all()
    assert not same.iloc[6]


def test_history_records_returns_of_consecutive_days_only():
    history = History.empty((3, 1))
    for day, close in enumerate([1.0, np.nan, 2.0]):
        history.record(day, *(np.array([close]),) * 4)
    assert np.isnan(history.returns).all()
