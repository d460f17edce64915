"""Laws of chains: they change no value, never take more of the stack than there is, and save launches and slots."""

import numpy as np
import pytest
from chain_backend import ChainBackend
from expressions import trees as any_trees
from hypothesis import given, settings
from hypothesis import strategies as st
from panels import random_panel, random_trees

from dfqgp.backends.instructions import CHAIN, EMIT, FIRST, LAST, STACK
from dfqgp.engine import Engine, EngineSettings, Planner, lower
from dfqgp.expr import Vocabulary, call, parse
from dfqgp.gp import Evolution, GpSettings
from dfqgp.ops import Kind

PANEL = random_panel(30, 12)
WORDS = Vocabulary.of(PANEL)
GROUPS = ("industry",)


def inline_of(*texts):
    """Return which values of some trees are computed inside chains, as texts."""
    program = lower([parse(text, WORDS, typed=False) for text in texts], GROUPS, chains=True)
    return {repr(node) for node, flag in zip(program.nodes, program.inline) if flag and node.args}


def planned(trees, chains):
    return list(Planner(10_000, 1, 64, GROUPS, chains=chains).plan(trees))


@settings(max_examples=60)
@given(st.lists(any_trees, min_size=1, max_size=6), st.integers(1, 6))
def test_chains_change_no_value(reference, trees, block):
    chosen = EngineSettings(block=block)
    found = Engine(PANEL, ChainBackend(), chosen).evaluate(trees)
    np.testing.assert_array_equal(found, Engine(PANEL, reference, chosen).evaluate(trees))


@pytest.mark.parametrize("slots", [9, 14, 40])
def test_no_budget_changes_a_value_computed_in_chains(slots, reference):
    """Where a root alone does not fit in chains, it is computed without."""
    trees = random_trees(PANEL, 150, seed=4)
    tight = EngineSettings(budget=slots * 4 * 30 * 12, block=9)
    found = Engine(PANEL, ChainBackend(), tight).evaluate(trees)
    np.testing.assert_array_equal(found, Engine(PANEL, reference).evaluate(trees))


def test_a_chain_never_asks_for_more_slots_than_there_were_without(reference):
    """It reads eight values at a time; without chains three slots are enough."""
    text = "ts_mean(close, 3)"
    for window in range(4, 11):
        text = f"({text} + ts_mean(close, {window}))"
    tree = parse(text, WORDS)
    tight = EngineSettings(budget=4 * 4 * 30 * 12)
    found = Engine(PANEL, ChainBackend(), tight).evaluate([tree])
    np.testing.assert_array_equal(found, Engine(PANEL, reference, tight).evaluate([tree]))


@settings(max_examples=40)
@given(st.lists(any_trees, min_size=1, max_size=20))
def test_chains_never_take_more_launches_or_slots_written(trees):
    with_chains, without = (planned(trees, chains) for chains in (True, False))
    for plans in (with_chains, without):
        assert all(plan.computed >= 0 for plan in plans)
    assert sum(plan.launches for plan in with_chains) <= sum(plan.launches for plan in without)
    assert sum(len(plan.tasks) for plan in with_chains) <= sum(len(plan.tasks) for plan in without)


def test_a_generation_of_a_thousand_takes_fewer_than_900_launches():
    """Of kernels, and two for each hand-over; features are loaded once a session."""
    trees = Evolution(WORDS, GpSettings(population=1000), [0, 0]).ask()
    plans = list(Planner(2000, 1, EngineSettings().block, GROUPS, chains=True).plan(trees))
    assert len(plans) == 8
    assert sum(plan.launches + 2 * (plan.steps[:, 0] == EMIT).sum() for plan in plans) < 900


def test_a_value_goes_into_its_readers_chain():
    assert inline_of("-abs(close + open)") == {"abs(close + open)", "close + open"}


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        (("-abs(close)", "abs(close)"), "a root"),
        (("-abs(close)", "log(abs(close))"), "two readers"),
        (("abs(close) * abs(close)",), "read twice"),
        (("ts_mean(abs(close), 5)",), "a reader that is no chain"),
        (("-ts_mean(close, 5)",), "no element-wise value"),
    ],
)
def test_a_value_that_others_need_gets_a_slot(texts, why):
    assert inline_of(*texts) == set(), why


def test_the_argument_that_needs_most_of_the_stack_gets_a_slot():
    inner = "high + (close + open)"  # right to left each sum keeps one more value waiting on the stack
    assert inline_of(f"low + ({inner})") == {inner, "close + open"}
    assert inline_of(f"volume + (low + ({inner}))") == {inner, "close + open"}
    assert len(inline_of("(((close + open) + high) + low) + volume")) == 3  # left to right it never has more than two


@given(any_trees)
def test_the_depth_of_the_stack_is_counted_right(tree):
    """Replayed by counting: no code ever goes over the stack, and codes end with one value."""
    (plan,) = planned([tree], chains=True)
    chains = [row for opcode, start, stop in plan.steps if opcode == CHAIN for row in range(start, stop)]
    for first, last in plan.tasks[chains][:, [FIRST, LAST]]:
        height = 0
        for opcode, _ in plan.code[first:last]:
            height += 1 if opcode < 0 else 1 - len(plan.operators[opcode].panels)
            assert 1 <= height <= STACK
        assert height == 1
    assert all(plan.operators[code].kind is not Kind.ELEMENT for code in plan.steps[:, 0] if code >= 0)


def test_a_resident_value_is_never_inside_a_chain():
    inner = parse("close + open", WORDS)
    program = lower([call("neg", (inner,))], GROUPS, [inner], chains=True)
    assert not program.inline[program.nodes.index(inner)]
