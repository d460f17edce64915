"""Price limits agree with decimal arithmetic and with the boards' rules."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfqgp.sources.limits import limit_percent, limit_prices


@given(cents=st.integers(1, 10**7), percent=st.sampled_from([5, 10, 20, 30]))
def test_limits_are_rounded_half_up_to_the_cent(cents, percent):
    preclose = Decimal(cents) / 100
    up, down = limit_prices(np.array([float(preclose)]), np.array([percent]))
    for got, side in ((up, 1), (down, -1)):
        exact = preclose * (100 + side * percent) / 100
        assert got[0] == float(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))


def test_missing_preclose_gives_no_limit():
    assert np.isnan(limit_prices(np.array([np.nan]), np.array([10]))).all()


@pytest.mark.parametrize(
    ("code", "date", "is_st", "percent"),
    [
        ("600000.SH", "2024-01-02", False, 10),
        ("000001.SZ", "2024-01-02", True, 5),
        ("688981.SH", "2024-01-02", False, 20),
        ("689009.SH", "2024-01-02", True, 20),
        ("300001.SZ", "2020-08-21", False, 10),
        ("300001.SZ", "2020-08-21", True, 5),
        ("300001.SZ", "2020-08-24", False, 20),
        ("301269.SZ", "2022-08-24", True, 20),
        ("830799.BJ", "2024-01-02", False, 30),
        ("920002", "2024-05-30", False, 30),
        ("000300", "2024-01-02", False, 10),
    ],
)
def test_board_decides_the_percent(code, date, is_st, percent):
    assert limit_percent(np.array([code]), np.array([date], "M8[us]"), np.array([is_st])).tolist() == [percent]
