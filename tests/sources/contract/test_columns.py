"""Columns: names that were meant, columns without values, large numbers, codes that are one, an absent amount."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import pytest

import dfqgp as dq
from dfqgp.errors import DataContractError, PanelError
from dfqgp.sources import Treatment, check
from dfqgp.sources.contract.columns import BY_NAME
from dfqgp.sources.contract.names import VENDORS
from dfqgp.sources.layouts import LAYOUTS


def refused(frame, **keywords):
    with pytest.raises(DataContractError) as error:
        check(frame, where="here", **keywords)
    return str(error.value)


def dates_in_an_unnamed_index(good):
    return good.drop(columns="date").set_index(pd.DatetimeIndex(good["date"], name=None))


def in_one_column(good):
    return pd.DataFrame({";".join(good.columns): ["000001.SZ;2024-01-02;1;1;1;1;1;1"]})


IN_INDEX = "which is in the index: call reset_index()"
NAMES = [
    (f"missing column 'date', {IN_INDEX}", lambda good: good.set_index(["date", "code"])),
    (f"missing column 'code', {IN_INDEX}", lambda good: good.set_index(["date", "code"])),
    (f"missing column 'date', {IN_INDEX}", dates_in_an_unnamed_index),
    (
        "did you mean 'Close'? Names are in lower case: rename it, or set source.columns.close=Close",
        lambda good: good.rename(columns=str.title),
    ),
    ("did you mean 'DATE'?", lambda good: good.rename(columns=str.upper)),
    ("did you mean ' open '?", lambda good: good.rename(columns={"open": " open "})),
    (
        "the only column is 'code;date;open;high;low;close;volume;amount', so the table is separated by semicolons",
        in_one_column,
    ),
    (
        "missing column 'close'; there are: code, date, open, high, low, volume, amount",
        lambda good: good.drop(columns="close"),
    ),
    ("missing column 'volume'; did you mean 'volumes'?", lambda good: good.rename(columns={"volume": "volumes"})),
    (
        "ts_code, vol are names of tushare: set source=tushare, or layout='tushare' in a notebook",
        lambda good: good.rename(columns={"code": "ts_code", "volume": "vol"}),
    ),
    (
        "s09, s10, s11 and 28 more): melt it to one row per (date, code)",
        lambda good: pd.DataFrame(1.0, index=good.index, columns=[f"s{n:02}" for n in range(40)]),
    ),
]


def test_signs_of_vendors_are_names_of_their_layouts():
    for vendor, signs in VENDORS.items():
        layout = LAYOUTS[vendor]
        assert signs <= {*layout.columns.values(), *layout.marks}, vendor
        assert not signs & BY_NAME.keys(), vendor


@pytest.mark.parametrize(("words", "change"), NAMES)
def test_a_missing_column_comes_with_what_was_meant(good, words, change):
    assert words in refused(change(good))


@pytest.mark.parametrize("name", ["mktcap", "float_mktcap", "turnover", "industry", "volume", "amount", "pe"])
@pytest.mark.parametrize("empty", [None, np.nan])
def test_a_column_without_any_value_is_refused_by_name(good, name, empty):
    column = pd.Series([empty] * 18, dtype=object if name == "industry" else "float64")
    words = refused(good.assign(**{name: column}), features=["pe"] if name == "pe" else [])
    assert f"column '{name.removeprefix('float_')}' has no value on any row: fill it" in words


@pytest.mark.parametrize("name", ["list_date", "limit_up", "limit_down"])
def test_a_column_whose_empty_cells_mean_something_is_as_good_as_none(good, name, caplog):
    with caplog.at_level(logging.INFO, logger="dfqgp.sources"):
        table = check(good.assign(**{name: pd.Series([None] * 18, dtype="float64")}), where="here")
    pd.testing.assert_frame_equal(table.frame, check(good, where="here").frame)
    assert name in table.defaults
    assert any(f"no column '{name}'" in text for text in caplog.messages)


@pytest.mark.parametrize("value", [1e300, -4e38])
def test_a_number_that_float32_does_not_hold_is_refused(good, value):
    frame = good.astype({"amount": float}).assign(pe=1.0)
    frame.loc[4, "pe"] = value
    assert f"pe beyond what float32 holds: 1 row, e.g. (2024-01-08, 000001.SZ, pe={value:.10g})" in refused(
        frame, features=["pe"]
    )
    frame.loc[4, "pe"] = 3e38
    assert len(check(frame, where="here", features=["pe"]).frame) == 18


def test_industry_that_is_no_text_says_what_is_expected(good):
    words = refused(good.assign(industry=0.5))
    assert (
        "industry is not text (a name, or a whole number that is one): 18 rows, e.g. (2024-01-02, 000001.SZ, indus"
        in words
    )


def test_spaces_around_codes_and_industries_are_repaired_with_a_count(good, caplog):
    industry = np.where(good["code"] == "300001.SZ", "steel", "banks")
    clean = check(good.assign(industry=industry), where="here")
    spaced = good.assign(industry=industry)
    spaced.loc[[1, 3, 8], "code"] = [" 000001.SZ", "000001.SZ\t", "300001.SZ\u3000"]
    spaced.loc[2, "industry"] = "banks "
    table = check(spaced, where="here")
    assert table.repaired == {"spaces around code": 3, "spaces around industry": 1}
    assert "here: repaired in 3 rows: spaces around code" in caplog.messages
    pd.testing.assert_frame_equal(table.frame, clean.frame)
    assert clean.repaired == {}
    assert "duplicate (date, code): 2 rows" in refused(pd.concat([good, good.iloc[[4]].assign(code="000001.SZ ")]))


def test_codes_that_differ_in_case_only_are_refused_by_name(good):
    twins = good.replace({"code": {"300001.SZ": "000001.sz"}})
    words = "codes that differ in upper and lower case only: '000001.SZ' and '000001.sz' (1 in all): spell each code in"
    assert words in refused(twins)
    assert words in refused(twins, treatment=Treatment(on_bad="drop", bad_limit=1.0))


def test_an_absent_amount_is_the_typical_price_times_the_volume(good, caplog):
    bare = good.drop(columns="amount")
    with caplog.at_level(logging.INFO, logger="dfqgp.sources"):
        table = check(bare, where="here")
    typical = (good["high"] + good["low"] + good["close"]) / 3 * good["volume"]
    np.testing.assert_allclose(table.frame["amount"], typical)
    assert table.defaults[0] == "amount"
    assert any(
        "no column 'amount'; default: typical price (high + low + close) / 3 x volume" in t for t in caplog.messages
    )
    panel = dq.Panel.from_frame(bare)
    price = typical / good["volume"]
    np.testing.assert_allclose(panel.field("vwap").T.ravel(), price, rtol=1e-6)


def test_without_amount_there_is_no_vwap_and_the_log_says_so(good, caplog):
    bare = good.drop(columns="amount")
    with caplog.at_level(logging.INFO, logger="dfqgp"):
        panel = dq.Panel.from_frame(bare, amount="without")
    assert not {"amount", "vwap"} & set(panel.fields)
    assert any("default: no feature amount and no vwap" in text for text in caplog.messages)
    assert "feature 'vwap' is left out: no column 'amount'" in caplog.messages
    with pytest.raises(PanelError, match=r"'vwap' is missing.*a table without amount gives no vwap"):
        dq.score("close", panel, entry="vwap", horizon=1, exit="naive")
    assert dq.Panel.from_frame(good, amount="without").fingerprint() == dq.Panel.from_frame(good).fingerprint()


def test_an_absent_amount_is_refused_where_that_is_wanted(good):
    assert "missing column 'amount'" in refused(good.drop(columns="amount"), treatment=Treatment(amount="refuse"))
