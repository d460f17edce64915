"""A second label horizon, end to end: one setting, and every member is measured for both in one pass."""

from dataclasses import replace

import numpy as np
import pytest
from runs import LABEL, config, labels_of, market

from dfqgp.expr import Vocabulary, parse
from dfqgp.library import read_snapshot
from dfqgp.mining.loop import mine

PANEL, SEGMENTS = market(160, 30)


@pytest.fixture(scope="module")
def members(tmp_path_factory):
    label = replace(LABEL, more_horizons=(1, 10))
    snapshots = [
        read_snapshot(mine(PANEL, labels_of(PANEL), config(tmp_path_factory.mktemp("run"), SEGMENTS, label=each)))
        for each in (label, LABEL)
    ]
    return [snapshot.members for snapshot in snapshots]


def test_further_horizons_decide_nothing(members):
    both, one = members
    assert [(each.key, each.score) for each in both] == [(each.key, each.score) for each in one]
    for measured, plain in zip(both, one, strict=True):
        assert {name: value for name, value in measured.train.items() if "_h" not in name} == dict(plain.train)


def test_a_member_has_what_its_tree_scores_for_that_horizon_alone(members):
    import dfqgp as dq  # noqa: PLC0415

    words = Vocabulary.of(PANEL)
    train = PANEL.rows(0, SEGMENTS.train.stop)
    for member in members[0][:3]:
        for horizon in (1, 10):
            tree, delay = parse(member.expression, words, typed=False), LABEL.delay
            alone = dq.score(tree, train, horizon=horizon, delay=delay, min_assets=10)
            rows = alone.ic[SEGMENTS.train.start : SEGMENTS.train.scored_stop]
            assert member.train[f"ic_mean_h{horizon}"] == pytest.approx(np.nanmean(rows), abs=1e-12)
