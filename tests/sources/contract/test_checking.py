"""The contract: every violation is named with its count and rows, and what passes is normalised."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import pytest
from broken_tables import BROKEN
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dfqgp.errors import DataContractError
from dfqgp.sources import check
from dfqgp.sources.contract.columns import COLUMNS


@pytest.mark.parametrize("kind", BROKEN)
def test_violation_is_named(good, kind):
    with pytest.raises(DataContractError) as error:
        check(BROKEN[kind](good), where="here", features=["pe"] if "pe" in kind else [])
    assert kind in str(error.value)
    assert str(error.value).startswith("here: ")


def test_every_violation_is_in_one_error(good):
    good.loc[1, "volume"] = -1
    good.loc[2:3, "high"] = 0.5
    good["close"] = good["close"].astype(object)
    good.loc[5, "close"] = "n/a"
    good = pd.concat([good, good.iloc[[7, 7]]], ignore_index=True).drop(columns="open")
    with pytest.raises(DataContractError) as error:
        check(good, where="here")
    report = error.value.details["report"]
    assert "missing column 'open'" in report
    assert "close is not a number (" not in report
    assert "close is not a number: 1 row, e.g. (2024-01-09, 000001.SZ, close=n/a)" in report
    assert "high < low: 2 rows" in report
    assert "negative volume: 1 row, e.g. (2024-01-03, 000001.SZ, volume=-1)" in report
    assert "duplicate (date, code): 3 rows" in report
    assert error.value.details["count"] == len(report.splitlines())


@given(rows=st.sets(st.integers(0, 17), min_size=1))
@settings(max_examples=8, deadline=None)
def test_count_and_examples_are_those_of_the_rows(rows):
    days = pd.date_range("2024-01-01", periods=18)
    frame = pd.DataFrame({"date": days, "code": "A", "open": 1.0, "high": 1.0, "low": 1.0, "close": 1.0})
    frame["amount"] = 1.0
    frame["volume"] = np.where(frame.index.isin(rows), -1.0, 1.0)
    with pytest.raises(DataContractError) as error:
        check(frame, where="here")
    report = error.value.details["report"]
    assert f"negative volume: {len(rows)} row" in report
    assert report.count("volume=-1") == min(len(rows), 3)
    assert all(f"({days[row]:%Y-%m-%d}, A, volume=-1)" in report for row in sorted(rows)[:3])


def test_missing_column_comes_with_the_nearest_name(good):
    with pytest.raises(DataContractError, match=r"missing column 'volume'; did you mean 'volumes'\?"):
        check(good.rename(columns={"volume": "volumes"}), where="here")


def test_defaults_are_filled_listed_and_logged_once(good, caplog):
    with caplog.at_level(logging.INFO, logger="dfqgp.sources"):
        table = check(good.drop(columns="amount"), where="here")
    optional = tuple(column.name for column in COLUMNS if not column.required)
    assert table.defaults == optional
    assert [sum(f"no column '{name}'" in text for text in caplog.messages) for name in optional] == [1] * len(optional)
    assert not {"mktcap", "turnover", "limit_up", "limit_down"} & set(table.frame.columns)
    assert (table.frame["adj_factor"] == 1.0).all()
    assert (table.frame["industry"] == "all").all()
    assert table.frame["is_trading"].all()
    assert table.frame["in_universe"].all()
    assert not table.frame["is_st"].any()
    assert (table.frame["list_date"] == good["date"].min()).all()


def test_empty_list_date_becomes_the_first_row(good):
    given = good.assign(list_date=np.where(good["code"] == "300001.SZ", "2001-05-08", None))
    listed = check(given, where="here").frame.groupby("code")["list_date"].first()
    assert listed["300001.SZ"] == pd.Timestamp("2001-05-08")
    assert listed["600000.SH"] == good["date"].min()


def test_types_and_order_are_those_promised(good):
    shuffled = good.sample(frac=1.0, random_state=5).assign(
        date=lambda frame: frame["date"].dt.strftime("%Y%m%d").astype(int),
        code=lambda frame: frame["code"].astype("category"),
        is_st="0",
        industry=pd.Series(["banks", None] * 9),
        pe=np.float32(3),
        note="text",
    )
    table = check(shuffled, where="here", features=["pe"], units={"pe": "count"})
    frame = table.frame
    assert table.units == {"pe": "count"}
    assert frame.index.equals(pd.RangeIndex(len(good)))
    assert frame[["code", "date"]].apply(tuple, axis=1).is_monotonic_increasing
    assert frame["date"].dtype == frame["list_date"].dtype == "datetime64[us]"
    assert {frame[name].dtype for name in ("open", "volume", "adj_factor", "pe")} == {np.dtype("float64")}
    assert {frame[name].dtype for name in ("is_trading", "is_st", "in_universe")} == {np.dtype(bool)}
    assert all(type(code) is str for code in frame["code"])
    assert {cell if cell is None else type(cell) for cell in frame["industry"]} == {None, str}
    assert "note" not in frame


def test_row_order_is_irrelevant_and_input_is_kept(good):
    shuffled = good.sample(frac=1.0, random_state=5)
    before = shuffled.copy(deep=True)
    pd.testing.assert_frame_equal(check(shuffled, where="a").frame, check(good, where="b").frame)
    pd.testing.assert_frame_equal(shuffled, before)


def test_checking_twice_changes_nothing(good):
    once = check(good.assign(pe=1.0, turnover=0.1), where="here", features=["pe"]).frame
    pd.testing.assert_frame_equal(check(once, where="here", features=["pe"]).frame, once)


def test_rows_without_prices_are_dropped_and_counted(good, caplog):
    good.loc[[2, 9], ["open", "high", "low", "close"]] = np.nan
    good.loc[3, "high"] = np.nan
    table = check(good, where="here")
    assert table.dropped == {"all prices missing": 2}
    assert len(table.frame) == 16
    assert "here: dropped 2 rows: all prices missing" in caplog.messages


def test_suspended_rows_are_kept_and_their_prices_not_judged(good):
    good.loc[4, ["open", "high", "low", "volume", "amount"]] = 0
    frame = check(good, where="here").frame
    assert len(frame) == 18
    assert frame.index[~frame["is_trading"]].tolist() == [4]


def test_float32_noise_is_no_violation(good):
    good["high"] = good[["open", "close"]].max(axis=1).astype("float32")
    good["low"] = good[["open", "close"]].min(axis=1).astype("float32")
    assert len(check(good, where="here").frame) == 18


def test_float_mktcap_stands_for_mktcap(good):
    table = check(good.assign(float_mktcap=5.0), where="here")
    assert (table.frame["mktcap"] == 5.0).all()
    assert "float_mktcap" not in table.frame
    both = check(good.assign(float_mktcap=5.0, mktcap=6.0), where="here")
    assert (both.frame["mktcap"] == 6.0).all()
    assert both.units == {}
    asked = check(good.assign(float_mktcap=5.0, mktcap=6.0), where="here", features=["float_mktcap"])
    assert asked.units == {"float_mktcap": "currency"}


@given(st.sets(st.sampled_from(["pe", "pb", "ps"])))
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_further_column_is_kept_if_and_only_if_features_names_it(good, named):
    table = check(good.assign(pe=1.0, pb=2, ps=np.float32(3)), where="here", features=sorted(named))
    assert set(table.units) == {"pe", "pb", "ps"} & set(table.frame.columns) == named


def test_what_is_left_out_stands_in_one_line(good, caplog):
    with caplog.at_level(logging.INFO, logger="dfqgp.sources"):
        check(good.assign(pe=1.0, pb=2, ps=3.0, note="text", flag=True), where="here", features=["pb"])
    assert "here: numeric columns left out, as features does not name them: pe, ps" in caplog.messages
    assert "here: columns left out, as they are neither of the contract nor numeric: note, flag" in caplog.messages


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (["pee"], "features names 'pee', which is no further numeric column of the table; did you mean 'pe'?"),
        (["note"], "features names 'note', which is no further numeric column"),
        (["close"], "features names 'close', which is no further numeric column"),
    ],
)
def test_features_that_the_table_cannot_give_are_violations(good, features, message):
    with pytest.raises(DataContractError) as error:
        check(good.assign(pe=1.0, note="text"), where="here", features=features)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("units", "message"),
    [
        ({"pe": "rato"}, "did you mean 'ratio'"),
        ({"open": "price"}, "column 'open' has a unit, but features does not name it"),
        ({"pe_ttn": "ratio"}, "column 'pe_ttn' has a unit, but features does not name it; did you mean 'pe_ttm'"),
    ],
)
def test_impossible_units_are_violations(good, units, message):
    with pytest.raises(DataContractError, match=message):
        check(good.assign(pe=1.0, pe_ttm=1.0), where="here", features=["pe", "pe_ttm"], units=units)


@pytest.mark.parametrize(("factor", "warned"), [(1.0, False), (0.01, True), (100.0, True)])
def test_volume_in_lots_is_warned_of(good, caplog, factor, warned):
    check(good.assign(volume=good["volume"] * factor), where="here")
    assert any("a lot is 100" in text for text in caplog.messages) is warned
