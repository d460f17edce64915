"""Laws of every operator on every backend: agreement with the reference, time, order of assets, threads."""

import numpy as np
import operator_laws as laws
import pytest
from operator_laws import COLUMNS, CUTS, ROWS, run
from panels import random_panel

from dfqgp.backends import BackendSettings, open_backend
from dfqgp.ops import OPERATORS, Kind

CPU = open_backend(BackendSettings(name="cpu", threads=2))
SOME = (17,)  # no multiple of any window

by_operator = pytest.mark.parametrize("name", OPERATORS)


@by_operator
def test_matches_reference_on_hard_inputs(name, backend, reference):
    laws.check_reference(OPERATORS[name], backend, reference, **laws.promised(OPERATORS[name]))


@pytest.mark.parametrize("name", [name for name, op in OPERATORS.items() if op.kind is Kind.ELEMENT])
def test_numbers_stand_for_panels(name, backend):
    laws.check_numbers(OPERATORS[name], backend)


@by_operator
def test_future_rows_do_not_change_past(name, backend):
    laws.check_future(OPERATORS[name], backend)


@by_operator
@pytest.mark.parametrize("cut", SOME)
def test_prepended_history_changes_nothing(name, cut, backend):
    laws.check_history(OPERATORS[name], backend, cut)


@by_operator
@pytest.mark.parametrize("cut", sorted({*CUTS} - {*SOME}))
def test_history_of_any_length_changes_nothing(name, cut):
    laws.check_history(OPERATORS[name], CPU, cut)


@by_operator
@pytest.mark.gpu
@pytest.mark.exhaustive  # each takes a second in the simulator
@pytest.mark.parametrize("cut", sorted({*CUTS} - {*SOME}))
def test_history_of_any_length_changes_nothing_on_a_device(name, cut, gpu_backend):
    laws.check_history(OPERATORS[name], gpu_backend, cut)


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
