"""Laws of intraday features as fields of a panel: every value stands at its day and stock, and nowhere else."""

from __future__ import annotations

import logging
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import dfqgp as dq
from dfqgp.dataset import DatasetBuilder, DatasetSettings, open_dataset
from dfqgp.errors import DataContractError, FeatureError, PanelError, UnitError
from dfqgp.features.intraday import INTRADAY
from dfqgp.market import LabelSettings, SegmentSettings
from dfqgp.sources import SyntheticSettings

NAMES = [feature.name for feature in INTRADAY]
OF_BARS = [feature.name for feature in INTRADAY.of_bars()]


@pytest.fixture(scope="module")
def daily(bars):
    return dq.intraday(bars)


@pytest.fixture(scope="module")
def panel(market):
    return dq.Panel.from_frame(market)


@pytest.fixture(scope="module")
def joined(panel, daily):
    return dq.with_intraday(panel, daily)


def test_values_stand_at_their_day_and_stock_and_nowhere_else(panel, daily, joined):
    assert list(joined.fields) == [*panel.fields, *NAMES]
    assert {name: joined.units[name] for name in NAMES} == {feature.name: feature.unit for feature in INTRADAY}
    for name in OF_BARS:
        wide = daily.pivot_table(index="date", columns="code", values=name, dropna=False)
        expected = wide.reindex(index=pd.to_datetime(panel.dates), columns=panel.codes).to_numpy()
        np.testing.assert_array_equal(joined.field(name), expected.astype(np.float32), err_msg=name)
    suspended = np.isnan(panel.field("close"))
    assert suspended[:12].any()
    assert all(np.isnan(joined.field(name)[suspended]).all() for name in NAMES)
    assert all(np.isnan(joined.field(name)[12:]).all() for name in OF_BARS)
    for name in panel.fields:
        np.testing.assert_array_equal(joined.field(name), panel.field(name))
    assert (joined.universe == panel.universe).all()


def test_overnight_is_compared_with_intraday(panel, joined):
    close, open_ = panel.field("close").astype(float), panel.field("open").astype(float)
    expected = open_[1:] / close[:-1] - 1 - (close[1:] / open_[1:] - 1)
    found = joined.field("overnight_minus_intraday")
    np.testing.assert_allclose(found[1:12], expected[:11], atol=1e-6)
    assert np.isfinite(found[1:12]).any()
    assert np.isnan(found[0]).all()


def test_a_suspended_day_is_missing_whatever_the_bars_say(market, daily):
    day, code = daily["date"].iloc[-1], daily["code"].iloc[-1]
    row = (market["date"] == day) & (market["code"] == code)
    panel = dq.Panel.from_frame(market.assign(is_trading=market["is_trading"] & ~row))
    found = dq.with_intraday(panel, daily)
    place = panel.dates.tolist().index(day.date()), panel.codes.tolist().index(code)
    assert all(np.isnan(found.field(name)[place]) for name in NAMES)


def test_what_bars_and_panel_do_not_share_is_counted(panel, daily, caplog):
    later = daily.assign(date=daily["date"] + pd.Timedelta(days=4000)).iloc[:5]
    others = daily[daily["date"] == daily["date"].min()].head(2).assign(code=["Q1", "Q2"])
    with caplog.at_level(logging.WARNING, logger="dfqgp"):
        dq.with_intraday(panel, pd.concat([daily, later, others], ignore_index=True))
    assert "18 days of the panel have no bars, e.g. " in caplog.text
    assert "1 days of the bars are not in the panel, e.g. 2029-" in caplog.text
    assert "2 codes of the bars are not in the panel, e.g. Q1, Q2" in caplog.text


def test_bars_that_share_nothing_with_the_panel_are_refused(panel, daily):
    with pytest.raises(PanelError, match=r"codes of the bars is sh0.*, expected codes of the panel \(000001\.SY"):
        dq.with_intraday(panel, daily.assign(code="sh" + daily["code"]))
    with pytest.raises(PanelError, match=r"days of the bars is 2029-.*expected days of the panel \(2019-01-02 to"):
        dq.with_intraday(panel, daily.assign(date=daily["date"] + pd.Timedelta(days=4000)))


def test_impossible_joins_are_refused(panel, daily, joined):
    with pytest.raises(FeatureError, match="has a field of that name already"):
        dq.with_intraday(joined, daily)
    with pytest.raises(FeatureError, match="did you mean 'jump_share'"):
        dq.with_intraday(panel, daily, ["jump_shar"])
    with pytest.raises(DataContractError, match="missing column 'jump_share'"):
        dq.with_intraday(panel, daily.drop(columns="jump_share"), ["jump_share"])
    with pytest.raises(DataContractError, match=r"duplicate \(date, code\)"):
        dq.with_intraday(panel, pd.concat([daily, daily.iloc[:1]]))
    bare = replace(panel, fields={"close": panel.field("close")})
    with pytest.raises(FeatureError, match="needs the daily field 'gap'"):
        dq.with_intraday(bare, daily, ["overnight_minus_intraday"])


def test_formulas_over_intraday_features_have_units(joined):
    assert dq.evaluate("cs_rank(price_impact * amount)", joined, backend="reference").shape == joined.shape
    assert dq.explain("price_impact", joined).unit == "currency^-1"
    with pytest.raises(UnitError, match="currency"):
        dq.parse("price_impact + realized_volatility", joined)


@pytest.fixture
def with_files(files):
    source = SyntheticSettings(assets=20, days=30, suspension_rate=0.02)
    segments = SegmentSettings(min_scored_days=1)
    return DatasetSettings(source, segments=segments, label=LabelSettings(horizon=1, exit="naive"), intraday=files)


def test_the_dataset_has_the_features_that_the_notebook_gets(with_files, market, tmp_path):
    settings = replace(with_files, intraday=replace(with_files.intraday, features=("jump_share", "price_impact")))
    found = open_dataset(settings, tmp_path / "data").panel
    by_hand = dq.with_intraday(dq.Panel.from_frame(market), dq.intraday(settings.intraday.path))
    assert set(found.fields) - set(dq.Panel.from_frame(market).fields) == {"jump_share", "price_impact"}
    for name in ("jump_share", "price_impact"):
        np.testing.assert_array_equal(found.field(name), by_hand.field(name)[: found.shape[0]])


def test_the_fingerprint_of_the_dataset_follows_the_bars(with_files):
    plain = DatasetBuilder(replace(with_files, intraday=replace(with_files.intraday, path=""))).fingerprint
    bars = DatasetBuilder(with_files).fingerprint
    fewer = replace(with_files, intraday=replace(with_files.intraday, features=("jump_share",)))
    assert len({plain, bars, DatasetBuilder(fewer).fingerprint}) == 3
