import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rank_panels import random_panels, slow_correlation, standardised

from dfqgp.errors import PanelError
from dfqgp.library import RankPanels, check_ranks, correlation, cross_correlations


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 40), st.integers(2, 30), st.sampled_from([0.0, 0.3, 0.9]))
def test_agrees_with_the_slow_way(seed, days, assets, missing):
    rng = np.random.default_rng(seed)
    left = random_panels(rng, 3, days, assets, missing=missing)
    right = random_panels(rng, 2, days, assets, missing=missing)
    expected = [[slow_correlation(one, other) for other in right] for one in left]
    np.testing.assert_allclose(cross_correlations(left, right), expected, atol=1e-6)


def test_agrees_with_the_mean_daily_spearman_of_pandas_on_a_common_sample():
    rng = np.random.default_rng(1)
    values = rng.standard_normal((2, 60, 50))
    values[1] += values[0]
    values[:, rng.random((60, 50)) < 0.2] = np.nan
    one, other = (pd.DataFrame(part) for part in values)
    expected = one.corrwith(other, axis=1, method="spearman").mean()
    got = cross_correlations([standardised(values[0])], [standardised(values[1])])[0, 0]
    assert got == pytest.approx(expected, abs=1e-6)
    assert got > 0.5


def test_a_panel_correlates_with_itself_by_one_and_with_its_opposite_by_minus_one():
    panel = random_panels(np.random.default_rng(0), 1, 300, 80, missing=0.1)[0]
    np.testing.assert_allclose(cross_correlations([panel], [panel, -panel]), [[1, -1]], atol=1e-6)


def test_order_of_sides_and_cut_into_blocks_change_no_bit(monkeypatch):
    rng = np.random.default_rng(2)
    panels = random_panels(rng, 12, 101, 37, missing=0.2)
    whole = cross_correlations(panels, panels)
    np.testing.assert_array_equal(whole, whole.T)
    for cells in (1, 12 * 37 * 2 * 5):
        monkeypatch.setattr(correlation, "_BLOCK_CELLS", cells)
        np.testing.assert_array_equal(cross_correlations(panels, panels), whole)
    one_by_one = [cross_correlations([panel], panels)[0] for panel in panels]
    np.testing.assert_array_equal(one_by_one, whole)


def test_order_of_assets_changes_no_bit():
    """Sums are exact; a sum with rounding would depend on the order."""
    rng = np.random.default_rng(3)
    panels = np.stack(random_panels(rng, 6, 64, 301))
    order = rng.permutation(301)
    np.testing.assert_array_equal(
        cross_correlations(panels, panels), cross_correlations(panels[:, :, order], panels[:, :, order])
    )


SCRIPT = """
import numpy as np
from dfqgp.library import cross_correlations
panels = np.random.default_rng(4).standard_normal((40, 48, 200))
panels -= panels.mean(axis=2, keepdims=True)
panels = (panels / np.linalg.norm(panels, axis=2, keepdims=True)).astype(np.float32)
print(cross_correlations(panels, panels).tobytes().hex())
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


def test_partial_sums_stay_whole_numbers_that_float64_holds():
    """The largest products that panels of standardised ranks allow, over the most days of a block."""
    days, assets = correlation._MOST_DAYS, 2
    extreme = np.tile(np.array([-1, 1], dtype=np.float32) * np.float32(0.5**0.5 * 1.0004), (days, 1))
    check_ranks(extreme)
    whole = correlation._whole([extreme], slice(None))
    assert np.abs(whole * whole).sum() < 2**53
    assert assets == extreme.shape[1]


def test_factors_without_a_common_day_do_not_correlate():
    panel = random_panels(np.random.default_rng(0), 1, 6, 20)[0]
    early, late = panel.copy(), panel.copy()
    early[3:], late[:3] = 0, 0
    assert cross_correlations([early], [late])[0, 0] == 0


def test_no_factors_give_an_empty_table():
    panel = random_panels(np.random.default_rng(0), 1, 4, 9)[0]
    assert cross_correlations([panel], []).shape == (1, 0)
    assert RankPanels().correlations([panel]).shape == (1, 0)


def test_stored_panels_keep_their_order():
    panels = random_panels(np.random.default_rng(0), 3, 10, 20)
    stored = RankPanels(panels)
    stored.remove(1)
    stored.add(panels[1])
    np.testing.assert_array_equal(
        stored.correlations(panels), cross_correlations(panels, [panels[0], panels[2], panels[1]])
    )
    assert len(stored) == 3


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda panel: panel.astype(np.float64), "float64"),
        (lambda panel: panel[0], "float32"),
        (lambda panel: panel * np.float32(2), "row 0"),
        (np.abs, "row 0"),
        (lambda panel: np.where(np.arange(10)[:, None] == 3, np.nan, panel).astype(np.float32), "row 3"),
    ],
)
def test_what_is_not_standardised_is_refused_with_the_row(damage, message):
    panel = random_panels(np.random.default_rng(0), 1, 10, 20)[0]
    with pytest.raises(PanelError, match=message):
        check_ranks(damage(panel))


def test_panels_of_other_shapes_are_refused():
    rng = np.random.default_rng(0)
    (short,), (long,) = random_panels(rng, 1, 4, 9), random_panels(rng, 1, 5, 9)
    with pytest.raises(PanelError, match=r"\(5, 9\)"):
        RankPanels([short, long])
    with pytest.raises(PanelError, match="on the right"):
        cross_correlations([short], [long])
