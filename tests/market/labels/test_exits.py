"""Laws of the three exits: what a label is, what it looks at, and how the exits differ."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from label_oracle import ROWS, disturbed, market, raw_labels

from dfqgp.errors import ConfigError, PanelError
from dfqgp.market import LabelSettings, panel_labels

EXITS = ("delayed", "strict", "naive")
settings_drawn = st.builds(
    LabelSettings,
    horizon=st.integers(1, 8),
    entry=st.sampled_from(["open", "vwap", "close"]),
    exit=st.sampled_from(EXITS),
    delay=st.integers(0, 12),
)
seeds = st.integers(0, 199)


@given(seed=seeds, settings=settings_drawn, stop=st.integers(0, ROWS))
def test_a_label_is_its_definition_cell_by_cell(seed, settings, stop):
    panel = market(seed)
    got = panel_labels(panel, settings, stop)
    assert (got.dtype, got.flags.c_contiguous) == (np.float32, True)
    np.testing.assert_allclose(got, raw_labels(panel, settings, stop), rtol=1e-6, atol=1e-7)


@given(seed=seeds, settings=settings_drawn, row=st.integers(0, ROWS))
def test_a_label_reads_the_days_after_its_own_up_to_its_reach(seed, settings, row):
    panel = market(seed)
    before = panel_labels(panel, settings)
    later = panel_labels(disturbed(panel, slice(row, None)), settings)
    np.testing.assert_array_equal(later[: max(row - settings.reach, 0)], before[: max(row - settings.reach, 0)])
    earlier = panel_labels(disturbed(panel, slice(0, row)), settings)
    np.testing.assert_array_equal(earlier[max(row - 1, 0) :], before[max(row - 1, 0) :])


@given(seed=seeds, settings=settings_drawn, stop=st.integers(0, ROWS))
def test_a_label_never_looks_at_or_past_the_border(seed, settings, stop):
    panel = market(seed)
    before = panel_labels(panel, settings, stop)
    np.testing.assert_array_equal(panel_labels(disturbed(panel, slice(stop, None)), settings, stop), before)
    assert np.isnan(before[max(stop - settings.reach, 0) :]).all()


@given(seed=seeds, settings=settings_drawn)
def test_a_delayed_label_is_missing_exactly_where_the_entry_is_refused(seed, settings):
    panel, settings = market(seed), replace(settings, exit="delayed")
    days = max(ROWS - settings.reach, 0)
    missing = np.isnan(panel_labels(panel, settings)[:days])
    np.testing.assert_array_equal(missing, ~panel.buyable[1 : days + 1])


@given(seed=seeds, settings=settings_drawn)
def test_strict_labels_are_some_of_the_naive_ones(seed, settings):
    panel = market(seed)
    strict, naive = (panel_labels(panel, replace(settings, exit=rule)) for rule in ("strict", "naive"))
    kept = np.isfinite(strict)
    np.testing.assert_array_equal(strict[kept], naive[kept])
    leave = slice(1 + settings.horizon, None)
    np.testing.assert_array_equal(kept[: -leave.start], np.isfinite(naive[: -leave.start]) & panel.sellable[leave])


@given(seed=seeds, settings=settings_drawn)
def test_where_the_stock_is_sold_on_time_the_three_exits_agree(seed, settings):
    panel = market(seed)
    delayed, strict, naive = (panel_labels(panel, replace(settings, exit=rule)) for rule in EXITS)
    days = max(ROWS - replace(settings, exit="delayed").reach, 0)
    on_time = np.isfinite(strict[:days])
    np.testing.assert_array_equal(delayed[:days][on_time], naive[:days][on_time])
    np.testing.assert_array_equal(delayed[:days][on_time], strict[:days][on_time])


@given(seed=seeds, settings=settings_drawn)
def test_a_delay_of_no_day_sells_on_the_exit_day_or_values_at_the_last_close(seed, settings):
    panel, settings = market(seed), replace(settings, exit="delayed", delay=0)
    assert settings.reach == replace(settings, exit="naive").reach
    strict = panel_labels(panel, replace(settings, exit="strict"))
    delayed = panel_labels(panel, settings)
    np.testing.assert_array_equal(delayed[np.isfinite(strict)], strict[np.isfinite(strict)])


@given(seed=seeds, settings=settings_drawn)
def test_without_a_rule_for_selling_what_has_a_price_is_sold(seed, settings):
    panel = market(seed)
    everywhere = np.ones(panel.shape, dtype=bool)
    free = panel_labels(replace(panel, sellable=None), settings)
    np.testing.assert_array_equal(free, panel_labels(replace(panel, sellable=everywhere), settings))


def one_stock(opens, closes=None, *, buyable=None, sellable=None):
    """A panel of one stock."""
    days, nan = len(opens), [np.isnan(each) for each in opens]
    fields = {"open": np.array(opens, dtype=np.float32)[:, None]}
    fields["close"] = fields["open"] if closes is None else np.array(closes, dtype=np.float32)[:, None]
    mask = ~np.array(nan)[:, None]
    panel = replace(market(0, days, 1), fields=fields, units=dict.fromkeys(fields, "price"), universe=mask)
    return replace(
        panel,
        buyable=mask if buyable is None else np.array(buyable, dtype=bool)[:, None],
        sellable=mask if sellable is None else np.array(sellable, dtype=bool)[:, None],
    )


def first_label(panel, **settings):
    return float(panel_labels(panel, LabelSettings(**({"horizon": 2, "delay": 2} | settings)))[0, 0])


def test_a_delisted_stock_leaves_at_its_last_close():
    panel = one_stock([10, 10, 9, np.nan, np.nan, np.nan, np.nan], [10, 9.5, 4, np.nan, np.nan, np.nan, np.nan])
    assert first_label(panel) == pytest.approx(4 / 10 - 1)
    assert np.isnan([first_label(panel, exit=rule) for rule in ("strict", "naive")]).all()


def test_a_stock_that_never_trades_again_leaves_at_the_close_of_the_entry_day():
    panel = one_stock([10, 10, *[np.nan] * 5], [10, 9.5, *[np.nan] * 5])
    assert first_label(panel) == pytest.approx(9.5 / 10 - 1)


def test_no_close_before_the_entry_is_an_exit():
    panel = one_stock([10, 10, *[np.nan] * 5], [8, *[np.nan] * 6])
    assert np.isnan(first_label(panel))


def test_a_stock_locked_at_the_lower_limit_leaves_where_it_is_sold_at_last():
    opens, can = [10, 10, 9, 8.1, 7.3, 7.0, 7], [1, 1, 0, 0, 0, 1, 1]
    assert first_label(one_stock(opens, sellable=can)) == pytest.approx(7.0 / 10 - 1)
    assert first_label(one_stock(opens, sellable=can), exit="naive") == pytest.approx(8.1 / 10 - 1)
    assert np.isnan(first_label(one_stock(opens, sellable=can), exit="strict"))


def test_a_stock_locked_longer_than_the_delay_is_valued_at_the_close_of_its_last_day():
    opens, closes = [10, 10, 9, 8.1, 7.3, 6.6, 6], [10, 9.9, 8.9, 8, 7.2, 6.5, 5.9]
    assert first_label(one_stock(opens, closes, sellable=[1, 1, 0, 0, 0, 0, 1])) == pytest.approx(6.5 / 10 - 1)


def test_what_resumes_after_the_delay_does_not_enter():
    panel = one_stock([10, 10, 10, np.nan, np.nan, np.nan, 1.0], [10, 10, 10.2, np.nan, np.nan, np.nan, 1.0])
    assert first_label(panel) == pytest.approx(10.2 / 10 - 1)


def test_an_entry_at_the_upper_limit_has_no_label_with_any_exit():
    panel = one_stock([10, 11, 12, 12, 12, 12, 12], buyable=[1, 0, 1, 1, 1, 1, 1])
    assert np.isnan([first_label(panel, exit=rule) for rule in EXITS]).all()


@pytest.mark.parametrize("rule", EXITS)
def test_zero_price_gives_no_infinite_label(rule):
    panel = one_stock([1.0, 0.0, 1.0, 1.0, 1.0, 1.0])
    assert np.isnan(first_label(panel, exit=rule))


@pytest.mark.real_data
@pytest.mark.parametrize("rule", EXITS)
def test_labels_equal_pandas_on_real_data(real_panel, rule):
    settings = LabelSettings(exit=rule)
    opens, closes = (pd.DataFrame(real_panel.field(name).astype(float)) for name in ("open", "close"))
    leave = opens if rule == "naive" else opens.where(real_panel.sellable)
    if rule == "delayed":
        leave = leave.bfill(limit=settings.delay).fillna(closes.ffill().shift(-settings.delay))
    expected = (leave.shift(-1 - settings.horizon) / opens.where(real_panel.buyable).shift(-1) - 1).to_numpy().copy()
    expected[len(expected) - settings.reach :] = np.nan
    got = panel_labels(real_panel, settings)
    np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-7)
    assert np.isfinite(got).mean() > 0.8


def test_a_panel_without_the_prices_that_it_needs_says_so():
    panel = market(0)
    fields = {name: matrix for name, matrix in panel.fields.items() if name != "close"}
    without = replace(panel, fields=fields)
    for entry in ("close", "vwap"):
        with pytest.raises(PanelError, match=f"'{entry}' is missing, expected one: label.entry={entry} buys and sells"):
            panel_labels(replace(panel, fields={"open": panel.field("open")}), LabelSettings(entry=entry))
    for needs in ({"exit": "delayed"}, {"exit": "naive", "kind": "volatility"}):
        with pytest.raises(PanelError, match=f"'close' is missing, expected one: label.{list(needs)[-1]}="):
            panel_labels(without, LabelSettings(**needs))
    assert np.isfinite(panel_labels(without, LabelSettings(exit="strict"))).any()


@pytest.mark.parametrize("stop", [-1, ROWS + 1])
def test_a_border_outside_the_panel_is_refused(stop):
    with pytest.raises(PanelError, match="stop of the labels"):
        panel_labels(market(0), LabelSettings(), stop)


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"horizon": 0}, r"label\.horizon"),
        ({"horizon": 1.5}, "1.5"),
        ({"entry": "opne"}, "did you mean 'open'"),
        ({"exit": "delaid"}, "did you mean 'delayed'"),
        ({"delay": -1}, r"label\.delay"),
        ({"kind": "exces"}, "did you mean 'excess'"),
        ({"volatility_window": 1}, r"label\.volatility_window"),
    ],
)
def test_impossible_settings_are_refused(settings, text):
    with pytest.raises(ConfigError, match=text):
        LabelSettings(**settings)
