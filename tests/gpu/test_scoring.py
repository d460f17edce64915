"""The fused scoring kernel against the definition and the CPU's."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("numba_cuda", reason="needs numba-cuda and CuPy: pip install 'dfqgp[gpu]'")
from gpu.orders import device, in_every_order
from panels import hard_inputs, random_panel

from dfqgp.backends.cpu.scoring import Days, score_rows
from dfqgp.backends.cpu.threads import Threads
from dfqgp.backends.gpu import scoring
from dfqgp.backends.gpu.kernels.compile import as_kernel_argument
from dfqgp.backends.gpu.parts import Parts, host_scores, part_bytes
from dfqgp.backends.gpu.scoring import Scorer
from dfqgp.backends.gpu.targets import COUNT, GROUP_PIECE, GROUPS, LEAST_PIECE, PIECE, DayTables, DeviceTarget
from dfqgp.backends.reference.rank_ic import score_factor
from dfqgp.backends.scoring import DailyScores, DayState, no_ranks
from dfqgp.fitness import FitnessSettings, make_target

pytestmark = pytest.mark.gpu

SETTINGS = FitnessSettings(min_assets=8)
EXACT = ("assets", "state", "ranks")
ROUNDED = ("ic", "r2", "turnover")
PLACE = 1
"""Column of the tests' tables with the row that a factor's ranks go to."""


def case(rows=4, columns=40, seed=0, *, groups=5, missing=0.1, tied=False):
    """Return a panel, five factors and a label."""
    rng = np.random.default_rng(seed)
    panel = random_panel(rows, columns, seed=seed, groups=groups)
    x = rng.standard_t(3, (5, rows, columns)).astype(np.float32)
    x[1] = np.round(x[1])
    x[2] = np.where(rng.random((rows, columns)) < 0.5, -0.0, np.abs(x[2]))
    x[3] = 1e4 * (1 + 1e-4 * x[3])
    x[4, ::2] = 7.0
    x[rng.random(x.shape) < missing] = np.nan
    label = (0.02 * rng.standard_t(4, (rows, columns))).astype(np.float32)
    label = np.round(label, 2) if tied else label
    label[rng.random(label.shape) < 0.05] = np.nan
    return panel, x, label


def target_of(panel, label, rows=None, fitness=SETTINGS):
    return make_target(panel, label, range(len(label)) if rows is None else rows, fitness, horizon=5)


def on_device(slab, target, keep=None, blocks=3):
    """Score all slots, the last one first; of other factors nothing may be touched."""
    here, factors = device(), len(slab)
    prepared = DeviceTarget(here, target)
    keep = np.ones(prepared.days, dtype=bool) if keep is None else keep
    table = np.zeros((factors + 1, 2))
    table[1:] = np.array([np.arange(factors)[::-1], np.arange(factors)]).T
    parts = Parts(here, part_bytes(1, 1) + part_bytes(factors, prepared.days))
    parts.take(1, 1)
    part = parts.take(factors, prepared.days)
    kept = here.upload(np.full((factors, int(keep.sum()), prepared.columns), 9, dtype=np.uint16))
    Scorer(here, [prepared], blocks).score(
        as_kernel_argument(here.upload(slab)), as_kernel_argument(here.upload(table)), 1, part, prepared,
        prepared.places(keep), PLACE, as_kernel_argument(kept),
    )  # fmt: skip
    return host_scores(part, here.download(parts.filled), np.array(here.download(kept)))


def on_cpu(slab, target, keep=None):
    keep = np.ones(len(target.rows), dtype=bool) if keep is None else keep
    return score_rows(slab, np.arange(len(slab))[::-1].copy(), Days.of(target), keep, Threads(1))


def by_definition(slab, target, keep=None):
    keep = np.ones(len(target.rows), dtype=bool) if keep is None else keep
    kept = no_ranks(len(slab), target, keep)
    scores = DailyScores.empty(len(slab), target, kept)
    for k, factor in enumerate(slab[::-1]):
        score_factor(factor, target, keep, scores, k, kept[k])
    return scores


def assert_same(got, expected, names=EXACT + ROUNDED, rounded=ROUNDED, cells=None):
    for name in names:
        one, other = np.asarray(getattr(got, name)), np.asarray(getattr(expected, name))
        if name in rounded:
            np.testing.assert_allclose(one, other, atol=2e-6, err_msg=name)
        else:
            np.testing.assert_array_equal(one, other, err_msg=name)


CASES = {
    "plain": {},
    "tied labels": {"tied": True, "seed": 1},
    "much missing": {"missing": 0.6, "seed": 2, "columns": 70},
    "one stock": {"columns": 1, "seed": 3},
    "33 stocks": {"columns": 33, "seed": 4},
    "300 stocks": {"columns": 300, "rows": 2, "seed": 5},
    "more groups than threads": {"columns": 150, "rows": 3, "groups": 70, "seed": 6},
}


@pytest.mark.parametrize("chosen", CASES.values(), ids=CASES.keys())
def test_agrees_with_the_definition_and_gives_the_bits_of_the_cpu_where_ranks_are_the_same(chosen):
    panel, slab, label = case(**chosen)
    target = target_of(panel, label)
    got = on_device(slab, target)
    assert_same(got, by_definition(slab, target))
    assert_same(got, on_cpu(slab, target), rounded=("r2", "turnover"))
    assert (chosen.get("columns") == 1) != (got.state == DayState.KEPT).any()


def test_parts_lie_beside_each_other_and_refuse_more_than_their_room():
    parts = Parts(device(), part_bytes(3, 5) + part_bytes(2, 7))
    one, other = parts.take(3, 5), parts.take(2, 7)
    assert (one.start, other.start, parts.used) == (0, part_bytes(3, 5), part_bytes(3, 5) + part_bytes(2, 7))
    with pytest.raises(ValueError, match="over the room"):
        parts.take(1, 1)


def test_pieces_are_short_and_hold_each_stock_of_the_sample_once():
    panel, _, label = case(2, 300, 20)
    tables = DayTables.of(target_of(panel, label))
    for head, cuts in zip(tables.head, tables.cuts, strict=True):
        group_piece = cuts[GROUP_PIECE, : head[GROUPS] + 1].astype(int)
        lengths = np.diff(cuts[PIECE, : group_piece[-1] + 1].astype(int))
        assert lengths.sum() == head[COUNT] > 200
        assert 0 < lengths.min() <= lengths.max() <= LEAST_PIECE


def test_order_of_threads_changes_no_bit():
    panel, slab, label = case(3, 50, 7, tied=True)
    target = target_of(panel, label)
    in_every_order(lambda: list(vars(on_device(slab, target)).values()))


@pytest.mark.parametrize("length", [4, 32])
def test_more_stocks_than_are_sorted_at_a_time(length, monkeypatch):
    panel, slab, label = case(2, 90, 8)
    target = target_of(panel, label)
    expected = on_device(slab, target)
    monkeypatch.setattr(scoring, "SORTED", length)
    assert_same(on_device(slab, target), expected, rounded=())


def test_blocks_and_room_for_ranks_change_no_bit(monkeypatch):
    panel, slab, label = case(4, 40, 9)
    target = target_of(panel, label)
    expected = on_device(slab, target)
    assert_same(on_device(slab, target, blocks=1), expected, rounded=())
    monkeypatch.setattr(scoring, "RANK_BYTES", 2 * 2 * 4 * 40)
    assert_same(on_device(slab, target, blocks=50), expected, rounded=())


@pytest.mark.parametrize("rows", [range(0, 12, 2), range(1, 12, 3), [0, 5, 11]])
def test_any_subset_of_days_scores_as_the_whole_does(rows):
    panel, slab, label = case(12, 30, 10)
    whole = on_device(slab, target_of(panel, label))
    part = on_device(slab, target_of(panel, label, rows))
    for name in ("ic", "assets", "r2", "state", "ranks"):
        np.testing.assert_array_equal(getattr(part, name), getattr(whole, name)[:, list(rows)], err_msg=name)
    assert_same(part, by_definition(slab, target_of(panel, label, rows)))


def test_rows_to_keep_are_all_that_is_written():
    panel, slab, label = case(7, 30, 11)
    target = target_of(panel, label)
    keep = np.arange(7) % 3 == 1
    whole, some = on_device(slab, target), on_device(slab, target, keep)
    assert_same(some, whole, names=("ic", "assets", "r2", "state", "turnover"), rounded=())
    np.testing.assert_array_equal(some.ranks, whole.ranks[:, keep])


def test_a_stock_alone_in_its_group_is_left_out():
    """Alone in the sample, or alone once the factor's missing values are out."""
    panel, slab, label = case(3, 40, 12, groups=3)
    codes = panel.groups["industry"].copy()
    codes[:, 5], codes[:, [8, 9]], panel.universe[:, [5, 8, 9]] = 30, 31, True
    label[:, [5, 8, 9]] = [0.1, 0.2, 0.3]
    slab[:, :, [5, 9]] = 1.5
    slab[:, :, 8] = np.nan
    target = target_of(replace(panel, groups={"industry": codes}), label)
    got = on_device(slab, target)
    assert (got.ranks[:, :, [5, 8, 9]] == 0).all()
    assert_same(got, by_definition(slab, target))


