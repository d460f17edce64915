"""Stacked frames hold what pandas.concat would give."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import example, given
from hypothesis import strategies as st

from dfqgp.sources.stack import stack

COLUMNS = {
    "code": st.sampled_from(["000001.SZ", "600000.SH", None]),
    "close": st.floats(allow_infinity=False),
    "volume": st.integers(0, 9),
    "is_st": st.booleans(),
    "date": st.datetimes(),
}


@st.composite
def frames(draw):
    """Frames that share some columns, texts as categories or not."""
    names = draw(st.lists(st.sampled_from(list(COLUMNS)), min_size=1, unique=True))
    rows = draw(st.integers(0, 4))
    columns = {name: draw(st.lists(COLUMNS[name], min_size=rows, max_size=rows)) for name in names}
    index = draw(st.permutations(range(rows)))
    frame = pd.DataFrame(columns, index=index)
    return frame.astype({"code": "category"}) if "code" in frame and draw(st.booleans()) else frame


@given(st.lists(frames(), min_size=1, max_size=4))
@example([pd.DataFrame({"code": pd.Categorical(codes)}) for codes in (["a"], [None])])  # categories of two types
@example([pd.DataFrame({"code": ["a"]}), pd.DataFrame({"code": pd.Categorical(["b"])})])
def test_values_are_those_of_concat(given_frames):
    before = [frame.copy(deep=True) for frame in given_frames]
    full = [frame for frame in given_frames if len(frame)] or given_frames[:1]
    expected = pd.concat(full, ignore_index=True)
    handed = list(given_frames)
    stacked = stack(handed)
    assert not handed
    pd.testing.assert_frame_equal(stacked.astype(object), expected.astype(object))
    for frame, was in zip(given_frames, before):
        pd.testing.assert_frame_equal(frame, was)


def test_categories_stay_categories():
    texts = [pd.DataFrame({"code": pd.Categorical(codes)}) for codes in (["a", "b"], ["c", None])]
    stacked = stack(texts)["code"]
    assert stacked.cat.categories.tolist() == ["a", "b", "c"]
    assert stacked.cat.codes.tolist() == [0, 1, 2, -1]


def test_repeated_columns_are_still_there():
    frame = pd.DataFrame(np.ones((2, 2)), columns=["x", "x"])
    assert stack([frame, frame]).columns.tolist() == ["x", "x"]
