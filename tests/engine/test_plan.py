"""Laws of plans, without a panel: each pass alone, and the whole replayed with trees in the place of panels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from panels import random_panel, random_trees

from dfqgp.backends.instructions import (
    CHAIN,
    CONSTANT,
    EMIT,
    FILL,
    FIRST,
    GROUP,
    INPUT,
    LAST,
    LOAD,
    OPCODE,
    OUT,
    PUSH,
    SLOT,
    STACK,
)
from dfqgp.engine import Planner, least_slots, lower
from dfqgp.engine.cluster import cluster
from dfqgp.engine.schedule import by_level, depth_first, needed_values
from dfqgp.errors import BudgetError
from dfqgp.expr import Vocabulary, call, constant, field, group, parse
from dfqgp.ops import Kind, Role

PANEL = random_panel(90, 40)
WORDS = Vocabulary.of(PANEL)
GROUPS = ("industry",)
TREES = [
    *random_trees(PANEL, 200, seed=1),
    *(parse(t, WORDS) for t in ("2", "close", "ts_mean(1, 3)", "2 * ts_std(2, 3)")),
]

some_trees = st.integers(0, 10_000).map(
    lambda seed: [TREES[i] for i in np.random.default_rng(seed).integers(204, size=40)]
)


def replay(plans, roots, slot_of=None):
    """Execute plans on trees: every launch reads what stands in its slots, every root is handed over as itself."""
    held = {slot: node for node, slot in (slot_of or {}).items()}
    handed = {}
    for plan in plans:
        for opcode, start, stop in plan.steps:
            written = {}
            for task, numbers, literals in zip(
                plan.tasks[start:stop], plan.constants[start:stop], plan.literals[start:stop]
            ):
                if opcode == EMIT:
                    handed[int(task[INPUT])] = held[task[OUT]]
                elif opcode == LOAD:
                    written[task[OUT]] = field(plan.features[task[INPUT]])
                elif opcode == FILL:
                    written[task[OUT]] = constant(numbers[0])
                elif opcode == CHAIN:
                    written[task[OUT]] = chained(plan, task, held)
                else:
                    written[task[OUT]] = applied(plan.operators[opcode], task, numbers, literals, held)
            assert len(written) == len(plan.tasks[start:stop]) or opcode == EMIT
            held |= written
        assert {node: held[slot] for node, slot in plan.resident.items()} == {node: node for node in plan.resident}
    assert handed == dict(enumerate(roots))


def applied(op, task, numbers, literals, held):
    panels = iter(zip(task[INPUT:], numbers, strict=True))
    args, given = [], iter(literals)
    for argument in op.arguments:
        if argument.is_panel:
            slot, number = next(panels)
            assert slot != task[OUT]
            args.append(constant(number) if slot == CONSTANT else held[slot])
        elif argument.role is Role.GROUP:
            args.append(group(GROUPS[task[GROUP]]))
    return call(op.name, tuple(args), tuple(each.as_literal(next(given)) for each in op.literals))


def chained(plan, task, held):
    """Run a chain's code on trees."""
    stack = []
    for row, numbers in zip(plan.code[task[FIRST] : task[LAST]], plan.numbers[task[FIRST] : task[LAST]], strict=True):
        if row[OPCODE] == PUSH:
            assert row[SLOT] != task[OUT]
            stack.append(constant(numbers[0]) if row[SLOT] == CONSTANT else held[row[SLOT]])
        else:
            op = plan.operators[row[OPCODE]]
            args = tuple(stack[len(stack) - len(op.panels) :])
            del stack[len(stack) - len(op.panels) :]
            literals = tuple(each.as_literal(value) for each, value in zip(op.literals, numbers[1:]))
            stack.append(call(op.name, args, literals))
        assert len(stack) <= STACK
    (value,) = stack
    return value


@pytest.mark.parametrize("chains", [False, True])
@settings(max_examples=40)
@given(some_trees, st.integers(4, 60), st.integers(1, 64))
def test_a_plan_keeps_its_budget_and_hands_over_every_root(chains, trees, slots, block):
    planner = Planner(slots, 1, block, GROUPS, chains=chains)
    if max(map(least_slots, trees)) > slots:
        with pytest.raises(BudgetError, match=r"set engine\.budget to at least"):
            list(planner.plan(trees))
        return
    plans = list(planner.plan(trees))
    for plan in plans:
        assert plan.peak <= slots
        assert plan.tasks[:, OUT].max() < slots
        assert plan.steps[-1, 2] == len(plan.tasks)
        if chains:
            assert all(plan.operators[code].kind is not Kind.ELEMENT for code in plan.steps[:, 0] if code >= 0)
        else:
            assert len(plan.code) == 0
    replay(plans, trees)


