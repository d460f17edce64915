"""Bad rows: dropped, counted and listed where that is wanted, as long as they are few; never more than those."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from broken_tables import BROKEN, put
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dfqgp.errors import ConfigError, DataContractError
from dfqgp.sources import Treatment, check

DROP = Treatment(on_bad="drop", bad_limit=0.2)

# What speaks of the table as a whole refuses it, whatever is wanted of rows.
WHOLE = {
    "missing column 'close'", "column 'x' stands more than once", "no rows with prices", "no row trades", "infinite pe",
    "non-positive mktcap", "row before list_date", "limit_down > limit_up", "open outside [low, high]",
    "close outside [low, high]",
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(BROKEN.keys() - WHOLE))
def test_a_row_that_breaks_a_rule_is_dropped_and_counted(good, kind, caplog):
    broken = BROKEN[kind](good)
    table = check(broken, where="here", treatment=DROP)
    ((words, count),) = [each for each in table.dropped.items() if kind in each[0]]
    assert len(table.frame) == len(broken) - count
    whole = check(broken.drop(index=4).drop(columns=[c for c in broken if c not in good]), where="here")
    columns = ["date", "code", "open", "close", "volume"]
    pd.testing.assert_frame_equal(table.frame[columns], whole.frame[columns])
    assert any(f"dropped, as source.on_bad=drop: {words}" in text and "e.g. (" in text for text in caplog.messages)


@pytest.mark.parametrize("kind", sorted(WHOLE))
def test_what_all_rows_break_or_the_table_is_refused_all_the_same(good, kind):
    with pytest.raises(DataContractError) as error:
        check(BROKEN[kind](good), where="here", features=["pe"] if "pe" in kind else [], treatment=DROP)
    assert kind in str(error.value)


def test_more_than_the_limit_is_refused_with_both_numbers(market):
    few, many = market.copy(), market.copy()
    few.loc[:5, "volume"] = -1.0
    many.loc[:6, "volume"] = -1.0
    drop = Treatment(on_bad="drop")
    assert check(few, where="here", treatment=drop).dropped == {"negative volume": 6}
    with pytest.raises(
        DataContractError, match=r"7 of 6,\d\d\d rows \(0\.11%\) break a rule, source\.bad_limit=0\.001 allows 6"
    ):
        check(many, where="here", treatment=drop)
    with pytest.raises(DataContractError, match="negative volume: 6 rows"):
        check(few, where="here")


@given(st.sets(st.integers(0, 17), max_size=5), st.sets(st.integers(0, 17), max_size=5))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_rows_that_stay_are_those_that_break_nothing(good, negative, missing):
    frame = good.assign(adj_factor=1.0)
    frame.loc[sorted(negative), "volume"] = -1
    frame.loc[sorted(missing), "adj_factor"] = np.nan
    table = check(frame, where="here", treatment=Treatment(on_bad="drop", bad_limit=1.0))
    whole = check(good.drop(index=sorted(negative | missing)).assign(adj_factor=1.0), where="here")
    pd.testing.assert_frame_equal(table.frame, whole.frame)
    counts = {"negative volume": len(negative), "missing adj_factor": len(missing)}
    assert table.dropped == {kind: count for kind, count in counts.items() if count}


def test_a_row_is_counted_once_towards_the_limit_and_under_every_kind(good):
    good.loc[4, ["volume", "amount"]] = -1.0
    table = check(good, where="here", treatment=Treatment(on_bad="drop", bad_limit=1 / 18))
    assert table.dropped == {"negative volume": 1, "negative amount": 1}


def test_all_rows_of_a_repeated_key_are_dropped_as_nothing_says_which_is_right(good):
    table = check(pd.concat([good, good.iloc[[4]].assign(volume=7)]), where="here", treatment=DROP)
    assert table.dropped == {"duplicate (date, code)": 2}
    assert len(table.frame) == 17


def test_nothing_left_is_an_error_and_a_limit_is_a_share(good):
    with pytest.raises(DataContractError, match="no rows left"):
        check(good.assign(volume=-1, is_trading=True), where="here", treatment=Treatment(on_bad="drop", bad_limit=1.0))
    with pytest.raises(ConfigError, match=r"source\.bad_limit: got 2"):
        Treatment(bad_limit=2)


def test_a_code_or_an_industry_that_loses_all_its_rows_is_gone(good):
    frame = put("volume", -1.0, row=slice(6, 11))(good.assign(industry=good["code"].str[:3]))
    columns = check(frame, where="here", treatment=Treatment(on_bad="drop", bad_limit=0.5)).columns
    assert columns.codes == ("000001.SZ", "600000.SH")
    assert columns.group_names == ("000", "600")


@pytest.mark.real_data
def test_a_dozen_bad_rows_of_the_real_table_refuse_it_or_are_dropped(real_frame):
    frame = real_frame.copy()
    bad = frame.index[::30_000][:12]
    frame.loc[bad, "high"] = frame.loc[bad, "low"] - 1.0
    with pytest.raises(DataContractError, match=r"high < low: 1[0-2] rows"):
        check(frame, where="here")
    table = check(frame, where="here", treatment=Treatment(on_bad="drop"))
    assert 10 <= table.dropped["high < low"] <= 12
    assert len(table.columns.days) == len(frame) - sum(frame.loc[bad, "is_trading"])
