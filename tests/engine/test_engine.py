"""Laws of the engine: plans fit their budget, and no plan, budget or backend changes a value."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from panels import permuted, random_panel, random_trees

from dfqgp.backends import BackendSettings, open_backend
from dfqgp.engine import Consume, Engine, EngineSettings, Launch, Load, Planner, least_slots
from dfqgp.errors import BudgetError, UnknownFieldError
from dfqgp.expr import Graph, Vocabulary, field, parse

PANEL = random_panel(90, 40)
TREES = random_trees(PANEL, 200, seed=1)
CPU = open_backend(BackendSettings(threads=2))
REFERENCE = open_backend(BackendSettings(name="reference"))
# How far a float32 rounding at one node may be carried by the nodes above it is not bounded (ranks jump, differences
# cancel), so trees are compared on the share of cells that agree; each operator alone is compared cell by cell.
AGREE = 0.999


@pytest.fixture(scope="module")
def values():
    return Engine(PANEL, CPU).evaluate(TREES)


def agreement(value, expected):
    same = np.isclose(value, expected, rtol=1e-4, atol=1e-6, equal_nan=True)
    return same.mean()


def test_trees_match_the_reference(values):
    expected = Engine(PANEL, REFERENCE).evaluate(TREES)
    for tree, value, wanted in zip(TREES, values, expected, strict=True):
        assert agreement(value, wanted) > AGREE, tree


def test_future_rows_do_not_change_past(values):
    other = random_panel(90, 40, seed=9)
    fields = {name: np.vstack([PANEL.fields[name][:70], other.fields[name][70:]]) for name in PANEL.fields}
    changed = Engine(_with_fields(PANEL, fields), CPU).evaluate(TREES)
    np.testing.assert_array_equal(changed[:, :70], values[:, :70])


@pytest.mark.parametrize("cut", [1, 13])
def test_prepended_history_changes_nothing(cut, values):
    part = Engine(PANEL.rows(cut, 90), CPU).evaluate(TREES)
    for tree, late, whole in zip(TREES, part, values[:, cut:], strict=True):
        there = ~np.isnan(late)
        np.testing.assert_array_equal(late[there], whole[there], err_msg=repr(tree))
        np.testing.assert_array_equal(late[tree.lookback :], whole[tree.lookback :], err_msg=repr(tree))


def test_asset_order_is_irrelevant(values):
    order = np.random.default_rng(3).permutation(40)
    shuffled = Engine(permuted(PANEL, order), CPU).evaluate(TREES)
    for tree, value, wanted in zip(TREES, shuffled, values[:, :, order], strict=True):
        assert agreement(value, wanted) > AGREE, tree


def test_rows_before_the_lookback_are_nan(values):
    for tree, value in zip(TREES, values, strict=True):
        assert np.isnan(value[: tree.lookback]).all(), tree


@pytest.mark.parametrize("slots", [9, 12, 30, 300])
def test_no_budget_changes_a_value(slots, values):
    engine = Engine(PANEL, CPU, EngineSettings(budget=slots * 4 * 90 * 40, block=17))
    np.testing.assert_array_equal(engine.evaluate(TREES), values)


@settings(max_examples=40)
@given(st.integers(4, 60), st.integers(1, 64), st.integers(0, 10_000))
def test_plan_never_exceeds_budget(slots, block, seed):
    trees = [TREES[i] for i in np.random.default_rng(seed).permutation(200)[:40]]
    planner = Planner(slots, 1, block, ("industry",))
    if max(map(least_slots, trees)) > slots:
        with pytest.raises(BudgetError, match=r"set engine\.budget to at least"):
            planner.plan(trees)
        return
    plan = planner.plan(trees)
    assert plan.peak <= slots
    _replay(plan, trees)


def _replay(plan, trees):
    """Walk the steps with names for values: every root is handed over once, with its own value."""
    slot_of, done = {}, []
    for step in plan.steps:
        if isinstance(step, Load):
            slot_of[step.slot] = field(step.name)
        elif isinstance(step, Launch):
            for task in step.tasks:
                assert task.out not in task.slots
                held = [
                    slot_of[slot] if slot >= 0 else number
                    for slot, number in zip(task.slots, task.constants, strict=True)
                ]
                slot_of[task.out] = (step.op.name, *map(id, held), task.literals)
        elif isinstance(step, Consume):
            for index, slot in step.roots:
                name = slot_of[slot]
                assert name is trees[index] if not isinstance(name, tuple) else name[0] == trees[index].op.name
                done.append(index)
    assert sorted(done) == list(range(len(trees)))


def test_each_distinct_node_is_computed_once_when_all_fits():
    plan = Planner(10_000, 1, 1_000, ("industry",)).plan(TREES)
    graph = Graph.of(TREES)
    calls = [node for node in graph.nodes if node.args]
    constants_in_slots = plan.computed - len(calls)
    assert 0 <= constants_in_slots <= sum(not node.args for node in graph.nodes)


def test_equal_roots_share_their_value():
    words = Vocabulary.of(PANEL)
    roots = [parse(text, words) for text in ("close", "-close", "close", "ts_mean(1, 3)", "2")]
    value = Engine(PANEL, CPU).evaluate(roots)
    np.testing.assert_array_equal(value[0], value[2])
    np.testing.assert_array_equal(value[0], PANEL.field("close"))
    assert (value[4] == 2).all()
    assert (value[3][2:] == 1).all()


def test_unknown_fields_are_named():
    with pytest.raises(UnknownFieldError, match=r"no field 'clsoe'; did you mean 'close'"):
        Engine(PANEL, CPU).evaluate([field("clsoe")])


def _with_fields(panel, fields):
    return replace(panel, fields=fields)
