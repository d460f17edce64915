"""The helpers of the transcriptions against pandas' rolling windows, NumPy and values by hand."""

import numpy as np
import pandas as pd
import pytest
from formulas import windows
from formulas.wide import Market, Wide

W = 7
NAN = np.nan


def market(*columns, universe=None, group=None):
    x = np.array(columns, dtype=np.float64).T
    ones = np.ones(x.shape)
    return Market({"x": x}, ones if universe is None else universe, ones if group is None else group)


def one(*values):
    """One stock's days."""
    return market(values).x


@pytest.fixture(scope="module")
def clean():
    rng = np.random.default_rng(0)
    shape = (60, 6)
    fields = {name: rng.lognormal(size=shape).astype(np.float32) for name in ("x", "y")}
    return Market(fields, np.ones(shape), np.tile([0, 0, 1, 1, 1, -1], (60, 1)))


ROLLING = {
    "total": (windows.total, lambda x: x.sum()),
    "mean": (windows.mean, lambda x: x.mean()),
    "stddev": (windows.stddev, lambda x: x.std()),
    "ts_min": (windows.ts_min, lambda x: x.min()),
    "ts_max": (windows.ts_max, lambda x: x.max()),
    "product": (windows.product, lambda x: x.apply(np.prod, raw=True)),
    "ts_rank": (windows.ts_rank, lambda x: x.rank(pct=True)),
    "ts_argmax": (windows.ts_argmax, lambda x: x.apply(lambda v: v.argmax() + 1, raw=True)),
    "ts_argmin": (windows.ts_argmin, lambda x: x.apply(lambda v: v.argmin() + 1, raw=True)),
    "slope": (windows.slope, lambda x: x.apply(lambda v: np.polyfit(np.arange(W), v, 1)[0], raw=True)),
    "rsquare": (windows.rsquare, lambda x: x.apply(lambda v: np.corrcoef(np.arange(W), v)[0, 1] ** 2, raw=True)),
    "residual": (
        windows.residual,
        lambda x: x.apply(lambda v: v[-1] - np.polyval(np.polyfit(np.arange(W), v, 1), W - 1), raw=True),
    ),
    "decay_linear": (
        windows.decay_linear,
        lambda x: x.apply(lambda v: np.average(v, weights=np.arange(1, W + 1)), raw=True),
    ),
}


@pytest.mark.parametrize("name", ROLLING)
def test_windows_without_gaps_are_those_of_pandas(name, clean):
    ours, pandas = ROLLING[name]
    expected = pandas(clean.x.frame.rolling(W))
    np.testing.assert_allclose(ours(clean.x, W).values(), expected, rtol=2e-6, atol=1e-6)


def test_pairs_are_those_of_pandas(clean):
    rolling = clean.x.frame.rolling(W)
    for ours, theirs in ((windows.correlation, rolling.corr), (windows.covariance, rolling.cov)):
        np.testing.assert_allclose(ours(clean.x, clean.y, W).values(), theirs(clean.y.frame), rtol=2e-6, atol=1e-7)
    np.testing.assert_allclose(
        windows.quantile(clean.x, W, 0.8).values(), rolling.quantile(0.8), rtol=2e-7
    )  # fmt: skip


def test_a_window_needs_half_of_its_days_and_the_minimum_of_its_statistic():
    x = one(1.0, NAN, 3.0, NAN, NAN, 6.0)
    np.testing.assert_array_equal(windows.total(x, 4).values()[:, 0], [NAN, NAN, NAN, 4.0, NAN, 9.0])
    np.testing.assert_array_equal(windows.total(x, 3).values()[:, 0], [NAN, NAN, 4.0, NAN, NAN, NAN])
    assert windows.correlation(one(1, NAN, 3, 4), one(2, 1, 3, 5), 4).frame.iloc[3].notna().all()
    assert windows.correlation(one(1, NAN, NAN, 4), one(2, 1, 3, 5), 4).frame.isna().all(axis=None)
    np.testing.assert_array_equal(windows.correlation(one(1, 2, 3), one(2, 1, 3), 2).values()[:, 0], [NAN, -1.0, 1.0])


def test_a_constant_window_has_no_spread_and_no_correlation():
    flat, moving = one(*[0.1] * 6), one(1, 5, 2, 4, 3, 9)
    assert (windows.stddev(flat, 4).frame[3:] == 0).all(axis=None)
    assert windows.correlation(flat, moving, 4).frame.isna().all(axis=None)
    assert windows.rsquare(flat, 4).frame.isna().all(axis=None)


def test_of_equal_extrema_the_most_recent_counts():
    np.testing.assert_array_equal(windows.ts_argmax(one(5, 1, 5, 2), 3).values()[:, 0], [NAN, NAN, 3.0, 2.0])
    np.testing.assert_array_equal(windows.ts_argmin(one(1, 3, 1, NAN), 3).values()[:, 0], [NAN, NAN, 3.0, 2.0])


def test_a_spike_leaves_nothing_behind():
    rng = np.random.default_rng(1)
    x = rng.normal(size=30)
    hurt = x.copy()
    hurt[5] = 1e30
    for function in (windows.total, windows.stddev, windows.decay_linear):
        values = [function(one(*each), 5).values()[10:] for each in (x, hurt)]
        np.testing.assert_array_equal(*values)


def test_lookback_is_the_longest_path_and_hides_its_rows():
    x = one(*range(20))
    made = windows.mean(windows.delay(x, 3), 5) + windows.delta(x, 1)
    assert made.lookback == 7
    assert np.isnan(made.values()[:7]).all()
    assert np.isfinite(made.values()[7:]).all()


def test_cross_sections_are_of_the_universe():
    universe = np.array([[1, 1, 1, 0]], dtype=bool)
    x = Market({"x": [[3.0, 1.0, 3.0, 9.0]]}, universe, [[0, 0, 1, 0]]).x
    np.testing.assert_allclose(windows.rank(x).values(), [[2.5 / 3, 1 / 3, 2.5 / 3, NAN]], rtol=1e-6)
    np.testing.assert_allclose(windows.scale(x).values(), [[3 / 7, 1 / 7, 3 / 7, NAN]], rtol=1e-6)
    np.testing.assert_allclose(windows.indneutralize(x).values(), [[1.0, -1.0, 0.0, NAN]])


def test_truths_are_one_zero_or_missing():
    x, y = one(1, 2, NAN), one(2, 1, 1)
    np.testing.assert_array_equal((x < y).values()[:, 0], [1.0, 0.0, NAN])
    np.testing.assert_array_equal(((x < y) | (y > 0)).values()[:, 0], [1.0, 1.0, 1.0])
    np.testing.assert_array_equal(((x < y) | (y < 0)).values()[:, 0], [1.0, 0.0, NAN])
    np.testing.assert_array_equal(windows.where(x < y, x, -1).values()[:, 0], [1.0, -1.0, NAN])


def test_what_is_not_finite_is_missing_and_values_are_stored_in_float32():
    x = one(0.0, 1e30, 0.1)
    np.testing.assert_array_equal((1 / x).values()[:1, 0], [NAN])
    np.testing.assert_array_equal((x * x).values()[1:2, 0], [NAN])
    assert (x * 1).values()[2, 0] == np.float32(0.1)
    assert isinstance(x + 1, Wide)
    assert isinstance(x.frame, pd.DataFrame)
