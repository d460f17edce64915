"""Laws of the one way to a panel: what decides it, what its labels look at, and what it does not hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from label_oracle import raw_labels

from dfqgp.dataset import DatasetBuilder, DatasetSettings, open_dataset
from dfqgp.dataset.measured import MeasuredBuild
from dfqgp.errors import ConfigError, DataQualityError, PanelError
from dfqgp.features import assemble
from dfqgp.market import LabelSettings, SegmentSettings, UniverseSettings
from dfqgp.quality import QualitySettings
from dfqgp.sources import SyntheticSettings, open_source

SETTINGS = DatasetSettings(
    SyntheticSettings(assets=15, days=120), segments=SegmentSettings(min_scored_days=5), label=LabelSettings(horizon=3)
)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return open_dataset(SETTINGS, tmp_path_factory.mktemp("data"))


def test_the_panel_is_the_beginning_of_the_whole_one(dataset):
    table = open_source(SETTINGS.source).load()
    whole = assemble(table.frame, units=table.units, universe=SETTINGS.universe)
    assert dataset.panel.fingerprint() == whole.rows(0, 96).fingerprint()
    assert dataset.segments.search_stop == 96
    assert set(dataset.panel.fields) == set(dataset.vocabulary.fields)


def test_the_fingerprint_is_known_before_and_follows_what_decides_the_panel(dataset):
    def fingerprint(**changes):
        return DatasetBuilder(replace(SETTINGS, **changes)).fingerprint

    assert fingerprint() == dataset.fingerprint == fingerprint(label=LabelSettings(), segments=SegmentSettings())
    others = {
        fingerprint(source=SyntheticSettings(assets=16, days=120)),
        fingerprint(universe=UniverseSettings(exclude_st=False)),
    }
    assert len(others | {dataset.fingerprint}) == 3


def test_it_is_found_again_without_reading_the_source(dataset, tmp_path, monkeypatch):
    first = open_dataset(SETTINGS, tmp_path)
    monkeypatch.setattr(MeasuredBuild, "__call__", lambda _: pytest.fail("read again"))
    assert open_dataset(SETTINGS, tmp_path).panel.fingerprint() == first.panel.fingerprint()
    assert first.panel.fingerprint() == dataset.panel.fingerprint()


def test_the_report_of_a_new_panel_is_handed_over_once_also_where_it_refuses(tmp_path):
    strict = replace(SETTINGS, quality=QualitySettings(limits={"limit_days": 0.0}, min_rows=0))
    reports = []
    with pytest.raises(DataQualityError, match="limit_days"):
        DatasetBuilder(strict).build(tmp_path, reports.append)
    assert [report.rows > 0 for report in reports] == [True]
    DatasetBuilder(SETTINGS).build(tmp_path, reports.append)
    assert len(reports) == 1


@given(horizon=st.integers(1, 30), name=st.sampled_from(["train", "valid"]))
@settings(max_examples=20)
def test_labels_are_the_returns_inside_the_segment(dataset, horizon, name):
    segment = getattr(dataset.segments, name)
    label = dataset.labels(segment, horizon)
    expected = raw_labels(dataset.panel, replace(SETTINGS.label, horizon=horizon), segment.stop)
    expected[: segment.start] = np.nan
    assert label.dtype == np.float32
    np.testing.assert_allclose(label, expected, rtol=1e-5, atol=1e-7)


def test_the_horizon_of_the_settings_holds_unless_another_is_asked_for(dataset):
    train = dataset.segments.train
    np.testing.assert_array_equal(dataset.labels(train), dataset.labels(train, 3))
    with pytest.raises(ConfigError, match="horizon"):
        dataset.labels(train, 0)


def test_the_sealed_holdout_has_no_labels(dataset):
    with pytest.raises(PanelError, match=r"segment 'holdout' is rows 96:120, expected rows inside 0:96"):
        dataset.labels(dataset.segments.holdout)
