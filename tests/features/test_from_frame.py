from __future__ import annotations

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import dataset
from vendors import VENDORS, make_table

import dfqgp as dq
from dfqgp.errors import ConfigError, DataContractError, PanelError
from dfqgp.sources import SyntheticSettings
from dfqgp.sources.synthetic import make_market


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
    assert panel.sellable.all()
    assert panel.size is None
    assert "pe" not in panel.fields
    assert dq.Panel.from_frame(frame, features=["pe"]).units["pe"] == "ratio"
    assert (panel.group("industry") == 0).all()


def test_options_reach_their_packages(frame):
    special = frame.assign(is_st=True)
    assert not dq.Panel.from_frame(special, min_listed_days=0).universe.any()
    panel = dq.Panel.from_frame(special, min_listed_days=0, exclude_st=False, features=["pe"], units={"pe": "price"})
    assert panel.universe.all()
    assert panel.units["pe"] == "price"
    days = np.arange("2023-12-01", "2024-02-01", dtype="datetime64[D]")
    assert dq.Panel.from_frame(frame, calendar=days).origin == 31


def test_bad_input_is_refused_with_the_errors_of_the_packages(frame):
    with pytest.raises(DataContractError, match=r"Panel\.from_frame"):
        dq.Panel.from_frame(frame.drop(columns="close"))
    with pytest.raises(ConfigError, match="min_listed_days"):
        dq.Panel.from_frame(frame, min_listed_days=-1)
    with pytest.raises(TypeError, match="min_listed"):
        dq.Panel.from_frame(frame, min_listed=3)


class Stream:
    """Has nothing but the Arrow PyCapsule interface."""

    def __init__(self, frame):
        self._frame = frame

    def __arrow_c_stream__(self, requested_schema=None):
        return self._frame.__arrow_c_stream__(requested_schema)


FOREIGN = {
    "polars": pl.from_pandas,
    "polars with dates": lambda frame: pl.from_pandas(frame).with_columns(pl.col("date").cast(pl.Date)),
    "polars with categories": lambda frame: pl.from_pandas(frame).with_columns(
        pl.col("industry", "code").cast(pl.Categorical)
    ),
    "polars with decimals": lambda frame: pl.from_pandas(frame).with_columns(
        pl.col("open", "close").cast(pl.Decimal(20, 2))
    ),
    "narwhals": lambda frame: nw.from_native(pl.from_pandas(frame)),
    "narwhals of pandas": nw.from_native,
    "pyarrow": pa.Table.from_pandas,
    "pyarrow's reader": lambda frame: pa.Table.from_pandas(frame).to_reader(),
    "pyarrow's batch": pa.RecordBatch.from_pandas,
    "pyarrow's dataset": lambda frame: dataset.dataset(pa.Table.from_pandas(frame)),
    "DuckDB": duckdb.from_df,
    "DuckDB with other types": lambda frame: duckdb.from_df(frame).project(
        "* replace (date::date as date, close::decimal(20, 2) as close, volume::hugeint as volume)"
    ),
    "stream": Stream,
}


@pytest.mark.parametrize("library", FOREIGN)
def test_a_table_of_any_library_gives_the_same_panel(library):
    market = make_market(SyntheticSettings(assets=10, days=30, suspension_rate=0.1, listed_later=0.5))
    market = market.assign(pe=np.arange(len(market)))
    given = FOREIGN[library](market)
    same = dq.Panel.from_frame(market, features=["pe"])
    assert dq.Panel.from_frame(given, features=["pe"]).fingerprint() == same.fingerprint()


@pytest.mark.parametrize(
    ("thing", "got", "remedy"),
    [
        ([1, 2], "list", "convert it"),
        (pl.Series([1]), "Series", "convert it"),
        (pl.LazyFrame({"a": [1]}), "LazyFrame", "collect"),
        (nw.from_native(pl.LazyFrame({"a": [1]})), "LazyFrame", "collect"),
    ],
)
def test_what_is_no_table_is_refused_with_what_to_do(thing, got, remedy):
    with pytest.raises(PanelError, match=rf"frame is {got}.*__arrow_c_stream__.*{remedy}"):
        dq.Panel.from_frame(thing)


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_frame_of_a_vendor_goes_in_as_its_interface_returned_it(vendor):
    export, plain = VENDORS[vendor](make_table(assets=6, days=40))
    features = [name for name in ("pe_ttm", "pb_mrq", "pb", "ps_ttm", "pcf_ttm") if name in plain]
    expected = dq.Panel.from_frame(plain, features=features).fingerprint()
    before = export.copy()
    assert dq.Panel.from_frame(export, layout=vendor).fingerprint() == expected
    assert dq.Panel.from_frame(pl.from_pandas(export), layout=vendor).fingerprint() == expected
    pd.testing.assert_frame_equal(export, before)


def test_an_unknown_layout_is_named_with_the_nearest(frame):
    with pytest.raises(ConfigError, match=r"source\.layout: got 'tushar'.*did you mean 'tushare'"):
        dq.Panel.from_frame(frame, layout="tushar")


@pytest.mark.real_data
def test_real_table_goes_in_as_it_is(real_table_path):
    raw = pd.read_parquet(real_table_path)
    panel = dq.Panel.from_frame(raw, features=["preclose"], units={"preclose": "price"})
    assert panel.shape == (1273, 300)
    # the exchange's previous close is adjusted for the day's split, so both ways to the return agree
    returns = panel.field("close") / panel.field("preclose") - 1
    known = np.isfinite(returns) & np.isfinite(panel.field("returns"))
    assert np.quantile(np.abs(returns - panel.field("returns"))[known], 0.99) < 1e-4
