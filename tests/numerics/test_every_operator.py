"""All operators in one evaluation: ties everywhere, and no bit that depends on threads, memory or where a cut is."""

from dataclasses import replace

import numpy as np
import operator_laws as laws
import pytest
from accuracy.inputs import FAMILIES
from accuracy.measure import calls_of, panel_of
from panels import with_fields

from dfqgp.backends import BackendSettings, open_backend
from dfqgp.engine import Engine, EngineSettings
from dfqgp.expr import Group
from dfqgp.ops import OPERATORS

ROWS, COLUMNS = 40, 24
CALLS = [(op, node) for op in OPERATORS.values() for node in calls_of(op)]
NODES = [node for _, node in CALLS]
FEW = np.float32([np.nan, 0.0, -0.0, 1, -1, 0.1, -0.1, 7, np.nextafter(np.float32(7), np.float32(8)), 3000.25, 0.5, -2])
"""Equal numbers, signed zeros, neighbours in float32."""


def cpu(threads=2):
    return open_backend(BackendSettings(name="cpu", threads=threads))


@pytest.fixture(scope="module")
def hard():
    """A panel in which every column is of another family."""
    families = list(FAMILIES.values())
    generators = map(np.random.default_rng, range(3))
    chosen = [families[j % len(families)] for j in range(COLUMNS)]
    return panel_of([np.hstack([family(rng, ROWS, 1) for family in chosen]) for rng in generators])


@pytest.fixture(scope="module")
def values(hard):
    return Engine(hard, cpu()).evaluate(NODES)


def held(panel, leaf):
    return panel.group(leaf.name) if isinstance(leaf, Group) else panel.field(leaf.name)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.exhaustive) for seed in range(1, 200))])
def test_ties_are_broken_as_the_definition_says(seed, reference):
    rng = np.random.default_rng(seed)
    panel = panel_of([rng.choice(FEW[: rng.integers(4, len(FEW) + 1)], (14, COLUMNS)) for _ in range(3)])
    found, wanted = (Engine(panel, each).evaluate(NODES) for each in (cpu(), reference))
    for (op, node), value, expected in zip(CALLS, found, wanted, strict=True):
        args, literals = iter(node.args), iter(node.literals)
        inputs = [next(literals) if each.is_literal else held(panel, next(args)) for each in op.arguments]
        matrices = [x for x, each in zip(inputs, op.arguments, strict=True) if each.is_panel]
        wrong = laws.away(op, value, expected, matrices, node.literals, **laws.promised(op))
        if wrong.any():
            wrong &= laws.further(op, value, expected, inputs, panel.universe)
        assert not wrong.any(), (node, value[wrong], expected[wrong])


@pytest.mark.parametrize(("threads", "slots", "block"), [(1, 400, 128), (5, 400, 1000), (2, 10, 5)])
def test_threads_and_memory_change_no_bit(threads, slots, block, hard, values):
    fixed = Engine(hard, cpu(threads)).session.fixed
    settings = EngineSettings(budget=fixed + slots * 4 * ROWS * COLUMNS, block=block)
    np.testing.assert_array_equal(Engine(hard, cpu(threads), settings).evaluate(NODES), values)


@pytest.mark.parametrize("cut", range(1, 13))
def test_a_cut_anywhere_changes_no_bit(cut, hard, values):
    """Blocks of a window start at multiples of it in the calendar: each of these cuts is at another place in them."""
    later = replace(hard, fields={}, units={}).rows(cut, ROWS)
    later = with_fields(later, [x[cut:] for x in hard.fields.values()], hard.fields)
    part = Engine(later, cpu()).evaluate(NODES)
    for node, late, whole in zip(NODES, part, values[:, cut:], strict=True):
        there = ~np.isnan(late)
        np.testing.assert_array_equal(late[there], whole[there], err_msg=repr(node))
        np.testing.assert_array_equal(late[node.lookback :], whole[node.lookback :], err_msg=repr(node))
