"""Laws of values that are given: they take the place of their computation, and no value changes by a bit."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from chain_backend import ChainBackend
from expressions import trees
from hypothesis import given, settings
from hypothesis import strategies as st
from panels import random_panel, random_trees

from dfqgp.backends import BackendSettings, open_backend
from dfqgp.engine import Engine, EngineSettings
from dfqgp.errors import PanelError
from dfqgp.expr import Call
from dfqgp.fitness import FitnessSettings, make_target

PANEL = random_panel(60, 40)
TREES = [tree for tree in random_trees(PANEL, 50, seed=2) if isinstance(tree, Call)]


@dataclass
class Values:
    """What an engine computed before, by tree."""

    matrices: dict
    asked: list = field(default_factory=list)

    def find(self, node):
        self.asked.append(node)
        return self.matrices.get(node)


def values_of(nodes, backend, panel=PANEL):
    return Values(dict(zip(nodes, Engine(panel, backend).evaluate(nodes), strict=True)))


def calls_in(roots):
    return sorted({node for root in roots for node in root.walk() if isinstance(node, Call)}, key=lambda node: node.key)


@pytest.fixture(scope="module", params=["cpu", "reference", "chains", pytest.param("gpu", marks=pytest.mark.gpu)])
def backend(request):
    """Every backend, and one that computes chains by definition."""
    if request.param == "gpu":
        return request.getfixturevalue("gpu_backend")
    return ChainBackend() if request.param == "chains" else open_backend(BackendSettings(request.param, threads=2))


@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_given_parts_change_no_bit(share, backend):
    roots = TREES if backend.name == "cpu" else TREES[:12]
    parts = calls_in(roots)
    chosen = np.random.default_rng(0).random(len(parts)) < share
    found = values_of([part for part, taken in zip(parts, chosen, strict=True) if taken], backend)
    engine = Engine(PANEL, backend, given=found)
    np.testing.assert_array_equal(engine.evaluate(roots), Engine(PANEL, backend).evaluate(roots))
    assert engine.counts.given > 0


@settings(max_examples=25)
@given(st.lists(trees, min_size=1, max_size=4), st.data())
def test_any_parts_of_any_trees_change_no_bit(roots, data):
    backend, parts = ChainBackend(), calls_in(roots)
    chosen = data.draw(st.lists(st.sampled_from(parts), unique=True)) if parts else []
    panel = random_panel(30, 6)
    plain = Engine(panel, backend, EngineSettings(budget=12 * 4 * 30 * 6)).evaluate(roots)
    engine = Engine(panel, backend, EngineSettings(budget=12 * 4 * 30 * 6), given=values_of(chosen, backend, panel))
    np.testing.assert_array_equal(engine.evaluate(roots), plain)


def test_what_is_given_is_not_computed_nor_is_what_only_it_reads(backend):
    found = values_of(TREES[:8], backend)
    engine = Engine(PANEL, backend, given=found)
    engine.evaluate(TREES[:8])
    assert (engine.counts.computed, engine.counts.loaded) == (0, 0)
    assert engine.counts.given == len(TREES[:8])
    assert set(found.asked) == set(TREES[:8])


@pytest.mark.parametrize("slots", [9, 14])
def test_given_values_are_no_features_that_stay(slots, backend):
    """What was loaded frees its slot after its last use, so a small session goes on."""
    roots = TREES[:12]
    small = EngineSettings(budget=Engine(PANEL, backend).session.fixed + slots * 4 * 60 * 40, block=5)
    engine = Engine(PANEL, backend, small, given=values_of(calls_in(roots)[::2], backend))
    plain = Engine(PANEL, backend).evaluate(roots)
    for _ in range(2):
        np.testing.assert_array_equal(engine.evaluate(roots), plain)
    assert all(not isinstance(node, Call) for node in engine._resident)


def test_scores_of_given_values_are_those_of_computed_ones(backend):
    target = make_target(PANEL, PANEL.field("returns"), range(0, 60, 10), FitnessSettings(min_assets=10), horizon=1)
    roots = TREES[:6]
    (plain,) = Engine(PANEL, backend, targets=[target]).score(roots)
    (score,) = Engine(PANEL, backend, targets=[target], given=values_of(calls_in(roots)[::3], backend)).score(roots)
    for name in ("ic", "assets", "r2", "state", "turnover"):
        np.testing.assert_array_equal(getattr(score, name), getattr(plain, name))


def test_values_of_another_panel_are_refused(backend):
    longer = values_of(TREES[:2], backend, random_panel(61, 40))
    with pytest.raises(PanelError, match="given value"):
        Engine(PANEL, backend, given=longer).evaluate(TREES[:2])
