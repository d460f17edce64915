"""Laws of the correlation of residual ranks, on every backend."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from residual_ranks import Correlating, opposite, random_ranks, slow_correlation, twice_ranks

from dfqgp.backends.cpu.correlation import days as looks
from dfqgp.backends.cpu.correlation import largest, table
from dfqgp.backends.cpu.correlation.days import pair_correlations
from dfqgp.backends.cpu.threads import Threads
from dfqgp.backends.scoring import MOST_ASSETS


@pytest.fixture(scope="module")
def session(any_backend):
    return Correlating(any_backend)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 20), st.integers(2, 30), st.sampled_from([0.0, 0.3, 0.9]))
def test_agrees_with_the_slow_way(session, seed, days, assets, missing):
    rng = np.random.default_rng(seed)
    left, right = (random_ranks(rng, count, days, assets, missing=missing) for count in (3, 2))
    expected = [[slow_correlation(one, other) for other in right] for one in left]
    np.testing.assert_allclose(session.correlations(left, right), expected, atol=1e-12)


def test_agrees_with_the_mean_daily_spearman_of_pandas_on_a_common_sample(session):
    rng = np.random.default_rng(1)
    values = rng.standard_normal((2, 60, 50))
    values[1] += values[0]
    values[:, rng.random((60, 50)) < 0.2] = np.nan
    one, other = (pd.DataFrame(part) for part in values)
    expected = one.corrwith(other, axis=1, method="spearman").mean()
    got = session.correlations([twice_ranks(values[0])], [twice_ranks(values[1])])[0, 0]
    assert got == pytest.approx(expected, abs=1e-12)
    assert got > 0.5


def test_the_largest_are_those_of_the_whole_table(session, monkeypatch):
    monkeypatch.setattr(table, "_BLOCK", 5)
    monkeypatch.setattr(largest, "_BLOCK", 5)
    rng = np.random.default_rng(2)
    ranks, others = random_ranks(rng, 12, 20, 30, missing=0.2), random_ranks(rng, 3, 20, 30)
    whole = np.abs(session.correlations(ranks, ranks))
    np.testing.assert_array_equal(session.largest_correlations(ranks), np.tril(whole, -1).max(axis=1))
    np.testing.assert_array_equal(
        session.largest_correlations(ranks, others), np.abs(session.correlations(ranks, others)).max(axis=1)
    )
    np.testing.assert_array_equal(session.largest_correlations(ranks, []), np.zeros(12))
    assert session.largest_correlations([]).shape == (0,)
    assert session.correlations(ranks, []).shape == (12, 0)


def relatives(rng, families, members, days, assets):
    """Return ranks of families whose members differ by more or less noise; some days of some factors are missing."""
    shared, found = rng.standard_normal((families, days, assets)), []
    for k in range(families * members):
        values = shared[k % families] + rng.choice([0.05, 0.5, 3.0]) * rng.standard_normal((days, assets))
        values[rng.random(days) < rng.choice([0.0, 0.2, 0.95])] = np.nan
        values[rng.random(values.shape) < rng.choice([0.0, 0.1])] = np.nan
        found.append(twice_ranks(values))
    return found


@pytest.mark.parametrize("scratch", [1, 20_000, 2**25])
@pytest.mark.parametrize(("days", "assets"), [(1, 9), (40, 30), (130, 21)])
def test_largest_without_the_table_has_its_bits(days, assets, scratch, monkeypatch):
    """However many days are looked at together, and whichever pairs are left out on the way."""
    monkeypatch.setattr(looks, "SCRATCH_BYTES", scratch)
    rng, threads = np.random.default_rng(days), Threads(2)
    ranks, others = relatives(rng, 5, 9, days, assets), relatives(rng, 3, 4, days, assets)
    ranks += [ranks[7].copy(), opposite(ranks[3]), np.zeros_like(ranks[0])]
    below = np.abs(np.tril(table.correlations(ranks, ranks), -1)).max(axis=1)
    assert largest.largest_correlations(ranks, None, threads).tobytes() == below.tobytes()
    aside = np.abs(table.correlations(ranks, others)).max(axis=1)
    assert largest.largest_correlations(ranks, others, threads).tobytes() == aside.tobytes()


@pytest.mark.parametrize("assets", [1_000, 5_400, MOST_ASSETS])
def test_sums_of_pairs_are_exact_for_many_stocks(assets):
    """Of the row with itself the sum is the largest there is: (n^3 - n) / 3, which no int32 holds from 1,861 on."""
    ranks = [np.arange(2, 2 * assets + 2, 2, dtype=np.uint16).reshape(1, -1)]
    ranks.append(opposite(ranks[0]))
    found = pair_correlations(ranks, ranks, np.array([[0, 0], [0, 1]]), Threads(1))
    np.testing.assert_array_equal(found, table.correlations(ranks, ranks)[0])
    np.testing.assert_allclose(found, [1.0, -1.0], rtol=1e-15)


def test_a_factor_correlates_with_itself_by_one_and_with_its_opposite_by_minus_one(session):
    ranks = random_ranks(np.random.default_rng(0), 1, 30, 80, missing=0.1)[0]
    np.testing.assert_allclose(session.correlations([ranks], [ranks, opposite(ranks)]), [[1, -1]], atol=1e-12)


def test_sides_and_order_of_assets_change_no_bit(backend):
    """Sums are exact; a sum with rounding would depend on the order."""
    rng = np.random.default_rng(3)
    factors, days, assets = (12, 64, 301) if backend.name == "cpu" else (5, 4, 45)  # the simulator is slow
    ranks = np.stack(random_ranks(rng, factors, days, assets, missing=0.2))
    session = Correlating(backend)
    whole = session.correlations(list(ranks), list(ranks))
    np.testing.assert_array_equal(whole, whole.T)
    np.testing.assert_array_equal([session.correlations([one], list(ranks))[0] for one in ranks], whole)
    turned = ranks[:, :, rng.permutation(assets)]
    np.testing.assert_array_equal(session.correlations(list(turned), list(turned)), whole)


def test_sums_of_products_stay_whole_numbers_that_float64_holds():
    assert MOST_ASSETS * (2 * MOST_ASSETS) ** 2 < 2**53
    assert np.iinfo(np.uint16).max >= 2 * MOST_ASSETS


SCRIPT = """
import numpy as np
from dfqgp.backends.cpu.correlation import correlations
ranks = list(np.random.default_rng(4).permuted(np.tile(np.arange(2, 402, 2, dtype=np.uint16), (40, 48, 1)), axis=2))
print(correlations(ranks, ranks).tobytes().hex())
"""


def test_number_of_threads_changes_no_bit():
    seen = set()
    for threads in ("1", "2"):
        limits = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), threads)
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, env={**os.environ, **limits}
        )
        seen.add(done.stdout)
    assert len(seen) == 1


def test_factors_without_a_common_day_do_not_correlate(session):
    ranks = random_ranks(np.random.default_rng(0), 1, 6, 20)[0]
    early, late, tied = ranks.copy(), ranks.copy(), ranks.copy()
    early[3:], late[:3], tied[:] = 0, 0, 21
    assert session.correlations([early], [late, tied]).tolist() == [[0.0, 0.0]]
