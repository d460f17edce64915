"""The cost model of a planned generation: laws, a hand-counted example, and what it must not import."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from panels import random_panel, random_trees

from dfqgp.backends.gpu.cost_model.costs import Cost, Shape, cost_of, score_of, sort_of
from dfqgp.backends.gpu.cost_model.model import (
    Launched,
    Model,
    Rates,
    Scoring,
    correlations_model,
    model_of,
    predicted_seconds,
)
from dfqgp.backends.gpu.cost_model.operations import operations
from dfqgp.backends.gpu.geometry import run_length
from dfqgp.backends.gpu.parts import DAY_BYTES
from dfqgp.backends.instructions import CHAIN, EMIT, FILL
from dfqgp.engine import Planner
from dfqgp.expr import Vocabulary, parse
from dfqgp.ops import OPERATORS, Elementwise, Lagged

SHAPE = Shape(100, 50, 5)
WINDOWED = [op for op in OPERATORS.values() if not isinstance(op.form, Elementwise)]


@pytest.fixture(scope="module")
def plans():
    panel = random_panel(20, 10)
    trees = random_trees(panel, 60)
    return list(Planner(200, 1, 16, tuple(panel.groups), chains=True).plan(trees))


def of(*texts):
    panel = random_panel(20, 10)
    planner = Planner(50, 1, 16, tuple(panel.groups), chains=True)
    return list(planner.plan([parse(text, Vocabulary.of(panel)) for text in texts]))


def test_hand_counted_plan():
    """One chain of two panels, one window, two hand-overs, against 40 days of which 4 are kept."""
    (plan,) = of("ts_mean(mul(close, volume), 20)", "mul(close, volume)")
    model = model_of([plan], SHAPE, [Scoring(40, 4)])
    panel, adds = 4 * 100 * 50, (20 - 8 + 1) / 8 + 3.5 + 1
    by = model.by_kernel()
    assert {name: count for name, (count, _) in by.items()} == {
        "chain": 1, "ts_mean": 1, "score_days": len(roots_of(plan)), "compare_days": len(roots_of(plan)),
    }  # fmt: skip
    assert by["chain"][1].memory == 3 * panel
    assert by["ts_mean"][1].memory == 2 * panel
    assert by["ts_mean"][1].flops64 == pytest.approx(5000 * (adds * 3 + 2 * 2 + 8))
    assert by["compare_days"][1].memory == 2 * (2 * 40 * 50) + 2 * (2 * 4 * 50)
    assert model.down == sum(-(-count * 40 * DAY_BYTES // 256) * 256 for count in roots_of(plan))
    assert model.waits == 1
    numbers = plan.tasks.size + len(plan.tasks) + plan.literals.size + plan.code.size + plan.numbers.size
    assert model.up == 8 * numbers + 2 * panel


def roots_of(plan):
    return [stop - start for opcode, start, stop in plan.steps.tolist() if opcode == EMIT]


def test_launches_are_steps_and_two_for_each_hand_over(plans):
    model = model_of(plans, SHAPE, [Scoring(50), Scoring(30)])
    steps = sum(plan.launches for plan in plans)
    fills = sum(stop - start for plan in plans for opcode, start, stop in plan.steps.tolist() if opcode == FILL)
    hand_overs = sum(len(roots_of(plan)) for plan in plans)
    assert len(model.launches) == steps + fills + 2 * 2 * hand_overs
    assert any(plan.steps[:, 0].tolist().count(CHAIN) for plan in plans)


def test_every_value_has_a_cost(plans):
    assert all(each.cost.memory > 0 and math.isfinite(each.cost.memory) for each in model_of(plans, SHAPE).launches)


def test_cost_grows_with_cells_and_windows(plans):
    small, large = (model_of(plans, Shape(100, columns, 5), [Scoring(90, 9)]).cost for columns in (64, 128))
    assert all(one < other for one, other in zip(small[:5], large[:5]))
    one, other = (model_of(plans, Shape(rows, 64, 5)).cost for rows in (100, 200))
    assert other == pytest.approx([2 * number for number in one])


@pytest.mark.parametrize("op", WINDOWED, ids=lambda op: op.name)
def test_operations_of_every_operator_come_from_its_own_functions(op):
    cost, longer = (cost_of(op.form, op, SHAPE, literals_with(op, window)) for window in (20, 240))
    assert cost.memory >= 4 * SHAPE.cells * (1 + len(op.panels))
    assert cost.flops32 + cost.flops64 > 0
    assert all(one >= other for one, other in zip(longer, cost))
    assert sum(longer) > sum(cost) or not op.lookback((240,) * len(op.literals)) or isinstance(op.form, Lagged)


def literals_with(op, window):
    """Literals of an operator, ``window`` days where it has a window."""
    return [window if each.rows else each.draws[0] for each in op.literals]


def test_more_passes_cost_more():
    op = OPERATORS["ts_top_mean"]
    one, five = (cost_of(op.form, op, SHAPE, (20, k)) for k in (1, 5))
    assert five.flops32 == 5 * one.flops32
    assert one.memory == five.memory


def test_an_unknown_form_is_an_error():
    with pytest.raises(TypeError, match="no cost of object"):
        cost_of(object(), WINDOWED[0], SHAPE, ())


def test_counted_operations():
    def inner(x):
        return x * x + 1.0

    def outer(x, y):
        return inner(x) / math.sqrt(y) - inner(y)

    assert operations(inner) == 2
    assert operations(outer) == 2 + 8 + 8 + 1 + 2


def test_a_run_is_at_most_its_window_and_a_power_of_two():
    assert [run_length(w) for w in (1, 2, 5, 20, 60, 64, 65, 96, 240)] == [1, 2, 4, 8, 8, 8, 16, 16, 16]


def test_sorting_counts_the_steps_of_the_network():
    """8 keys: steps of 1, 2 and 3 distances, of which two are done in one trip: 1 + 1 + 2 trips."""
    assert sort_of(8).shared == 8 * (2 * 4 * 8 + 2 * 3 * 8)
    assert sort_of(5400).shared > 2 * sort_of(4096).shared * 0.99


def test_a_device_takes_as_long_as_its_slowest_part():
    rates = Rates(memory=10.0, flops64=4.0)
    assert rates.seconds(Cost(memory=100.0, flops64=8.0)) == 10.0
    assert rates.seconds(Cost(memory=10.0, flops64=8.0)) == 2.0
    assert rates.seconds(Cost(flops32=16.0)) == 2.0
    assert rates.seconds(Cost(shared=300.0)) == 3.0


def test_launches_are_hidden_behind_longer_kernels_alone():
    kernels = [Launched("a", Cost(memory=seconds)) for seconds in (5.0, 1.0, 1.0, 1.0)]
    model, rates = Model(tuple(kernels), 0, 0, 0), Rates(memory=1.0, flops64=1.0)
    assert predicted_seconds(model, rates, launch=0.0) == 8.0
    assert predicted_seconds(model, rates, launch=1.0) == 9.0  # the first is enqueued after 1, ends at 6
    assert predicted_seconds(model, rates, launch=3.0) == 13.0  # the last is enqueued at 12


def test_correlations_multiply_every_pair_on_every_day():
    model = correlations_model(1500, 1500, 40, 60)
    assert model.cost.flops64 == 2.0 * 40 * 1500 * 1500 * 62
    assert len(model.launches) % 4 == 0


def test_scores_cost_as_much_by_factor_and_day():
    one, other = score_of(1, 10, 300), score_of(4, 10, 300)
    assert np.array(other[1:]) == pytest.approx(4 * np.array(one[1:]))


def test_neither_numba_nor_cupy_is_needed():
    imported = "[m for m in sys.modules if m.split('.')[0] in ('numba', 'cupy')]"
    check = f"import sys, dfqgp.backends.gpu.cost_model.model; print({imported})"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
