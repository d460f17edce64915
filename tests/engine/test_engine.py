"""Laws of the engine: plans fit their budget, and no plan, budget or backend changes a value."""

from dataclasses import replace

import numpy as np
import pytest
from panels import permuted, random_panel, random_trees

from dfqgp.backends.host import HostSession
from dfqgp.engine import Engine, EngineSettings
from dfqgp.errors import BudgetError, UnknownFieldError
from dfqgp.expr import Field, Vocabulary, field, parse
from dfqgp.fitness import FitnessSettings, make_target

PANEL = random_panel(90, 40)
TREES = random_trees(PANEL, 200, seed=1)
# How far a float32 rounding at one node may be carried by the nodes above it is not bounded (ranks jump, differences
# cancel, a residual of three days is nearly 0 and something is divided by it), so most trees are compared, on the share
# of cells that agree. Cell by cell: each operator alone, and in tests/numerics each node of a tree on equal inputs.
AGREE, MOST = 0.999, 0.97


@pytest.fixture(scope="module")
def trees(backend):
    """Fewer for the GPU backend: without a card it runs in a simulator."""
    return TREES if backend.name == "cpu" else TREES[:10]


@pytest.fixture(scope="module")
def values(trees, backend):
    return Engine(PANEL, backend).evaluate(trees)


def with_slots(slots, backend, **facts):
    """Settings whose budget holds so many slots beside what the backend keeps in a session."""
    fixed = Engine(PANEL, backend, **facts).session.fixed
    return EngineSettings(budget=fixed + slots * 4 * 90 * 40, block=17)


def agreement(value, expected):
    same = np.isclose(value, expected, rtol=1e-4, atol=1e-6, equal_nan=True)
    return same.mean()


def test_trees_match_the_reference(trees, values, reference):
    expected = Engine(PANEL, reference).evaluate(trees)
    shares = np.array([agreement(*each) for each in zip(values, expected, strict=True)])
    assert (shares > AGREE).mean() > MOST, [tree for tree, share in zip(trees, shares, strict=True) if share <= AGREE]


def test_future_rows_do_not_change_past(trees, values, backend):
    other = random_panel(90, 40, seed=9)
    fields = {name: np.vstack([PANEL.fields[name][:70], other.fields[name][70:]]) for name in PANEL.fields}
    changed = Engine(_with_fields(PANEL, fields), backend).evaluate(trees)
    np.testing.assert_array_equal(changed[:, :70], values[:, :70])


@pytest.mark.parametrize("cut", [1, 13])
def test_prepended_history_changes_nothing(cut, trees, values, backend):
    part = Engine(PANEL.rows(cut, 90), backend).evaluate(trees)
    for tree, late, whole in zip(trees, part, values[:, cut:], strict=True):
        there = ~np.isnan(late)
        np.testing.assert_array_equal(late[there], whole[there], err_msg=repr(tree))
        np.testing.assert_array_equal(late[tree.lookback :], whole[tree.lookback :], err_msg=repr(tree))


def test_asset_order_is_irrelevant(trees, values, backend):
    order = np.random.default_rng(3).permutation(40)
    shuffled = Engine(permuted(PANEL, order), backend).evaluate(trees)
    for tree, value, wanted in zip(trees, shuffled, values[:, :, order], strict=True):
        assert agreement(value, wanted) > AGREE, tree


def test_rows_before_the_lookback_are_nan(trees, values):
    for tree, value in zip(trees, values, strict=True):
        assert np.isnan(value[: tree.lookback]).all(), tree


@pytest.mark.parametrize("slots", [9, 30, *(pytest.param(slots, marks=pytest.mark.exhaustive) for slots in (12, 300))])
def test_no_budget_changes_a_value(slots, trees, values, backend):
    engine = Engine(PANEL, backend, with_slots(slots, backend))
    np.testing.assert_array_equal(engine.evaluate(trees), values)


def test_a_session_goes_on_with_what_it_holds(trees, values, backend):
    """One engine for many populations: features stay, everything else is planned anew."""
    engine = Engine(PANEL, backend, with_slots(14, backend))
    for start in (0, len(trees) - 40, 10):
        part = trees[start : start + 40]
        np.testing.assert_array_equal(engine.evaluate(part), values[start : start + 40])
    assert all(node in map(field, PANEL.fields) for node in engine._resident)


