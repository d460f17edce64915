"""Laws of every operator on every backend: agreement with the reference, time, order of assets, threads."""

import numpy as np
import operator_laws as laws
import pytest
from operator_laws import COLUMNS, CUTS, ROWS, run
from panels import random_panel

from dfqgp.ops import OPERATORS, Kind

# A correlation of 1e-17 is a rounded 0, and so is a residual of 1e-9 where inputs are 1e7.
RATIO, FIRST, BOTH = ({"rtol": 1e-4, "atol": atol, "inputs_seen": n} for atol, n in ((1e-6, 0), (1e-12, 1), (1e-12, 2)))
TOLERANCE = dict.fromkeys(("ts_corr", "ts_partial_corr", "ts_skew", "ts_kurt", "ts_rsquare"), RATIO)
TOLERANCE |= dict.fromkeys(("ts_beta", "ts_alpha", "ts_resid", "ts_slope", "ts_detrend", "cs_resid"), FIRST)
TOLERANCE |= {"ts_cov": BOTH}
# Bit for bit: element by element, ranks, extrema, delays. Functions come from another library than the reference's.
INEXACT = {"log", "slog1p", "tanh", "sigmoid", "pow", "power"}
EXACT = {name for name, op in OPERATORS.items() if op.kind is Kind.ELEMENT} - INEXACT
EXACT |= {"ts_delay", "ts_delta", "ts_min", "ts_max", "ts_range", "ts_argmin", "ts_argmax", "ts_rank", "ts_median"}
EXACT |= {"ts_quantile", "ts_count", "ts_backfill", "cs_rank", "cs_quantile", "group_rank"}

by_operator = pytest.mark.parametrize("name", OPERATORS)


@by_operator
def test_matches_reference_on_hard_inputs(name, backend, reference):
    laws.check_reference(OPERATORS[name], backend, reference, exact=name in EXACT, **TOLERANCE.get(name, {}))


@pytest.mark.parametrize("name", [name for name, op in OPERATORS.items() if op.kind is Kind.ELEMENT])
def test_numbers_stand_for_panels(name, backend):
    laws.check_numbers(OPERATORS[name], backend)


@by_operator
def test_future_rows_do_not_change_past(name, backend):
    laws.check_future(OPERATORS[name], backend)


@by_operator
@pytest.mark.parametrize("cut", CUTS)
def test_prepended_history_changes_nothing(name, cut, backend):
    laws.check_history(OPERATORS[name], backend, cut)


@by_operator
def test_asset_order_is_irrelevant(name, backend):
    laws.check_assets(OPERATORS[name], backend)


@by_operator
def test_threads_change_no_bit(name):
    laws.check_threads(OPERATORS[name], "cpu")


def test_a_spike_leaves_nothing_behind(backend):
    """After 1e30 has left the window, values are those of a panel that never had it."""
    panel = random_panel(ROWS, COLUMNS)
    clean = np.random.default_rng(0).standard_normal((ROWS, COLUMNS)).astype(np.float32)
    spiked = clean.copy()
    spiked[50] = 1e30
    for name in ("ts_mean", "ts_std", "ts_zscore", "ts_corr", "ts_decay_linear"):
        op = OPERATORS[name]
        whole, hurt = (run(backend, op, panel, [x, clean], (20,)) for x in (clean, spiked))
        np.testing.assert_array_equal(whole[70:], hurt[70:])


def test_constant_windows_are_decided_on_values(backend):
    panel = random_panel(ROWS, COLUMNS)
    flat = np.full((ROWS, COLUMNS), 0.1, dtype=np.float32)
    flat[60:] = 1e7
    assert (run(backend, OPERATORS["ts_std"], panel, [flat], (20,))[20:60] == 0).all()
    assert np.isnan(run(backend, OPERATORS["ts_zscore"], panel, [flat], (20,))[90:]).all()
    assert np.isnan(run(backend, OPERATORS["cs_zscore"], panel, [flat])).all()
    assert np.nanmax(np.abs(run(backend, OPERATORS["cs_demean"], panel, [flat]))) == 0
