from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from label_oracle import disturbed, market

from dfqgp.errors import ConfigError
from dfqgp.market import LabelSettings, panel_labels
from dfqgp.market.segments import SegmentSettings, split

DAYS = np.datetime64("2020-01-01") + np.arange(300)


@given(length=st.integers(60, 300), reach=st.integers(2, 20), cut=st.floats(0.3, 0.6))
def test_segments_cover_all_days_in_time_order_and_score_disjoint_purged_rows(length, reach, cut):
    settings = SegmentSettings(train=cut, valid=0.9 - cut, holdout=0.1, min_scored_days=1)
    if round(length * 0.1) < reach + 2:
        return
    train, valid, holdout = parts = tuple(split(DAYS[:length], settings, reach))
    assert [p.name for p in parts] == ["train", "valid", "holdout"]
    assert (train.start, train.stop, valid.stop, holdout.stop) == (0, valid.start, holdout.start, length)
    for part in parts:
        assert part.start < part.scored_stop == part.stop - reach
        assert (part.scored.start, part.scored.stop) == (part.start, part.scored_stop)


EXITS = pytest.mark.parametrize("rule", ["delayed", "strict", "naive"])


@EXITS
def test_purged_rows_are_exactly_those_whose_labels_would_cross_the_border(rule):
    settings = LabelSettings(horizon=4, delay=7, exit=rule)
    panel, everywhere = market(0, len(DAYS)), np.ones((len(DAYS), 6), dtype=bool)
    fields = dict.fromkeys(panel.fields, everywhere.astype(np.float32))
    free = replace(panel, fields=fields, buyable=everywhere, sellable=everywhere)
    for part in split(DAYS, SegmentSettings(), settings.reach):
        label = panel_labels(free, settings, part.stop)
        labelled = np.flatnonzero(np.isfinite(label[part.start : part.stop, 0])) + part.start
        assert labelled.tolist() == list(range(part.start, part.scored_stop))


@EXITS
@given(seed=st.integers(0, 99), horizon=st.integers(1, 6), delay=st.integers(0, 12))
def test_no_label_of_a_scored_row_reads_a_row_of_the_next_segment(rule, seed, horizon, delay):
    settings, panel = LabelSettings(horizon=horizon, delay=delay, exit=rule), market(seed, 150)
    for part in split(panel.dates, SegmentSettings(min_scored_days=5), settings.reach):
        # Labels of the whole panel, which no border holds back: the purge alone keeps the scored ones inside.
        before = panel_labels(panel, settings)[part.scored]
        after = panel_labels(disturbed(panel, slice(part.stop, None)), settings)[part.scored]
        np.testing.assert_array_equal(after, before)
        np.testing.assert_array_equal(panel_labels(panel, settings, part.stop)[part.scored], before)


def test_search_ends_where_the_holdout_begins():
    segments = split(DAYS, SegmentSettings(), 5)
    assert segments.search_stop == segments.valid.stop == segments.holdout.start == 240


def test_dates_are_the_first_days_of_their_segments():
    settings = SegmentSettings(valid_start="2020-05-01", holdout_start="2020-08-01")
    segments = split(DAYS[np.datetime64("2020-05-01") != DAYS], settings, 5)
    days = DAYS[np.datetime64("2020-05-01") != DAYS]
    assert str(days[segments.valid.start]) == "2020-05-02"  # no trading day: the next one
    assert str(days[segments.holdout.start]) == "2020-08-01"


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"train": 0.0}, r"segments\.train"),
        ({"train": 0.7}, "expected 1"),
        ({"holdout": 1.2}, r"segments\.holdout"),
        ({"train": float("nan")}, r"segments\.train"),
        ({"valid_start": "2020-05-01"}, "both dates or neither"),
        ({"valid_start": "May", "holdout_start": "2020-05-01"}, r"segments\.valid_start: got 'May'"),
        ({"valid_start": "2020-06-01", "holdout_start": "2020-05-01"}, "after valid_start"),
        ({"valid_start": "2020-05-01", "holdout_start": "2020-05-01"}, "after valid_start"),
        ({"min_scored_days": 0}, r"segments\.min_scored_days"),
    ],
)
def test_impossible_settings_are_refused(settings, text):
    with pytest.raises(ConfigError, match=text):
        SegmentSettings(**settings)


@pytest.mark.parametrize(
    ("days", "settings", "name"),
    [
        (DAYS[:60], {}, "valid"),
        (DAYS[:0], {}, "train"),
        (DAYS, {"valid_start": "2000-01-01", "holdout_start": "2020-05-01"}, "train"),
        (DAYS, {"valid_start": "2020-05-01", "holdout_start": "2030-01-01"}, "holdout"),
    ],
)
def test_segment_with_too_few_days_is_named(days, settings, name):
    with pytest.raises(ConfigError, match=rf"segments\.{name}.*at least 20"):
        split(days, SegmentSettings(**settings), 5)