@pytest.mark.parametrize("change", ["no size", "equal sizes", "no group", "a strong ridge", "no ridge", "no winsor"])
def test_parts_of_the_neutralisation_may_be_left_out(change):
    panel, slab, label = case(4, 40, 13)
    fitness = replace(
        SETTINGS,
        **{"a strong ridge": {"ridge": 30.0}, "no ridge": {"ridge": 0.0}, "no winsor": {"winsor": 0.0}}.get(change, {}),
    )
    if change == "no size":
        panel = replace(panel, size=None)
    if change == "equal sizes":
        panel = replace(panel, size=np.full_like(panel.size, 23.1))
    if change == "no group":
        panel = replace(panel, groups={})
    target = target_of(panel, label, fitness=fitness)
    assert_same(on_device(slab, target), by_definition(slab, target))


def test_days_drop_out_with_a_reason():
    panel, slab, label = case(4, 40, 14, missing=0.0)
    slab[:, 1], slab[:, 2], slab[:, 3] = 1.0, np.nan, slab[:, 0]
    target = target_of(panel, label)
    got = on_device(slab[:1], target)
    assert got.state[0].tolist() == [DayState.KEPT, DayState.CONSTANT, DayState.FEW_ASSETS, DayState.KEPT]
    assert np.isnan(got.ic[0, 1:3]).all()
    assert np.isnan(got.turnover[0]).all()
    assert (got.ranks[0, 1:3] == 0).all()


