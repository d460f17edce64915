"""A tree is NaN over its whole lookback, whichever branch of a choice is taken there."""

import numpy as np
import pytest
from panels import random_panel

from dfqgp.engine import Engine
from dfqgp.expr import Vocabulary, parse

ROWS, CUT = 60, 20
PANEL = random_panel(ROWS, 8, missing=0)
CHOICES = (
    "if_else(gt(close, open), close, ts_mean(close, 10))",
    "or(gt(close, open), gt(close, ts_mean(close, 10)))",
    "and(gt(close, open), gt(close, ts_mean(close, 10)))",
)


def values(text, panel, backend):
    return Engine(panel, backend).evaluate([parse(text, Vocabulary.of(panel), typed=False)])[0]


@pytest.mark.parametrize("text", CHOICES)
def test_a_choice_is_missing_over_the_lookback_of_both_branches(text, backend):
    assert np.isnan(values(text, PANEL, backend)[:9]).all()


def test_earlier_rows_change_no_rank_of_a_choice(backend):
    text = f"cs_rank({CHOICES[0]})"
    part, whole = values(text, PANEL.rows(CUT, ROWS), backend), values(text, PANEL, backend)[CUT:]
    there = ~np.isnan(part)
    np.testing.assert_array_equal(part[there], whole[there])
