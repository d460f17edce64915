"""Correlation of residual ranks on the device: the CPU's results to the last bit."""

import numpy as np
import pytest

pytest.importorskip("numba_cuda", reason="needs numba-cuda and CuPy: pip install 'dfqgp[gpu]'")
from gpu import card
from gpu.card import has_card
from gpu.orders import device, in_every_order
from gpu.stats import stats
from residual_ranks import opposite, random_ranks

from dfqgp.backends.cpu import correlation as cpu
from dfqgp.backends.gpu import correlation
from dfqgp.backends.gpu.correlation import correlations, largest_correlations
from dfqgp.backends.gpu.ranks import RankStore
from dfqgp.errors import PanelError

pytestmark = pytest.mark.gpu


def held(ranks, store=None):
    store = store or RankStore(device(), *ranks[0].shape)
    return [store.put(each) for each in ranks]


@pytest.mark.parametrize(
    ("left", "right", "days", "assets"), [(5, 3, 4, 50), (1, 1, 2, 1), (2, 40, 3, 33), (3, 3, 7, 100)]
)
@pytest.mark.parametrize("missing", [0.0, 0.4])
def test_results_are_those_of_the_cpu_to_the_last_bit(left, right, days, assets, missing):
    rng = np.random.default_rng(left + right)
    one, other = (random_ranks(rng, count, days, assets, missing=missing) for count in (left, right))
    store = RankStore(device(), days, assets)
    a, b = held(one, store), held(other, store)
    np.testing.assert_array_equal(correlations(a, b), cpu.correlations(one, other))
    np.testing.assert_array_equal(correlations(a, a), cpu.correlations(one, one))
    np.testing.assert_array_equal(largest_correlations(a, b), cpu.largest_correlations(one, other))
    np.testing.assert_array_equal(largest_correlations(b), cpu.largest_correlations(other))


@pytest.mark.parametrize(("tile", "scratch"), [(3, 1 << 20), (1024, 20_000), (4, 1)])
def test_tiles_and_scratch_change_no_bit(tile, scratch, monkeypatch):
    ranks = random_ranks(np.random.default_rng(1), 6, 3, 40, missing=0.2)
    handles = held(ranks)
    monkeypatch.setattr(correlation, "TILE", tile)
    monkeypatch.setattr(correlation, "SCRATCH_BYTES", scratch)
    np.testing.assert_array_equal(correlations(handles, handles[:5]), cpu.correlations(ranks, ranks[:5]))
    np.testing.assert_array_equal(largest_correlations(handles), cpu.largest_correlations(ranks))
    np.testing.assert_array_equal(
        largest_correlations(handles, handles[2:4]), cpu.largest_correlations(ranks, ranks[2:4])
    )


def test_order_of_threads_changes_no_bit():
    ranks = random_ranks(np.random.default_rng(2), 4, 3, 40, missing=0.2)
    handles = held(ranks)
    in_every_order(lambda: (correlations(handles, handles), largest_correlations(handles)))


@pytest.mark.skipif(card.has_card(), reason="the stand-in for CuPy counts, a card does not")
def test_a_call_goes_up_once_and_comes_down_once_with_few_launches():
    handles = held(random_ranks(np.random.default_rng(7), 6, 8, 40))
    correlations(handles, handles)  # what is allocated once is there now
    for call in (lambda: correlations(handles, handles[:4]), lambda: largest_correlations(handles)):
        stats.reset()
        call()
        if not has_card():
            assert (stats.uploads, stats.downloads) == (1, 1)
            assert stats.launches <= 1 + 3 + 4 + 1, stats.names  # measure, zeros, one chunk of days, the result


def test_a_factor_its_opposite_and_one_without_a_common_day():
    (ranks,) = random_ranks(np.random.default_rng(3), 1, 6, 30)
    early, late = ranks.copy(), ranks.copy()
    early[3:], late[:3] = 0, 0
    one, turned, first, last = held([ranks, opposite(ranks), early, late])
    np.testing.assert_allclose(correlations([one], [one, turned]), [[1, -1]], atol=1e-12)
    assert correlations([first], [last]).tolist() == [[0.0]]


def test_without_factors_there_is_nothing_to_compute():
    handles = held(random_ranks(np.random.default_rng(4), 2, 3, 20))
    assert correlations(handles, []).shape == (2, 0)
    assert largest_correlations([]).shape == (0,)
    np.testing.assert_array_equal(largest_correlations(handles, []), np.zeros(2))


def test_a_row_is_free_again_when_its_handle_dies_and_no_survivor_moves():
    ranks = random_ranks(np.random.default_rng(5), 40, 3, 20)
    store = RankStore(device(), 3, 20)
    handles = held(ranks, store)
    before = store.nbytes
    survivors, rows = handles[::2], [handle.row for handle in handles[::2]]
    del handles
    more = held(ranks[:20], store)
    assert store.nbytes == before
    assert [handle.row for handle in survivors] == rows
    for got, expected in zip(store.fetch(survivors + more), ranks[::2] + ranks[:20], strict=True):
        np.testing.assert_array_equal(got, expected)
    assert len(survivors[0]) == 3
    del survivors, more
    assert store.nbytes == 0


def test_some_days_of_ranks_go_up_once_and_come_down_once():
    ranks = random_ranks(np.random.default_rng(8), 5, 6, 20)
    handles = held(ranks)
    chosen, days = [handles[3], handles[0]], np.array([4, 1, 5])
    stats.reset()
    found = handles[0].store.fetch(chosen, days)
    if not has_card():
        assert (stats.uploads, stats.downloads, stats.download_bytes) == (1, 1, 2 * 3 * 20 * 2)
    for got, expected in zip(found, (ranks[3], ranks[0]), strict=True):
        np.testing.assert_array_equal(got, expected[days])


def test_ranks_that_the_session_does_not_hold_and_those_of_other_days_are_refused():
    rng = np.random.default_rng(6)
    ranks = random_ranks(rng, 2, 3, 20)
    handles, others = held(ranks), held(random_ranks(rng, 1, 4, 20))
    for wrong in (ranks[0], others[0]):
        with pytest.raises(PanelError, match=r"of 3 days.*hold\(\)"):
            correlations(handles, [wrong])
    with pytest.raises(PanelError, match=r"shape of residual ranks is \(4, 20\), expected \(3, 20\)"):
        handles[0].store.put(random_ranks(rng, 1, 4, 20)[0])
