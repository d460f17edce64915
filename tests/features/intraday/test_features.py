"""Laws of the intraday features: they are what pandas computes, and what changes no meaning changes no value."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from features.intraday.oracle import daily_by_pandas
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dfqgp as dq
from dfqgp.errors import FeatureError
from dfqgp.features.intraday import INTRADAY, IntradayRegistry

OF_BARS = [feature.name for feature in INTRADAY.of_bars()]
SHARES = [name for name in OF_BARS if name.endswith("_share")]


def daily(bars, **changes):
    return dq.intraday(bars, **changes).set_index(["date", "code"])


def assert_same(one, other, **tolerance):
    pd.testing.assert_frame_equal(one[OF_BARS], other[OF_BARS], **({"check_exact": True} | tolerance))


@st.composite
def days(draw):
    """Bars of three stocks on one day, on few distinct prices and volumes, some of them without a trade."""
    rows = []
    for code in ("A", "B", "C"):
        for minute in draw(st.sets(st.integers(1, 240), min_size=1, max_size=12)):
            open_, close = (draw(st.sampled_from([9.9, 10.0, 10.1, 12.0])) for _ in range(2))
            volume = draw(st.sampled_from([0.0, 100.0, 300.0, 1e6]))
            clock = 570 + minute + 90 * (minute > 120)
            time = pd.Timestamp("2024-01-02") + pd.Timedelta(minutes=clock)
            high, low = max(open_, close), min(open_, close)
            rows.append((time, code, open_, high, low, close, volume, volume * (open_ + close) / 2))
    return pd.DataFrame(rows, columns=["time", "code", "open", "high", "low", "close", "volume", "amount"])


def test_every_feature_is_what_pandas_computes(bars):
    some = bars[bars["time"] < bars["time"].min() + pd.Timedelta(days=6)]
    expected = daily_by_pandas(some, least=120)
    assert sorted(expected.columns) == sorted(OF_BARS)
    found = daily(some)
    for name in OF_BARS:
        np.testing.assert_allclose(found[name], expected[name], rtol=2e-6, atol=1e-9, err_msg=name)
    assert found.index.equals(expected.index)


@given(bars=days())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sparse_days_are_what_pandas_computes(bars):
    if not (bars["volume"] > 0).any():
        assert daily(bars, min_share=0.001).empty
        return
    expected = daily_by_pandas(bars, least=1)
    found = daily(bars, min_share=0.001)
    for name in OF_BARS:
        np.testing.assert_allclose(found[name], expected[name], rtol=2e-6, atol=1e-7, err_msg=name)
    assert ((found[SHARES] >= 0) & (found[SHARES] <= 1 + 1e-6) | found[SHARES].isna()).all().all()


def test_what_changes_no_meaning_changes_no_value(bars, one_day):
    plain = daily(one_day)
    assert_same(daily(one_day.sample(frac=1.0, random_state=1)), plain)
    assert_same(daily(one_day[one_day["volume"] > 0]), plain)  # minutes without a trade, given or not
    assert_same(daily(bars).loc[[one_day["time"].iloc[0].normalize()]], plain)  # nor do other days
    codes = one_day["code"].drop_duplicates().iloc[::3]
    assert_same(daily(one_day[one_day["code"].isin(codes)]), plain.loc[(slice(None), codes.to_list()), :])
    assert_same(daily(one_day.assign(time=one_day["time"] - pd.Timedelta(minutes=1)), stamp="start"), plain)


def test_scales_of_price_and_volume_change_what_has_a_unit_alone(one_day):
    plain = daily(one_day)
    prices = ["open", "high", "low", "close", "amount"]
    dearer = daily(one_day.assign(**{name: 8 * one_day[name] for name in prices}))
    more = daily(one_day.assign(volume=4 * one_day["volume"], amount=4 * one_day["amount"]))
    for changed, factor in ((dearer, 8), (more, 4)):
        assert_same(changed.assign(price_impact=factor * changed["price_impact"]), plain, check_exact=False, rtol=2e-6)


@pytest.mark.parametrize("feature", list(INTRADAY), ids=lambda feature: feature.name)
def test_every_feature_says_what_it_is(feature):
    assert feature.build.__doc__.strip().endswith(".")
    assert feature.formula


def test_a_stock_with_few_bars_has_no_values(one_day):
    short = one_day["code"].iloc[0]
    cut = one_day[(one_day["code"] != short) | (one_day.groupby("code").cumcount() < 119)]
    found, plain = daily(cut), daily(one_day)
    assert found.xs(short, level="code")[OF_BARS].isna().all().all()
    assert_same(found.drop(short, level="code"), plain.drop(short, level="code"))
    assert daily(cut, min_share=0.4).xs(short, level="code")["realized_volatility"].notna().all()


def test_impossible_declarations_are_refused():
    for change, text in ({"name": "a b"}, "identifier"), ({"unit": "prise"}, "'price'"), ({"version": 0}, "version"):
        with pytest.raises(FeatureError, match=text):
            IntradayRegistry().register(**({"name": "a", "unit": "ratio", "formula": "x"} | change))(lambda day: day)
    with pytest.raises(FeatureError, match="taken"):
        INTRADAY.register("jump_share", "ratio", "x")(lambda day: day)
    with pytest.raises(FeatureError, match="did you mean 'jump_share'"):
        INTRADAY.get("jump_shar")
