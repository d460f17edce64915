import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from scipy.stats import rankdata

from dfqgp.backends.cpu.sorting import average_ranks, sort_by_value


@njit
def rank(values):
    n = len(values)
    keys, spare, ranks = np.empty(n, np.uint64), np.empty(n, np.uint64), np.empty(n)
    average_ranks(values, n, sort_by_value(values, n, keys, spare), ranks)
    return ranks


@settings(deadline=None)
@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1, max_size=300))
def test_ranks_are_scipys(values):
    values = np.array(values, dtype=np.float32)
    np.testing.assert_array_equal(rank(values), rankdata(values))


@settings(deadline=None)
@given(st.lists(st.sampled_from([0.0, -0.0, 1.0, -1.0, 1e-45, -1e-45]), min_size=1, max_size=60))
def test_ties_and_signed_zeros(values):
    values = np.array(values, dtype=np.float32)
    np.testing.assert_array_equal(rank(values), rankdata(values))
