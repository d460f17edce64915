from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfqgp.errors import ConfigError
from dfqgp.market.labels import forward_return
from dfqgp.market.segments import SegmentSettings, split

DAYS = np.datetime64("2020-01-01") + np.arange(300)


@given(length=st.integers(60, 300), horizon=st.integers(1, 6), cut=st.floats(0.3, 0.6))
def test_segments_cover_all_days_in_time_order_and_score_disjoint_purged_rows(length, horizon, cut):
    settings = SegmentSettings(train=cut, valid=0.9 - cut, holdout=0.1, min_scored_days=1)
    if round(length * 0.1) < horizon + 3:
        return
    train, valid, holdout = parts = tuple(split(DAYS[:length], settings, horizon))
    assert [p.name for p in parts] == ["train", "valid", "holdout"]
    assert (train.start, train.stop, valid.stop, holdout.stop) == (0, valid.start, holdout.start, length)
    for part in parts:
        assert part.start < part.scored_stop == part.stop - (horizon + 1)
        assert (part.scored.start, part.scored.stop) == (part.start, part.scored_stop)


def test_purged_rows_are_exactly_those_whose_labels_would_cross_the_border():
    horizon = 4
    price = np.ones((300, 1))
    for part in split(DAYS, SegmentSettings(), horizon):
        label = forward_return(price, np.ones((300, 1), dtype=bool), horizon, part.stop)
        labelled = np.flatnonzero(np.isfinite(label[part.start : part.stop, 0])) + part.start
        assert labelled.tolist() == list(range(part.start, part.scored_stop))


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
