"""Laws of delivery: blocks are waited for one behind, and a device that runs out of memory changes no score."""

import logging

import numpy as np
import pytest
from panels import random_panel, random_trees

from dfqgp.backends import BackendSettings, open_backend
from dfqgp.backends.cpu.scoring import Days
from dfqgp.backends.instructions import EMIT
from dfqgp.engine import Engine, EngineSettings
from dfqgp.errors import BudgetError, DeviceMemoryError
from dfqgp.expr import field
from dfqgp.fitness import FitnessSettings, make_target

PANEL = random_panel(90, 40)
TREES = random_trees(PANEL, 60, seed=2)
FITNESS = FitnessSettings(min_assets=10)
TARGETS = [
    make_target(PANEL, PANEL.field("returns"), range(85), FITNESS, horizon=5),
    make_target(PANEL, PANEL.field("returns"), range(0, 80, 2), FITNESS, horizon=1),
]
KEEP = np.arange(85) % 5 == 0
BLOCK, SLOTS = 10, 40


def open_engine(slots=SLOTS):
    fixed = sum(target.nbytes + Days.of(target).nbytes for target in TARGETS)
    backend = open_backend(BackendSettings(name="cpu", threads=2))
    return Engine(PANEL, backend, EngineSettings(budget=fixed + slots * 4 * 90 * 40, block=BLOCK), targets=TARGETS)


def full(at=None):
    """Return a method that raises out of memory on its call number ``at``, of all calls that it counts."""
    calls = [0]

    def wrap(original):
        def method(*arguments):
            calls[0] += 1
            if at is None or calls[0] == at:
                raise DeviceMemoryError(backend="cpu", needed=100, what="a test", free=10)
            return original(*arguments)

        return method

    return wrap


def assert_same(found, expected):
    for one, other in zip(found, expected, strict=True):
        for name in ("ic", "assets", "r2", "state", "turnover"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
        for ranks, wanted in zip(one.ranks, other.ranks, strict=True):
            np.testing.assert_array_equal(ranks, wanted)


@pytest.fixture(scope="module")
def expected():
    return open_engine().score(TREES, (0, 1), KEEP)


def fail(session, place, at, monkeypatch):
    """Let a session run out of memory in one of its calls, or in a call of what ``collect`` returns."""
    if place != "wait":
        monkeypatch.setattr(session, place, full(at)(getattr(session, place)))
        return
    wrap, collect = full(at), session.collect

    def failing():
        scored = collect()
        return wrap(scored)

    monkeypatch.setattr(session, "collect", failing)


@pytest.mark.parametrize("place", ["execute", "launch", "score", "wait"])
@pytest.mark.parametrize("at", [1, 3])
def test_out_of_memory_changes_no_score_and_says_so_once(place, at, expected, monkeypatch, caplog):
    engine = open_engine()
    fail(engine.session, place, at, monkeypatch)
    with caplog.at_level(logging.WARNING):
        assert_same(engine.score(TREES, (0, 1), KEEP), expected)
    assert engine.session.slots == SLOTS // 2
    (line,) = caplog.messages
    assert "100 bytes for a test do not fit" in line
    assert f"in {SLOTS // 2} slots instead of {SLOTS}" in line


def test_only_what_was_not_delivered_is_done_again(monkeypatch):
    engine = open_engine()
    executed, original = [], engine.session.execute

    def execute(plan, emit, keep=None):
        executed.append(plan)
        if len(executed) == 4:
            raise DeviceMemoryError(backend="cpu", needed=100, what="a test", free=10)
        return original(plan, emit)

    monkeypatch.setattr(engine.session, "execute", execute)
    engine.score(TREES)
    # Blocks 0 and 1 had been delivered, 2 was still waited for, 3 failed: four of six are planned again.
    again = [plan for plan in executed[4:] if len(plan.steps)]
    assert sum((plan.steps[:, 0] == EMIT) @ (plan.steps[:, 2] - plan.steps[:, 1]) for plan in again) == 4 * BLOCK


def test_values_survive_out_of_memory_too(monkeypatch):
    expected, engine = open_engine().evaluate(TREES), open_engine()
    fail(engine.session, "launch", 30, monkeypatch)
    np.testing.assert_array_equal(engine.evaluate(TREES), expected)


def test_a_device_without_memory_for_one_panel_is_an_error(monkeypatch):
    engine = open_engine()
    fail(engine.session, "execute", None, monkeypatch)
    with pytest.raises(BudgetError, match=r"set engine\.budget to at least"):
        engine.score([field("close")])
    assert engine.session.slots == 1


def test_a_block_is_waited_for_after_the_next_was_launched(monkeypatch):
    engine, seen = open_engine(), []
    execute, collect = engine.session.execute, engine.session.collect

    def launched(plan, emit, keep=None):
        seen.append("launch")
        execute(plan, emit, keep)

    def collected():
        scored = collect()
        return lambda: seen.append("wait") or scored()

    monkeypatch.setattr(engine.session, "execute", launched)
    monkeypatch.setattr(engine.session, "collect", collected)
    engine.score(TREES[: 3 * BLOCK])
    assert seen == ["launch", "launch", "wait", "launch", "wait", "wait"]


def test_ranks_that_stay_keep_no_others_alive():
    (daily,) = open_engine().score(TREES, keep=KEEP)
    for ranks in daily.ranks:
        assert ranks.shape == (KEEP.sum(), 40)
        assert ranks.base is None
