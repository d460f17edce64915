"""Laws of the parts of the fused scoring kernel: quantiles without a sort, exact ranks, sums over ranked labels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from scipy.stats import rankdata, spearmanr

from dfqgp.backends.cpu.scoring.agreement import correlate, products_with_labels
from dfqgp.backends.cpu.scoring.days import COLUMN, TIED
from dfqgp.backends.cpu.scoring.ranks import rank_residuals, sort_residuals
from dfqgp.backends.cpu.scoring.tails import PAD, clip_limits
from dfqgp.backends.scoring import MOST_ASSETS

SHAPES = {
    "random": lambda rng, n: rng.standard_normal(n),
    "few values": lambda rng, n: rng.integers(0, 4, n),
    "equal": lambda rng, n: np.full(n, rng.standard_normal()),
    "mostly zero": lambda rng, n: np.where(rng.random(n) < 0.9, 0.0, rng.standard_normal(n)),
    "far outliers": lambda rng, n: np.where(rng.random(n) < 0.03, 1e30, rng.standard_normal(n)),
    "close together": lambda rng, n: np.where(
        rng.random(n) < 0.5, 1 + 1e-9 * rng.standard_normal(n), rng.normal(size=n)
    ),
    "rising": lambda _, n: np.arange(n),
    "falling": lambda _, n: -np.arange(n),
    "period": lambda _, n: np.arange(n) % 25,
}
CASES = st.tuples(st.sampled_from(sorted(SHAPES)), st.integers(2, 900), st.integers(0, 2**32))


def drawn(case):
    shape, n, seed = case
    return SHAPES[shape](np.random.default_rng(seed), n).astype(np.float64)


@njit
def limits(values, n, share):
    lows, highs, tails = np.empty(n + PAD, np.float32), np.empty(n + PAD, np.float32), np.empty(n + 1, np.float32)
    return clip_limits(values, n, share, lows, highs, tails, np.empty(n, np.uint64), np.empty(n, np.uint64))


@njit
def twice_ranks(z):
    n = len(z)
    order, ordered, twice = np.empty(n, np.uint16), np.empty(n), np.empty(n, np.uint16)
    short, other, counts = np.empty(n, np.uint32), np.empty(n, np.uint32), np.empty((2, 256), np.int32)
    values, keys, spare = np.empty(n, np.float32), np.empty(n, np.uint64), np.empty(n, np.uint64)
    left = (z * z).sum()
    tied = sort_residuals(z, n, left, short, other, counts, order, ordered, values, keys, spare)
    return twice, rank_residuals(order, ordered, n, tied, twice), ordered


@njit
def rank_correlation(twice, ties, by_label, tied, n):
    products, label_ties = products_with_labels(twice, by_label, tied)
    return correlate(products, ties, label_ties, n)


@settings(max_examples=150, deadline=None)
@given(CASES, st.sampled_from([0.0, 0.001, 0.01, 0.05, 0.2, 0.49]))
def test_limits_are_the_linear_quantiles_of_the_sorted_row(case, share):
    values = drawn(case).astype(np.float32)
    ordered = np.append(np.sort(values), np.inf).astype(np.float64)
    for found, part in zip(limits(values, len(values), share), (share, 1 - share), strict=True):
        position = (len(values) - 1) * part
        below = int(position)
        after = ordered[min(below + 1, len(values) - 1)]
        assert found == ordered[below] + (after - ordered[below]) * (position - below)


@settings(max_examples=150, deadline=None)
@given(CASES)
def test_ranks_of_residuals_are_scipys(case):
    z = drawn(case)
    twice, ties, ordered = twice_ranks(z)
    np.testing.assert_array_equal(ordered, np.sort(z))
    np.testing.assert_array_equal(twice, 2 * rankdata(z))
    _, sizes = np.unique(z, return_counts=True)
    assert ties == (sizes**3 - sizes).sum()


@settings(max_examples=100, deadline=None)
@given(CASES, st.integers(1, 400), st.floats(0, 0.6))
def test_walking_the_order_of_labels_gives_spearmans_correlation(case, levels, missing):
    z = drawn(case)
    rng = np.random.default_rng(case[2])
    label, there = rng.integers(0, levels, len(z)), rng.random(len(z)) >= missing
    order = np.argsort(label, kind="stable")
    equal = np.append(False, label[order[1:]] == label[order[:-1]])
    by_label = (order | np.where(equal, TIED, 0)).astype(np.uint16)
    twice = np.zeros(len(z), np.uint16)
    twice[there] = 2 * rankdata(z[there])
    _, sizes = np.unique(z[there], return_counts=True)
    found = rank_correlation(twice, (sizes**3 - sizes).sum(), by_label, bool(equal.any()), int(there.sum()))
    if len(set(z[there])) < 2 or len(set(label[there])) < 2:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(spearmanr(z[there], label[there]).statistic, abs=1e-12)


def test_a_column_and_its_mark_fit_16_bits():
    assert MOST_ASSETS - 1 <= COLUMN
    assert COLUMN & TIED == 0