def test_zeros_of_both_signs_are_one_value():
    """On some day the quantile lies between the last of one sign and the first of the other."""
    panel, _, label = case(12, 30, 17)
    x = np.random.default_rng(0).lognormal(size=(1, 12, 30)).astype(np.float32)
    for day in range(12):
        x[0, day, : 2 * day], x[0, day, 2 * day : 2 * day + 6] = -0.0, 0.0
    target = target_of(panel, label, fitness=replace(SETTINGS, winsor=0.33))
    assert_same(on_device(x, target), by_definition(x, target))


def test_labels_all_alike_have_no_correlation_but_residuals_have_ranks():
    panel, slab, label = case(3, 40, 18)
    label[1:] = 0.5
    target = target_of(panel, label)
    got = on_device(slab[:1], target)
    assert got.state[0].tolist() == [DayState.KEPT, DayState.CONSTANT, DayState.CONSTANT]
    assert_same(got, by_definition(slab[:1], target))
    assert np.isfinite(got.turnover[0, 1:]).all()


def test_sizes_that_are_equal_where_the_factor_has_values_leave_size_out():
    """Also where the first stock has another one, from which no double shows the distance."""
    panel, slab, label = case(3, 40, 19, groups=1)
    size = np.full_like(panel.size, 123456789)
    size[:, 0], panel.groups["industry"][:], panel.universe[:, 0] = 0.1234567, 0, True
    slab[:, :, 0] = np.nan
    label[:, 0] = 0.1
    target = target_of(replace(panel, size=size), label)
    assert_same(on_device(slab, target), on_device(slab, target_of(replace(panel, size=None), label)), rounded=())


def test_hard_values():
    """Huge and tiny values, spikes, levels that would cost squares their digits, columns without a value."""
    panel, _, label = case(6, 40, 15)
    x = np.stack([hard_inputs(6, 40, 1), np.cbrt(hard_inputs(6, 40, 2))])
    x[~np.isfinite(x)] = np.nan
    target = target_of(panel, label)
    assert_same(on_device(x, target), by_definition(x, target))


def test_a_day_without_a_sample_and_a_target_without_days():
    panel, slab, label = case(3, 40, 16)
    label[1] = np.nan
    target = target_of(panel, label)
    assert_same(on_device(slab, target), by_definition(slab, target))
    assert on_device(slab, target_of(panel, label, [])).ic.shape == (5, 0)
