"""A market that has no day to score on says which of universe, label, group, size or company its stocks lack."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from panels import random_panel

from dfqgp.fitness import FitnessSettings, make_target
from dfqgp.fitness.shortage import shortage

PANEL = random_panel(30, 60)
LABEL = np.ones(PANEL.shape, dtype=np.float32)
LABEL[:, ::2] = 0.5


def lacking(panel, label=LABEL, least=20):
    return make_target(panel, label, range(len(label)), FitnessSettings(min_assets=least), horizon=1).shortage


def alone(panel):
    groups = np.broadcast_to(np.arange(panel.shape[1], dtype=np.int16), panel.shape)
    return replace(panel, groups={"industry": np.ascontiguousarray(groups)})


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda panel: replace(panel, universe=np.zeros_like(panel.universe)), "0 of 60 are in the universe"),
        (lambda panel: replace(panel, groups={"industry": np.full(panel.shape, -1, np.int16)}), "0 of these a known"),
        (lambda panel: replace(panel, size=np.full(panel.shape, np.nan, np.float32)), "0 of these a size (mktcap)"),
        (alone, "0 of these are not alone in their industry"),
    ],
    ids=["universe", "group", "size", "alone"],
)  # fmt: skip
def test_the_condition_that_nobody_fulfils_is_the_last_one_named(damage, words):
    assert not lacking(PANEL)
    assert words in lacking(damage(PANEL)).split(", ")[-1]


def test_missing_labels_are_named():
    assert lacking(PANEL, np.full_like(LABEL, np.nan)).endswith("0 of them have a label")


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.integers(1, 12))
def test_there_is_a_shortage_exactly_where_no_day_has_enough(seed, least):
    """The last count is that of pandas, which groups the stocks of each day."""
    rng = np.random.default_rng(seed)
    shape = (4, 12)
    universe, group = rng.random(shape) < 0.8, rng.integers(-1, 4, shape).astype(np.int16)
    label, size = (np.where(rng.random(shape) < 0.9, 1.0, np.nan).astype(np.float32) for _ in range(2))
    said = shortage(universe, label, group, size, least=least, grouping="industry")
    rows, columns = np.nonzero(universe & np.isfinite(label) & (group >= 0) & np.isfinite(size))
    frame = pd.DataFrame({"day": rows, "group": group[rows, columns]})
    shared = frame[frame.groupby(["day", "group"])["day"].transform("size") > 1]
    most = int(shared.groupby("day").size().max()) if len(shared) else 0
    assert (most < least) == bool(said)
    if "alone" in said:
        assert f"{most} of these are not alone" in said