def test_the_budget_that_an_error_asks_for_is_enough(any_backend):
    """Targets and reserved bytes are part of it."""
    tree = max(TREES, key=lambda tree: tree.size)
    target = make_target(PANEL, PANEL.field("returns"), range(90), FitnessSettings(min_assets=10), horizon=1)
    facts = {"targets": [target], "reserve": 1000}
    small = with_slots(2, any_backend, **facts)
    with pytest.raises(BudgetError) as caught:
        Engine(PANEL, any_backend, small, **facts).score([tree])
    Engine(PANEL, any_backend, EngineSettings(budget=caught.value.details["bytes"]), **facts).score([tree])
    with pytest.raises(BudgetError):
        Engine(PANEL, any_backend, EngineSettings(budget=caught.value.details["bytes"] - 1), **facts).score([tree])


def test_features_are_loaded_once_a_session(monkeypatch, trees, backend):
    """Panels go up once: a second population loads nothing that the first one loaded."""
    loads, engine = [], Engine(PANEL, backend)
    kind = type(engine.session)
    monkeypatch.setattr(kind, "_load", lambda self, slot, matrix, load=kind._load: (
        loads.append(slot), load(self, slot, matrix)))  # fmt: skip
    engine.evaluate(trees[:100])
    used = {node.name for tree in trees[:100] for node in tree.walk() if isinstance(node, Field)}
    assert len(loads) == len(used)
    engine.evaluate(trees[:100])
    assert len(loads) == len(used)


def launcher(session):
    """Return the class and the name of the method that launches kernels for a session."""
    if isinstance(session, HostSession):
        return type(session), "launch"
    from dfqgp.backends.gpu.operators import Launch  # noqa: PLC0415 -- it needs the extra

    return Launch, "enqueue"


@pytest.mark.parametrize("after", [1, 10, 30])
def test_an_interrupt_leaves_nothing_behind(after, trees, values, monkeypatch, backend):
    """Whatever launch it comes in: the next call of the same engine gives what a new engine gives."""
    days = range(90) if backend.name == "cpu" else range(0, 90, 15)
    target = make_target(PANEL, PANEL.field("returns"), days, FitnessSettings(min_assets=10), horizon=1)
    facts = {"settings": with_slots(9, backend, targets=[target]), "targets": [target]}
    engine, fresh = Engine(PANEL, backend, **facts), Engine(PANEL, backend, **facts)
    few = trees[: len(trees) // 4]
    engine.evaluate(few)
    left = [after]

    kind, name = launcher(engine.session)
    original = getattr(kind, name)

    def launch(self, *arguments):
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        original(self, *arguments)

    monkeypatch.setattr(kind, name, launch)
    with pytest.raises(KeyboardInterrupt):
        engine.score(trees[len(few) : 90])
    np.testing.assert_array_equal(engine.evaluate(few), values[: len(few)])
    np.testing.assert_array_equal(engine.score(few)[0].ic, fresh.score(few)[0].ic)


@pytest.mark.parametrize("slots", [3, 300])
def test_constants_features_and_repeated_roots_are_ordinary_cases(slots, any_backend):
    words = Vocabulary.of(PANEL)
    roots = [parse(text, words) for text in ("close", "-close", "close", "ts_mean(1, 3)", "2", "-close", "2 * close")]
    value = Engine(PANEL, any_backend, with_slots(slots, any_backend)).evaluate(roots)
    np.testing.assert_array_equal(value[1], value[5])
    np.testing.assert_array_equal(value[6], 2 * PANEL.field("close"))
    np.testing.assert_array_equal(value[0], value[2])
    np.testing.assert_array_equal(value[0], PANEL.field("close"))
    assert (value[4] == 2).all()
    assert (value[3][2:] == 1).all()


def test_unknown_fields_are_named(backend):
    with pytest.raises(UnknownFieldError, match=r"no field 'clsoe'; did you mean 'close'"):
        Engine(PANEL, backend).evaluate([field("clsoe")])


def _with_fields(panel, fields):
    return replace(panel, fields=fields)
