"""Random typed trees up to depth 8 on the CPU: parity, both time laws, order of assets, threads, memory.

A rounding in the last place of float32 may be carried far by the nodes above it (ranks jump, differences cancel). So
each node is compared with its definition of the values that its children have, cell by cell, and whole trees are
compared with the definitions on the share of cells that agree.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import operator_laws as laws
import pytest
from panels import permuted, random_panel, random_trees

from dfqgp.backends import BackendSettings, open_backend
from dfqgp.engine import Engine, EngineSettings
from dfqgp.expr import Call, Constant, Field
from dfqgp.ops import OPERATORS, CrossSection, Role

ROWS, COLUMNS, DEPTH, ORIGIN = 260, 30, 8, 5
FEW, BATCH, BATCHES = 24, 50, 45
AGREE = 0.99
"""Least share of the cells of a tree that agree with the definitions, or under another order of assets."""
NOISY = 0.1
"""Share of the trees that may agree in fewer cells: they hold values that are all rounding, such as a residual of 0."""

PANEL = random_panel(ROWS, COLUMNS, origin=ORIGIN)
CPU = open_backend(BackendSettings(name="cpu", threads=2))

every_batch = pytest.mark.parametrize(
    "number", ["few", *(pytest.param(number, marks=pytest.mark.exhaustive) for number in range(BATCHES))]
)


@cache
def batch(number):
    """The trees of a batch, or a few of the first one."""
    count, seed = (FEW, 0) if number == "few" else (BATCH, number)
    return random_trees(PANEL, count, seed=seed, min_depth=3, max_depth=DEPTH, max_size=60, max_lookback=200)


@cache
def values(number):
    """The batch on the CPU."""
    return Engine(PANEL, CPU).evaluate(batch(number))


def agreement(value, expected):
    return np.isclose(value, expected, rtol=1e-4, atol=1e-6, equal_nan=True).mean()


def nodes_of(trees):
    """Distinct nodes, children first."""
    found = {}
    for tree in trees:
        for node in reversed(list(tree.walk())):
            found.setdefault(node)
    return list(found)


@every_batch
def test_each_node_is_its_definition_of_its_children(number):
    nodes = [node for node in nodes_of(batch(number)) if isinstance(node, Call | Field)]
    given = dict(zip(nodes, Engine(PANEL, CPU).evaluate(nodes), strict=True))
    for node in nodes:
        if not isinstance(node, Call):
            continue
        op, panels = OPERATORS[node.op.name], iter(node.args)
        literals = iter(node.literals)
        inputs = []
        for each in op.arguments:
            argument = next(literals) if each.is_literal else next(panels)
            if each.role is Role.GROUP:
                argument = PANEL.group(argument.name)
            elif isinstance(argument, Constant):
                argument = np.full(PANEL.shape, argument.value, dtype=np.float32)
            inputs.append(argument if each.is_literal or isinstance(argument, np.ndarray) else given[argument])
        expected = op.apply(inputs, PANEL.universe)
        expected[: node.lookback] = np.nan
        matrices = [each for each in inputs if isinstance(each, np.ndarray) and each.dtype == np.float32]
        wrong = laws.away(op, given[node], expected, matrices, node.literals, **laws.promised(op))
        if wrong.any():
            wrong &= laws.further(op, given[node], expected, inputs, PANEL.universe)
        assert not wrong.any(), (node, given[node][wrong], expected[wrong])


@every_batch
def test_trees_match_the_definitions(number, reference):
    expected = Engine(PANEL, reference).evaluate(batch(number))
    agree = [agreement(*pair) >= AGREE for pair in zip(values(number), expected, strict=True)]
    assert sum(agree) >= (1 - NOISY) * len(agree)


@every_batch
def test_later_rows_change_nothing(number):
    cut, other = 200, random_panel(ROWS, COLUMNS, seed=9)
    fields = {name: np.vstack([x[:cut], other.fields[name][cut:]]) for name, x in PANEL.fields.items()}
    changed = Engine(replace(PANEL, fields=fields), CPU).evaluate(batch(number))
    np.testing.assert_array_equal(changed[:, :cut], values(number)[:, :cut])


@every_batch
def test_earlier_rows_change_nothing_that_is_there(number):
    for cut in (1, 37):
        part = Engine(PANEL.rows(cut, ROWS), CPU).evaluate(batch(number))
        for tree, late, whole in zip(batch(number), part, values(number)[:, cut:], strict=True):
            there = ~np.isnan(late)
            np.testing.assert_array_equal(late[there], whole[there], err_msg=repr(tree))
            np.testing.assert_array_equal(late[tree.lookback :], whole[tree.lookback :], err_msg=repr(tree))
            assert np.isnan(late[: tree.lookback]).all(), tree


@every_batch
def test_the_order_of_assets_is_irrelevant(number):
    """To the last bit, unless sums over a day run in another order."""
    order = np.random.default_rng(3).permutation(COLUMNS)
    shuffled = Engine(permuted(PANEL, order), CPU).evaluate(batch(number))
    for tree, value, wanted in zip(batch(number), shuffled, values(number)[:, :, order], strict=True):
        sums = any(isinstance(node, Call) and isinstance(node.op.form, CrossSection) for node in tree.walk())
        assert agreement(value, wanted) >= AGREE if sums else np.array_equal(value, wanted, equal_nan=True), tree


@every_batch
@pytest.mark.parametrize(("threads", "slots", "block"), [(1, 300, 128), (5, 12, 7)])
def test_threads_and_memory_change_no_bit(number, threads, slots, block):
    backend = open_backend(BackendSettings(name="cpu", threads=threads))
    fixed = Engine(PANEL, backend).session.fixed
    settings = EngineSettings(budget=fixed + slots * 4 * ROWS * COLUMNS, block=block)
    np.testing.assert_array_equal(Engine(PANEL, backend, settings).evaluate(batch(number)), values(number))


@pytest.mark.exhaustive
def test_the_trees_are_many_deep_and_hold_every_operator():
    trees = {tree for number in range(BATCHES) for tree in batch(number)}
    assert len(trees) >= 2000
    assert max(tree.depth for tree in trees) == DEPTH
    held = {node.op.name for tree in trees for node in tree.walk() if isinstance(node, Call)}
    assert held == {name for name, op in OPERATORS.items() if op.builtin}
