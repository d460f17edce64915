"""Laws of every operator on every backend: agreement with the reference, time, order of assets, threads."""

import numpy as np
import pytest
from panels import hard_inputs, permuted, random_panel

from dfqgp.backends import CONSTANT, BackendSettings, Task, open_backend
from dfqgp.ops import OPERATORS, Kind

ROWS, COLUMNS = 130, 40
TOLERANCE = {"ts_corr": 1e-4}
# Bit for bit: element by element, ranks, extrema, delays. Logarithms come from another library than the reference's.
EXACT = {name for name, op in OPERATORS.items() if op.kind is Kind.ELEMENT} - {"log", "slog1p"}
EXACT |= {"ts_delay", "ts_delta", "ts_min", "ts_max", "ts_rank", "cs_rank"}

by_operator = pytest.mark.parametrize("name", OPERATORS)


@pytest.fixture(scope="module", params=["cpu"])
def backend(request):
    return open_backend(BackendSettings(name=request.param, threads=2))


@pytest.fixture(scope="module")
def reference():
    return open_backend(BackendSettings(name="reference"))


def literals_of(op):
    if not op.literals:
        return [()]
    return [(w,) for w in (1, 2, 3, 4, 5, 20, 60, ROWS - 1, ROWS, 400) if op.literals[0].accepts(w)]


def run(backend, op, panel, inputs, literals=()):
    workspace = backend.workspace(panel, 3)
    for slot, matrix in enumerate(inputs):
        backend.load(workspace, slot, matrix)
    count = len(op.panels)
    group = 0 if op.takes_group else -1
    backend.launch(op, workspace, [Task(2, (0, 1)[:count], (0.0,) * count, literals, group)])
    return backend.fetch(workspace, 2)


def assert_close(value, expected, name):
    np.testing.assert_array_equal(np.isnan(value), np.isnan(expected))
    if name in EXACT:
        np.testing.assert_array_equal(value, expected)
    # a correlation of 1e-17 is a rounded 0
    np.testing.assert_allclose(value, expected, rtol=TOLERANCE.get(name, 1e-5), atol=1e-6 if name == "ts_corr" else 0)


@by_operator
def test_matches_reference_on_hard_inputs(name, backend, reference):
    op, panel = OPERATORS[name], random_panel(ROWS, COLUMNS, origin=5)
    inputs = [hard_inputs(ROWS, COLUMNS, 1), hard_inputs(ROWS, COLUMNS, 2)]
    for literals in literals_of(op):
        value, expected = (run(each, op, panel, inputs, literals) for each in (backend, reference))
        assert_close(value, expected, name)


@pytest.mark.parametrize("name", [name for name, op in OPERATORS.items() if op.kind is Kind.ELEMENT])
def test_numbers_stand_for_panels(name, backend):
    op, panel = OPERATORS[name], random_panel(ROWS, COLUMNS)
    x = hard_inputs(ROWS, COLUMNS, 1)
    expected = run(backend, op, panel, [x, np.full_like(x, 0.7)])
    workspace = backend.workspace(panel, 2)
    backend.load(workspace, 0, x)
    backend.launch(op, workspace, [Task(1, (0, CONSTANT)[: len(op.panels)], (0.0, 0.7)[: len(op.panels)])])
    np.testing.assert_array_equal(backend.fetch(workspace, 1), expected)


@by_operator
def test_future_rows_do_not_change_past(name, backend):
    op, panel = OPERATORS[name], random_panel(ROWS, COLUMNS)
    inputs = [hard_inputs(ROWS, COLUMNS, 1), hard_inputs(ROWS, COLUMNS, 2)]
    changed = [x.copy() for x in inputs]
    for x in changed:
        x[100:] = 1e6 * np.random.default_rng(3).standard_normal(x[100:].shape)
    for literals in literals_of(op):
        before, after = (run(backend, op, panel, those, literals) for those in (inputs, changed))
        np.testing.assert_array_equal(before[:100], after[:100])


@by_operator
@pytest.mark.parametrize("cut", [1, 17, 63, 64])
def test_prepended_history_changes_nothing(name, cut, backend):
    """To the last bit: a value reads its own window alone, in an order that the calendar fixes."""
    op, panel = OPERATORS[name], random_panel(ROWS, COLUMNS, origin=11)
    inputs = [hard_inputs(ROWS, COLUMNS, 1), hard_inputs(ROWS, COLUMNS, 2)]
    for x in inputs:  # (1e20 + 1) - 1e20 is 0 and (1e20 - 1e20) + 1 is 1: another order shows at once
        x[::3, 13], x[1::3, 13] = 1e20, -1e20
    later = panel.rows(cut, ROWS)
    for literals in literals_of(op):
        whole = run(backend, op, panel, inputs, literals)[cut:]
        part = run(backend, op, later, [np.ascontiguousarray(x[cut:]) for x in inputs], literals)
        there = ~np.isnan(part)
        np.testing.assert_array_equal(part[there], whole[there])
        rows = op.lookback(literals)
        np.testing.assert_array_equal(part[rows:], whole[rows:])


@by_operator
def test_asset_order_is_irrelevant(name, backend):
    op, panel = OPERATORS[name], random_panel(ROWS, COLUMNS)
    inputs = [hard_inputs(ROWS, COLUMNS, 1), hard_inputs(ROWS, COLUMNS, 2)]
    order = np.random.default_rng(4).permutation(COLUMNS)
    for literals in literals_of(op)[:6]:
        value = run(backend, op, panel, inputs, literals)[:, order]
        shuffled = run(
            backend, op, permuted(panel, order), [np.ascontiguousarray(x[:, order]) for x in inputs], literals
        )
        if op.kind is Kind.CROSS:
            np.testing.assert_allclose(shuffled, value, rtol=1e-5)
        else:
            np.testing.assert_array_equal(shuffled, value)


@by_operator
def test_threads_change_no_bit(name):
    op, panel = OPERATORS[name], random_panel(ROWS, 300)
    inputs = [hard_inputs(ROWS, 300, 1), hard_inputs(ROWS, 300, 2)]
    literals = literals_of(op)[-4:][0]
    one, two, five = (
        run(open_backend(BackendSettings(name="cpu", threads=n)), op, panel, inputs, literals) for n in (1, 2, 5)
    )
    np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(one, five)


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
