"""Laws of the kinds of labels: each is its definition, over pandas."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from label_oracle import ROWS, disturbed, market, raw_labels

from dfqgp.errors import UnknownFieldError
from dfqgp.market import LabelSettings, panel_labels
from dfqgp.market.labels.kinds import trailing_std

seeds = st.integers(0, 199)
rules = st.sampled_from(["delayed", "strict", "naive"])


def both(seed, rule, **changes):
    """(panel, settings, labels, raw labels by the oracle)."""
    panel, chosen = market(seed, columns=12), LabelSettings(horizon=2, delay=4, exit=rule, **changes)
    return panel, chosen, panel_labels(panel, chosen), raw_labels(panel, chosen, ROWS)


@given(seed=seeds, rule=rules)
@settings(max_examples=40)
def test_an_excess_label_is_the_raw_one_less_the_mean_of_the_members(seed, rule):
    panel, _, got, raw = both(seed, rule, kind="excess")
    for day in range(ROWS):
        members = raw[day][panel.universe[day] & np.isfinite(raw[day])]
        expected = raw[day] - members.mean() if members.size else raw[day] * np.nan
        np.testing.assert_allclose(got[day], expected, rtol=1e-5, atol=1e-7)


@given(seed=seeds, rule=rules)
@settings(max_examples=25)
def test_an_industry_label_is_the_raw_one_less_the_mean_of_its_group(seed, rule):
    panel, _, got, raw = both(seed, rule, kind="industry")
    codes = panel.group("industry")
    for day in range(ROWS):
        for stock in range(panel.shape[1]):
            group = panel.universe[day] & (codes[day] == codes[day, stock]) & np.isfinite(raw[day])
            alone = not np.delete(group, stock).any()
            missing = alone or codes[day, stock] == -1
            expected = np.nan if missing else raw[day, stock] - raw[day, group].mean()
            np.testing.assert_allclose(got[day, stock], expected, rtol=1e-5, atol=1e-7)


@given(seed=seeds, rule=rules, window=st.integers(2, 9))
def test_a_volatility_label_is_the_raw_one_over_the_trailing_volatility(seed, rule, window):
    panel, chosen, got, raw = both(seed, rule, kind="volatility", volatility_window=window)
    daily = pd.DataFrame(panel.field("close").astype(float)).pct_change(fill_method=None)
    std = daily.rolling(window, min_periods=max(2, -(-window // 2))).std().to_numpy().copy()
    std[:window] = np.nan
    np.testing.assert_allclose(got, raw / (std * np.sqrt(chosen.horizon)), rtol=1e-4, atol=1e-6)


@given(seed=seeds, window=st.integers(2, 9), row=st.integers(0, ROWS))
def test_a_volatility_label_reads_its_window_and_its_reach_alone(seed, window, row):
    settings = LabelSettings(horizon=2, delay=3, kind="volatility", volatility_window=window)
    before = panel_labels(market(seed), settings)
    later = panel_labels(disturbed(market(seed), slice(row, None)), settings)
    np.testing.assert_array_equal(later[: max(row - settings.reach, 0)], before[: max(row - settings.reach, 0)])
    earlier = panel_labels(disturbed(market(seed), slice(0, row)), settings)
    np.testing.assert_array_equal(earlier[row + window :], before[row + window :])


@given(seed=seeds, cut=st.integers(0, 20), kind=st.sampled_from(["raw", "excess", "industry", "volatility"]))
def test_history_before_the_panel_changes_no_label_that_is_there(seed, cut, kind):
    settings = LabelSettings(horizon=2, delay=4, kind=kind, volatility_window=5)
    whole = panel_labels(market(seed), settings)[cut:]
    part = panel_labels(market(seed).rows(cut, ROWS), settings)
    there = np.isfinite(part)
    np.testing.assert_allclose(part[there], whole[there], rtol=1e-5, atol=1e-7)
    if kind != "volatility":
        assert np.isnan(whole[~there]).all()


@pytest.mark.parametrize("kind", ["excess", "industry"])
def test_the_members_of_a_day_have_a_mean_of_nothing(kind):
    panel = market(3, columns=40)
    label = panel_labels(panel, LabelSettings(horizon=2, delay=4, kind=kind)).astype(float)
    inside = np.where(panel.universe, label, np.nan)[:25]
    if kind == "industry":
        inside = np.where(panel.group("industry")[:25] == 1, inside, np.nan)
    assert np.isfinite(inside).any(axis=1).sum() > 15
    np.testing.assert_allclose(np.nansum(inside, axis=1), 0.0, atol=1e-6)


def test_constant_prices_have_no_volatility_and_no_label():
    still = np.full((30, 2), 3.3)
    still[10:12, 1] = np.nan
    assert (trailing_std(still, 5)[4:] == 0.0).all()
    fields = {"open": market(1, 30, 2).field("open"), "close": still.astype(np.float32)}
    panel = replace(market(1, 30, 2), fields=fields)
    assert np.isnan(panel_labels(panel, LabelSettings(kind="volatility", exit="naive"))).all()


def test_a_spike_leaves_nothing_behind_after_its_window():
    values = np.random.default_rng(0).normal(0, 0.02, (60, 1))
    spiked = values.copy()
    spiked[20] = 1e9
    np.testing.assert_array_equal(trailing_std(spiked, 8)[28:], trailing_std(values, 8)[28:])


def test_a_panel_without_industries_cannot_have_that_kind():
    with pytest.raises(UnknownFieldError, match="industry"):
        panel_labels(replace(market(0), groups={}), LabelSettings(kind="industry", horizon=1, delay=1))
