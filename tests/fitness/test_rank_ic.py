"""Daily rank ICs against an independent oracle: plain least squares, scipy's ranks and Spearman."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from panels import random_panel, with_fields
from scipy.stats import rankdata, spearmanr

from dfqgp.backends import BackendSettings, DayState, open_backend
from dfqgp.engine import Engine
from dfqgp.errors import PanelError
from dfqgp.expr import field
from dfqgp.fitness import FitnessSettings, every, make_target

SETTINGS = FitnessSettings(min_assets=20)


def scores(backend, panel, label, factors, keep_every=1, fitness=SETTINGS, rows=None):
    rows = np.arange(panel.shape[0]) if rows is None else rows
    target = make_target(panel, label, rows, fitness, horizon=5)
    names = [f"x{k}" for k in range(len(factors))]
    engine = Engine(with_fields(panel, factors, names), backend, targets=[target], operators=())
    found = engine.score([field(name) for name in names], keep=every(panel, target.rows, keep_every))[0]
    return replace(found, ranks=engine.session.fetch_ranks(found.ranks))


def oracle(panel, label, factor, fitness=SETTINGS):
    """Ridge by least squares on an augmented design, day by day."""
    out = np.full(panel.shape[0], np.nan)
    for t in range(panel.shape[0]):
        group, size = panel.groups["industry"][t], panel.size[t]
        inside = panel.universe[t] & np.isfinite(factor[t]) & np.isfinite(label[t]) & (group >= 0) & np.isfinite(size)
        inside &= np.array([(group[inside] == g).sum() > 1 for g in group])
        if inside.sum() < fitness.min_assets:
            continue
        x = factor[t, inside].astype(np.float64)
        x = np.clip(x, *np.quantile(x, [0.01, 0.99]))
        if x.std() == 0:
            continue
        m = size[inside].astype(np.float64)
        design = np.column_stack([*(group[inside] == g for g in np.unique(group[inside])), (m - m.mean()) / m.std()])
        z = (x - x.mean()) / x.std()
        rows = np.vstack([design, np.sqrt(fitness.ridge) * np.eye(design.shape[1])])
        fit = np.linalg.lstsq(rows, np.append(z, np.zeros(design.shape[1])), rcond=None)[0]
        out[t] = spearmanr(z - design @ fit, label[t, inside]).statistic
    return out


def case(seed, missing, columns=120, rows=12):
    rng = np.random.default_rng(seed)
    panel = random_panel(rows, columns, seed=seed, groups=8)
    factor = rng.standard_t(3, (rows, columns)).astype(np.float32)
    label = (0.02 * rng.standard_t(4, (rows, columns))).astype(np.float32)
    factor[rng.random(factor.shape) < missing] = np.nan
    label[rng.random(label.shape) < 0.05] = np.nan
    return panel, factor, label


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(0, 0.8))
def test_agrees_with_least_squares_and_spearman(any_backend, seed, missing):
    panel, factor, label = case(seed, missing)
    value = scores(any_backend, panel, label, [factor]).ic[0]
    expected = oracle(panel, label, factor)
    np.testing.assert_array_equal(np.isnan(value), np.isnan(expected))
    np.testing.assert_allclose(value, expected, atol=1e-6, rtol=0)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.floats(0, 0.8), st.booleans())
def test_fused_kernel_is_the_definition(backend, reference, seed, missing, tied):
    panel, factor, label = case(seed, missing)
    if tied:
        label = np.round(label, 2)
    fused, plain = (scores(each, panel, label, [factor, -factor], keep_every=3) for each in (backend, reference))
    for name in ("ic", "r2", "turnover"):
        np.testing.assert_allclose(getattr(fused, name), getattr(plain, name), atol=2e-6, err_msg=name)
    for name in ("assets", "state", "ranks"):
        np.testing.assert_array_equal(getattr(fused, name), getattr(plain, name), err_msg=name)


def test_days_drop_out_with_a_reason(backend, reference):
    panel, factor, label = case(1, 0.0)
    factor[3], factor[4] = 1.0, np.nan
    for chosen in (backend, reference):
        state = scores(chosen, panel, label, [factor]).state[0]
        assert state[3] == DayState.CONSTANT
        assert state[4] == DayState.FEW_ASSETS
        assert (np.delete(state, [3, 4]) == DayState.KEPT).all()


def test_a_stock_alone_in_its_group_is_left_out(backend, reference):
    panel, factor, label = case(2, 0.0)
    codes = panel.groups["industry"].copy()
    codes[:, 7] = 8
    alone = replace(panel, groups={"industry": codes})
    codes = codes.copy()
    codes[:, 7] = -1
    unknown = replace(panel, groups={"industry": codes})
    for chosen in (backend, reference):
        one, other = (scores(chosen, each, label, [factor]) for each in (alone, unknown))
        np.testing.assert_array_equal(one.ic, other.ic)
        assert (one.ranks[0][:, 7] == 0).all()


def test_without_size_only_groups_are_taken_out(backend):
    panel, factor, label = case(3, 0.1)
    value = scores(backend, replace(panel, size=None), label, [factor]).ic[0]
    for t in range(panel.shape[0]):
        group = panel.groups["industry"][t]
        inside = panel.universe[t] & np.isfinite(factor[t]) & np.isfinite(label[t]) & (group >= 0)
        x = factor[t, inside].astype(np.float64)
        x = np.clip(x, *np.quantile(x, [0.01, 0.99]))
        z = (x - x.mean()) / x.std()
        means = np.array([z[group[inside] == g].sum() / ((group[inside] == g).sum() + 1e-6) for g in group[inside]])
        assert value[t] == pytest.approx(spearmanr(z - means, label[t, inside]).statistic, abs=1e-6)


def test_kept_ranks_are_twice_the_residual_ranks(backend):
    panel, factor, label = case(4, 0.2)
    kept = scores(backend, panel, label, [factor], keep_every=5)
    all_days = scores(backend, panel, label, [factor], keep_every=1)
    np.testing.assert_array_equal(kept.ranks[0], all_days.ranks[0][::5])
    row = all_days.ranks[0][2].astype(np.int64)
    inside, n = row > 0, all_days.assets[0, 2]
    assert inside.sum() == n
    assert row.sum() == n * (n + 1)
    np.testing.assert_array_equal(row[inside], 2 * rankdata(row[inside]))


@pytest.mark.parametrize("rows", [range(0, 12, 2), range(1, 12, 3), [0, 5, 11]])
def test_any_subset_of_days_scores_as_the_whole_does(rows, any_backend):
    panel, factor, label = case(8, 0.1)
    whole = scores(any_backend, panel, label, [factor])
    part = scores(any_backend, panel, label, [factor], rows=rows)
    for name in ("ic", "assets", "r2", "state"):
        np.testing.assert_array_equal(getattr(part, name), getattr(whole, name)[:, list(rows)], err_msg=name)


@pytest.mark.parametrize("rows", [[3, 2], [1, 1], [0, 12], [-1, 2]])
def test_rows_that_do_not_ascend_or_leave_the_panel_are_refused(rows, backend):
    panel, factor, label = case(8, 0.1)
    with pytest.raises(PanelError, match="rows"):
        scores(backend, panel, label, [factor], rows=rows)


def test_several_targets_are_scored_in_one_pass(any_backend):
    """Another label, another horizon or other days: each target gets what it gets alone."""
    panel, factor, label = case(9, 0.1)
    targets = [
        make_target(panel, label, range(12), SETTINGS, horizon=5),
        make_target(panel, -label, range(0, 12, 2), SETTINGS, horizon=1),
    ]
    engine = Engine(with_fields(panel, [factor, -factor], "xy"), any_backend, targets=targets, operators=())
    nodes = [field("x"), field("y"), field("x")]  # a repeated tree is an ordinary case
    both = engine.score(nodes, targets=(0, 1))
    for number in (0, 1):
        (alone,) = engine.score(nodes, targets=(number,))
        np.testing.assert_array_equal(both[number].ic, alone.ic)
        np.testing.assert_array_equal(alone.ic[0], alone.ic[2])
    np.testing.assert_allclose(both[1].ic, -both[0].ic[:, ::2], atol=1e-12)


def test_the_ridge_is_part_of_the_size_slope_and_of_the_groups(backend, reference):
    """With a penalty of the order of the data: the default 1e-6 is too small for its absence to show."""
    panel, factor, label = case(10, 0.1)
    strong = replace(SETTINGS, ridge=30.0)
    for chosen in (backend, reference):
        value = scores(chosen, panel, label, [factor], fitness=strong).ic[0]
        np.testing.assert_allclose(value, oracle(panel, label, factor, strong), atol=1e-9)


@pytest.mark.parametrize("threads", [1, 3])
def test_threads_change_no_bit(threads):
    panel, factor, label = case(5, 0.1, rows=40)
    one = scores(open_backend(BackendSettings(threads=2)), panel, label, [factor, -factor, factor**2])
    other = scores(open_backend(BackendSettings(threads=threads)), panel, label, [factor, -factor, factor**2])
    for name in ("ic", "assets", "r2", "state", "turnover", "ranks"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_sign_and_scale_of_a_factor_only_turn_the_sign(backend):
    panel, factor, label = case(6, 0.1)
    plain, turned = scores(backend, panel, label, [factor, (-2 * factor).astype(np.float32)]).ic
    np.testing.assert_allclose(turned, -plain, atol=1e-12)


def test_residuals_that_agree_in_float32_are_no_tie(backend, reference):
    """Half of the stocks differ by a billionth, which the residual's float32 value cannot show but its order must."""
    panel, factor, label = case(7, 0.0)
    panel = replace(panel, size=np.ones_like(panel.size), groups={"industry": np.zeros(panel.shape, dtype=np.int16)})
    factor = np.where(np.random.default_rng(0).random(factor.shape) < 0.5, factor * np.float32(1e-9), factor + 1)
    value = scores(backend, panel, label, [factor.astype(np.float32)]).ic[0]
    plain = scores(reference, panel, label, [factor.astype(np.float32)]).ic[0]
    np.testing.assert_allclose(value, plain, atol=1e-12)
    for t in range(panel.shape[0]):
        inside = panel.universe[t] & np.isfinite(label[t])
        x = factor[t, inside]
        clipped = np.clip(x, *np.quantile(x.astype(np.float64), [0.01, 0.99]))
        assert value[t] == pytest.approx(spearmanr(clipped, label[t, inside]).statistic, abs=1e-12)
