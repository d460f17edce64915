"""What passes between host and device: features once, then one upload, one download and one wait a block."""

import numpy as np
import pytest
from gpu import card
from panels import random_panel, random_trees

from dfqgp.backends.instructions import CHAIN, EMIT
from dfqgp.engine import Engine, EngineSettings
from dfqgp.expr import field
from dfqgp.fitness import FitnessSettings, make_target

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(card.has_card(), reason="the stand-in for CuPy counts, a card does not"),
]

PANEL = random_panel(40, 33)
TARGET = make_target(PANEL, PANEL.field("returns"), range(20, 36), FitnessSettings(min_assets=10), horizon=5)
KEEP = np.arange(16) % 5 == 0
TREES = random_trees(PANEL, 18, seed=4)
BLOCK = 5


@pytest.fixture
def warm(gpu_backend):
    """An engine whose features stand in their slots, and the counts from here on."""
    from gpu.stats import stats  # noqa: PLC0415 -- it needs the extra

    engine = Engine(PANEL, gpu_backend, EngineSettings(block=BLOCK), targets=[TARGET])
    engine.evaluate([field(name) for name in PANEL.fields])
    engine.score(TREES[:1], keep=KEEP)  # the rows to keep go up once
    stats.reset()
    return engine, stats


def test_a_block_takes_one_upload_one_download_and_one_wait(warm):
    engine, stats = warm
    plans, execute = [], engine.session.execute

    def counted(plan, *arguments):
        plans.append(plan)
        execute(plan, *arguments)

    engine.session.execute = counted
    blocks = -(-len(TREES) // BLOCK)
    with stats.hot(uploads=blocks, downloads=blocks, waits=blocks):
        engine.score(TREES, keep=KEEP)
    assert len(plans) == blocks
    assert (stats.uploads, stats.downloads, stats.waits) == (blocks, blocks, blocks)


def test_nothing_waits_while_plans_are_launched(warm):
    engine, stats = warm
    (plan,) = engine._planner.plan(TREES[:BLOCK], engine._resident)
    with stats.hot(uploads=1, downloads=1):
        engine.session.execute(plan, lambda roots: engine.session.score(roots, 0, KEEP), KEEP)
        collected = engine.session.collect()
    with stats.hot(waits=1):
        (*_, last) = collected()
    assert len(last.ic)


def test_launches_are_one_a_family_and_level_and_two_a_hand_over(warm):
    engine, stats = warm
    (plan,) = engine._planner.plan(TREES[:BLOCK], engine._resident)
    engine.session.execute(plan, lambda roots: engine.session.score(roots, 0))
    assert stats.launches == plan.launches + 2 * (plan.steps[:, 0] == EMIT).sum()
    assert plan.launches < ((plan.steps[:, 0] >= 0) | (plan.steps[:, 0] == CHAIN)).sum()


def test_correlations_bring_down_one_table(warm):
    engine, stats = warm
    ranks = engine.score(TREES, keep=KEEP)[0].ranks
    stats.reset()
    with stats.hot(uploads=1, downloads=1, waits=1):
        engine.session.largest_correlations(ranks)
    assert stats.download_bytes == 8 * len(TREES)