@pytest.mark.parametrize("chains", [False, True])
@settings(max_examples=20)
@given(some_trees, some_trees, st.integers(20, 60))
def test_what_is_resident_is_used_and_only_features_stay(chains, first, second, slots):
    planner = Planner(slots, 1, 64, GROUPS, chains=chains)
    *_, before = planner.plan(first)
    assert all(node in map(field, PANEL.fields) for node in before.resident)
    after = list(planner.plan(second, before.resident))
    replay(after, second, before.resident)
    if slots == 60:
        loaded = {plan.features[task[INPUT]] for plan in after for opcode, start, stop in plan.steps if opcode == LOAD
                  for task in plan.tasks[start:stop]}  # fmt: skip
        assert not loaded & {node.name for node in before.resident}


@pytest.mark.parametrize("chains", [False, True])
def test_each_distinct_value_is_computed_once_when_all_fits(chains):
    (plan,) = Planner(10_000, 1, 1_000, GROUPS, chains=chains).plan(TREES)
    distinct = {node for tree in TREES for node in tree.walk() if node.args}
    assert plan.computed == len(distinct)


@pytest.mark.parametrize("chains", [False, True])
def test_levels_have_one_launch_a_family_and_one_for_all_chains(chains):
    program = lower(TREES, GROUPS, chains=chains)
    needed = needed_values(program, cluster(program), {})
    levels, done = by_level(program, needed), set()
    assert sorted(value for level in levels for launch in level for step in launch for value in step) == sorted(needed)
    for level in levels:
        steps = [{program.step[value] for value in step} for launch in level for step in launch]
        assert all(len(each) == 1 for each in steps)
        assert len(set.union(*steps)) == len(steps)
        families = [{program.families.get(program.step[step[0]]) for step in launch} for launch in level]
        assert all(len(each) == 1 for each in families)
        assert len({each for family in families for each in family if each}) == sum(
            None not in each for each in families
        )
        values = [value for launch in level for step in launch for value in step]
        assert all(under in done for value in values for under in program.reads[value])
        done.update(values)


def test_steps_of_a_launch_neither_read_nor_write_what_another_writes():
    for plan in Planner(60, 1, 64, GROUPS, chains=True).plan(TREES):
        joined = [steps for steps in plan.by_launch() if len(steps) > 1]
        assert joined
        for steps in joined:
            rows = plan.tasks[steps[0][1] : steps[-1][2]]
            widths = [(start, stop, INPUT + len(plan.operators[opcode].panels)) for opcode, start, stop in steps]
            inputs = {slot for start, stop, end in widths for slot in plan.tasks[start:stop, INPUT:end].flat}
            assert len(set(rows[:, OUT])) == len(rows)
            assert not set(rows[:, OUT]) & inputs


def test_with_chains_the_roots_of_a_level_are_handed_over_together():
    for plan in Planner(10_000, 1, 64, GROUPS, chains=True).plan(TREES):
        depth = max(node.depth for node in TREES)
        assert 0 < (plan.steps[:, 0] == EMIT).sum() <= depth


def test_without_chains_roots_are_handed_over_after_the_launch_that_computes_them():
    for plan in Planner(10_000, 1, 64, GROUPS).plan(TREES):
        for launch, after in zip(plan.steps[:-1], plan.steps[1:], strict=True):
            if after[0] == EMIT:
                handed = plan.tasks[after[1] : after[2], OUT]
                assert set(handed) <= set(plan.tasks[launch[1] : launch[2], OUT])


@given(some_trees)
@settings(max_examples=20)
def test_depth_first_takes_no_more_slots_than_any_level_order(trees):
    for tree in trees[:10]:
        program = lower([tree], GROUPS)
        root = program.roots[0]
        order = depth_first(program, root, needed_values(program, [root], {}))
        assert sorted(v for (((v,),),) in order) == sorted(program.below(root))
        assert least_slots(tree) <= next(Planner(10_000, 1, 1, GROUPS).plan([tree])).peak


def test_neighbours_share_their_costliest_part():
    texts = (
        "ts_corr(close, volume, 5) + 1",
        "-open",
        "ts_corr(close, volume, 5) * 2",
        "ts_mean(high, 3)",
        "-ts_mean(high, 3)",
    )
    trees = [parse(text, WORDS) for text in texts]
    program = lower(trees)
    order = [repr(program.nodes[value]) for value in cluster(program)]
    assert abs(order.index(repr(trees[0])) - order.index(repr(trees[2]))) == 1
    assert abs(order.index(repr(trees[3])) - order.index(repr(trees[4]))) == 1


def test_numbers_are_inline_only_where_every_reader_takes_them():
    program = lower([parse(text, WORDS) for text in ("2 * close", "3 * close", "ts_mean(3, 5)", "5")])
    inline = {repr(node): bool(flag) for node, flag in zip(program.nodes, program.inline, strict=True)}
    assert inline["2"]
    assert not inline["3"]
    assert not inline["5"]
