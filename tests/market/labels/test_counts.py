"""Laws of the counts of legs: each leg once, by what happened to it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from label_oracle import ROWS, market

from dfqgp.errors import PanelError
from dfqgp.market import LabelSettings, label_legs, panel_labels

settings_drawn = st.builds(
    LabelSettings,
    horizon=st.integers(1, 6),
    entry=st.sampled_from(["open", "vwap", "close"]),
    exit=st.sampled_from(["delayed", "strict", "naive"]),
    delay=st.integers(0, 8),
)


def fate(panel, settings, day, stock):
    """What happens to one leg, by the words of the definition."""
    price, sellable = panel.field(settings.entry)[:, stock], panel.sellable[:, stock]
    entry, leave = day + 1, day + 1 + settings.horizon
    if np.isnan(price[entry]):
        return "entry_suspended"
    if not panel.buyable[entry, stock]:
        return "entry_upper_limit"
    days = range(leave, leave + settings.delay + 1)
    if settings.exit == "delayed" and not any(sellable[late] and np.isfinite(price[late]) for late in days):
        return "unsold"
    if np.isnan(price[leave]):
        return "exit_suspended"
    return "exit_on_time" if sellable[leave] else "exit_lower_limit"


@given(seed=st.integers(0, 99), settings=settings_drawn, start=st.integers(0, 20))
def test_each_leg_of_the_universe_is_counted_once_by_its_fate(seed, settings, start):
    panel = market(seed)
    rows = slice(start, max(ROWS - settings.reach, start))
    legs = label_legs(panel, settings, rows)
    fates = [
        fate(panel, settings, day, stock) for day, stock in np.argwhere(panel.universe) if start <= day < rows.stop
    ]
    for name in (
        "entry_suspended",
        "entry_upper_limit",
        "exit_on_time",
        "exit_suspended",
        "exit_lower_limit",
        "unsold",
    ):
        assert getattr(legs, name) == fates.count(name), name
    assert legs.members == len(fates) == sum(reason.legs for reason in legs.reasons())
    label = panel_labels(panel, settings)[rows]
    assert legs.labelled == np.isfinite(label[panel.universe[rows]]).sum()


@pytest.mark.parametrize("rule", ["delayed", "strict", "naive"])
def test_lines_add_up_and_say_which_legs_have_no_label(rule):
    legs = label_legs(market(2, 80, 30), LabelSettings(exit=rule))
    assert sum(reason.share for reason in legs.reasons()) == pytest.approx(1.0)
    assert sum(reason.legs for reason in legs.reasons() if reason.effect != "has no label") == legs.labelled
    assert all(reason.legs > 0 for reason in legs.reasons()[:5])
    assert (legs.unsold > 0) == (rule == "delayed")


def test_without_a_rule_for_selling_nothing_is_locked():
    legs = label_legs(replace(market(2), sellable=None), LabelSettings(exit="strict"))
    assert legs.exit_lower_limit == 0
    assert legs.exit_suspended > 0


def test_a_panel_too_short_for_a_label_has_no_legs_and_no_shares():
    legs = label_legs(market(0, 10), LabelSettings())
    assert legs.members == legs.labelled == 0
    assert all(math.isnan(reason.share) for reason in legs.reasons())


@pytest.mark.parametrize("rows", [slice(0, ROWS), slice(5, 3), slice(-4, 2)])
def test_rows_whose_labels_end_after_the_panel_are_refused(rows):
    with pytest.raises(PanelError, match=r"rows of the legs .* inside 0:20"):
        label_legs(market(0), LabelSettings(), rows)
