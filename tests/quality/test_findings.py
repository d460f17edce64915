"""Laws: good data are silent, and every damage is found with its count."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from quality.damages import DAMAGES

from dfqgp.errors import DataQualityError
from dfqgp.features import assemble
from dfqgp.features.rows import columns_of
from dfqgp.quality import CATALOGUE, QualitySettings, apply_limits, measure, over_limit
from dfqgp.quality.blocks import Axes, blocks_of
from dfqgp.sources import FilesSettings, SyntheticSettings, open_source

REPORTED = {"few_members", "industry_changes", "industry_days", "member_changes", "thin_stocks", "limit_days",
            "calendar_gaps", "lone_stocks"}  # fmt: skip
SETTINGS = QualitySettings()


@pytest.mark.parametrize("seed", range(4))
def test_a_good_market_is_accepted(report_of, seed):
    frame = open_source(SyntheticSettings(assets=60, days=200, seed=seed, signal=float(seed))).load().frame
    report = report_of(frame)
    assert not over_limit(report, SETTINGS)
    assert {each.name for each in report.findings if each.count} <= {
        "stale_prices", "industry_unknown", "lone_stocks", "few_members"
    }  # fmt: skip


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damage_is_found_with_its_count(market, report_of, name):
    damaged, expected = DAMAGES[name](market)
    report = report_of(damaged.reset_index(drop=True))
    for finding, count in expected.items():
        found = report.finding(finding, "industry" if finding == "lone_stocks" else "")
        assert found.count == count if count is not None else found.count > 0, found
        assert found.examples
    over = {each.name for each in over_limit(report, SETTINGS)}
    if set(expected) <= REPORTED:
        assert not over
    else:
        assert over & set(expected), report.findings
        with pytest.raises(DataQualityError, match=rf"(?s){sorted(over)[0]}.*quality\.limits\.{sorted(over)[0]}=null"):
            apply_limits(report, SETTINGS)


def test_the_damages_show_every_finding_of_the_table(market):
    shown = {name for make in DAMAGES.values() for name in make(market)[1]}
    others = {"amount_level", "missing_fields", "constant_by_stock", "constant_by_day"}  # below
    assert set(CATALOGUE) - shown == others | {"leaks", "restatements", "lost_legs"}  # in files of their own


def test_a_whole_table_in_lots_has_another_level(market, report_of):
    found = report_of(market.assign(volume=market["volume"] / 100)).finding("amount_level")
    assert found.measure == pytest.approx(100, rel=0.05)
    assert found.count == found.total > 0


def test_fields_that_say_nothing_are_named(market):
    frame = market.assign(
        birth=market["code"].str.slice(0, 6).astype(float), rate=market["date"].dt.month.astype(float), gone=np.nan
    )
    columns = columns_of(frame)
    report = measure(columns, assemble(columns, units=dict.fromkeys(("birth", "rate", "gone"), "ratio")))
    assert report.finding("constant_by_stock", "birth").count == market["code"].nunique()
    assert report.finding("constant_by_day", "rate").count == market["date"].nunique()
    assert report.finding("missing_fields", "gone").measure == 1.0
    named = {each.subject for each in report.findings if each.subject}
    assert named == {"birth", "rate", "gone", "industry"}


def test_the_order_of_rows_and_the_size_of_blocks_change_nothing(market, monkeypatch):
    damaged = DAMAGES["one_stock_in_cents"](market)[0]
    columns = columns_of(damaged)
    panel = assemble(columns)
    whole = measure(columns, panel)
    shuffled = columns_of(damaged.sample(frac=1.0, random_state=1))
    monkeypatch.setattr("dfqgp.quality.measuring.blocks_of", lambda *args: blocks_of(*args, rows=500))
    assert measure(shuffled, panel) == whole


def test_blocks_hold_each_traded_row_once_with_its_neighbour(market):
    columns = columns_of(market)
    axes = Axes(np.unique(market["date"]).astype("datetime64[D]"), columns.codes)
    blocks = list(blocks_of(columns, axes, rows=1000))
    traded = market[market["is_trading"]]
    assert len(blocks) > 5
    for name in ("close", "volume"):
        together = np.concatenate([block.before(name) for block in blocks])
        np.testing.assert_array_equal(together, traded.groupby("code")[name].shift().to_numpy())
    assert (np.concatenate([block.age for block in blocks]) == traded.groupby("code").cumcount()).all()


def test_a_small_table_is_reported_and_not_refused(market, report_of):
    damaged = DAMAGES["one_factor_times_100"](market[market["code"].isin(market["code"].unique()[:5])])[0]
    report = report_of(damaged)
    assert report.finding("impossible_jumps").count == 2
    assert not over_limit(report, SETTINGS)
    assert over_limit(report, replace(SETTINGS, min_rows=100))


def test_a_limit_that_is_raised_or_taken_away_accepts(market, report_of):
    report = report_of(DAMAGES["one_stock_in_cents"](market)[0])
    names = {each.name for each in over_limit(report, SETTINGS)}
    assert names == {"amount_stocks", "amount_cells", "turnover_stocks"}
    accepting = QualitySettings(limits={"amount_stocks": 1.0, "turnover_stocks": 1.0, "amount_cells": None})
    apply_limits(report, accepting)
    apply_limits(report, replace(SETTINGS, action="report"))


@pytest.mark.real_data
def test_the_real_table_is_accepted_with_known_findings(real_table_path, report_of):
    table = open_source(FilesSettings(layout="ashare_daily", path=str(real_table_path))).load()
    report = report_of(table.frame, units=table.units)
    assert not over_limit(report, SETTINGS)
    counts = {each.name: each.count for each in report.findings if each.count}
    assert counts == {
        "thin_stocks": 1, "stale_prices": 156, "limit_days": 1, "mktcap_jumps": 2, "industry_unknown": 842,
        "lone_stocks": 20627,
    }  # fmt: skip
