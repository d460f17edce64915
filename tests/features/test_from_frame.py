from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import dfqgp as dq
from dfqgp.errors import ConfigError, DataContractError


@pytest.fixture
def frame():
    dates = pd.bdate_range("2024-01-01", periods=5)
    table = pd.DataFrame([(d, c) for c in ("B", "A") for d in dates], columns=["date", "code"])
    price = np.linspace(10.0, 11.0, len(table))
    return table.assign(open=price, high=price, low=price, close=price, volume=100, amount=100 * price, pe=7.0)


def test_required_columns_are_enough(frame):
    panel = dq.Panel.from_frame(frame, min_listed_days=2)
    assert panel.codes.tolist() == ["A", "B"]
    assert panel.universe[:, 0].tolist() == [False, False, True, True, True]
    assert panel.buyable.all()
    assert panel.size is None
    assert "pe" not in panel.fields
    assert dq.Panel.from_frame(frame, features=["pe"]).units["pe"] == "ratio"
    assert (panel.group("industry") == 0).all()


def test_options_reach_their_rooms(frame):
    special = frame.assign(is_st=True)
    assert not dq.Panel.from_frame(special, min_listed_days=0).universe.any()
    panel = dq.Panel.from_frame(special, min_listed_days=0, exclude_st=False, features=["pe"], units={"pe": "price"})
    assert panel.universe.all()
    assert panel.units["pe"] == "price"
    days = np.arange("2023-12-01", "2024-02-01", dtype="datetime64[D]")
    assert dq.Panel.from_frame(frame, calendar=days).origin == 31


def test_bad_input_is_refused_with_the_errors_of_the_rooms(frame):
    with pytest.raises(DataContractError, match=r"Panel\.from_frame"):
        dq.Panel.from_frame(frame.drop(columns="close"))
    with pytest.raises(ConfigError, match="min_listed_days"):
        dq.Panel.from_frame(frame, min_listed_days=-1)
    with pytest.raises(TypeError, match="min_listed"):
        dq.Panel.from_frame(frame, min_listed=3)


@pytest.mark.real_data
def test_real_table_goes_in_as_it_is(real_table_path):
    raw = pd.read_parquet(real_table_path)
    panel = dq.Panel.from_frame(raw, features=["preclose"], units={"preclose": "price"})
    assert panel.shape == (1273, 300)
    # the exchange's previous close is adjusted for the day's split, so both ways to the return agree
    returns = panel.field("close") / panel.field("preclose") - 1
    known = np.isfinite(returns) & np.isfinite(panel.field("returns"))
    assert np.quantile(np.abs(returns - panel.field("returns"))[known], 0.99) < 1e-4
