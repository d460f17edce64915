"""Laws: a panel that is built again of the same settings says what changed, and of others nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dfqgp.dataset import DatasetBuilder, DatasetSettings
from dfqgp.market import LabelSettings, SegmentSettings
from dfqgp.sources import FilesSettings, SyntheticSettings
from dfqgp.sources.synthetic import make_market


@pytest.fixture
def build(tmp_path):
    """Builds a frame from one file, always the same path, and returns its report."""
    path = tmp_path / "prices.parquet"
    segments, label = SegmentSettings(min_scored_days=5), LabelSettings(horizon=3)
    settings = DatasetSettings(FilesSettings(path=str(path)), segments=segments, label=label)

    def make(frame, **changes):
        frame.to_parquet(path)
        return DatasetBuilder(replace(settings, **changes)).measure(tmp_path / "data")

    return make


def restated(report):
    return {each.subject: each.count for each in report.findings if each.name == "restatements" and each.count}


def test_restated_cells_are_counted_by_field_with_their_days(build):
    market = make_market(SyntheticSettings(assets=15, days=120))
    days = np.sort(market["date"].unique())
    assert restated(build(market[market["date"] < days[110]])) == {}
    assert restated(build(market)) == {}
    changed = market.copy()
    rows = changed.index[changed["date"].isin(days[50:53]) & (changed["code"] == changed["code"].iloc[0])]
    changed.loc[rows, "turnover"] = changed.loc[rows, "turnover"] * 1.001
    report = build(changed)
    assert restated(report) == {"turnover": 3}
    found = report.finding("restatements", "turnover")
    assert [each.date for each in found.examples] == [str(days[50])[:10], str(days[52])[:10]]
    assert found.total == int(changed["is_trading"].sum())
    assert restated(build(changed)) == {"turnover": 3}, "it stays with the panel"


def test_builds_of_other_settings_are_not_compared(build, tmp_path):
    market = make_market(SyntheticSettings(assets=15, days=120))
    build(market)
    changed = market.assign(turnover=market["turnover"] / 2)
    other = FilesSettings(path=str(tmp_path / "prices.parquet"), features=())
    report = build(changed, source=replace(other, scales={"amount": 1.0}))
    assert not [each for each in report.findings if each.name == "restatements"]


def test_a_panel_that_was_deleted_is_passed_over_and_logged(build, tmp_path, caplog):
    market = make_market(SyntheticSettings(assets=15, days=120))
    build(market)
    for manifest in (tmp_path / "data" / "panel").glob("*/manifest.json"):
        manifest.unlink()
    with caplog.at_level("INFO", logger="dfqgp.dataset"):
        report = build(market.assign(turnover=market["turnover"] / 2))
    assert "an earlier build is passed over" in caplog.text
    assert not [each for each in report.findings if each.name == "restatements"]


def test_equal_cells_are_equal_to_a_millionth(build):
    market = make_market(SyntheticSettings(assets=15, days=120))
    build(market)
    assert restated(build(market.assign(turnover=market["turnover"] * (1 + 2e-7)))) == {}
    assert set(restated(build(pd.concat([market]).assign(turnover=market["turnover"] * (1 + 1e-5))))) == {"turnover"}
