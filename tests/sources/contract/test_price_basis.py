"""What prices are is told from the data: each kind is known, told prices are taken back, nothing true is doubted."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dfqgp as dq
from dfqgp.errors import DataContractError
from dfqgp.sources import SyntheticSettings, Treatment, check
from dfqgp.sources.contract.columns import PRICES
from dfqgp.sources.synthetic import make_market

ADJUSTED = [*PRICES, "limit_up", "limit_down"]


@pytest.fixture(scope="session")
def history():
    """Two years of 60 stocks: enough dividends and splits to tell by."""
    return make_market(SyntheticSettings(assets=60, days=500)).sort_values(["code", "date"], ignore_index=True)


def adjusted(frame, kind, *, volume=False):
    """The table as a vendor adjusts it: prices alone, or volume with them."""
    scale = frame["adj_factor"]
    if kind == "forward":
        scale = scale / frame.groupby("code")["adj_factor"].transform("last")
    prices = frame[[name for name in ADJUSTED if name in frame]].mul(scale, axis=0)
    return frame.assign(**prices, **({"volume": frame["volume"] / scale} if volume else {}))


def refused(frame, **keywords):
    with pytest.raises(DataContractError) as error:
        check(frame, where="here", treatment=Treatment(**keywords))
    return str(error.value)


@pytest.fixture(scope="session", params=["synthetic", pytest.param("real", marks=pytest.mark.real_data)])
def raw(request):
    """A market with raw prices, its factor and amounts."""
    if request.param == "synthetic":
        return request.getfixturevalue("history")
    return request.getfixturevalue("real_frame").drop(columns=["preclose", "pe_ttm", "pb_mrq"])


def test_raw_prices_are_not_doubted(raw):
    check(raw, where="here")
    check(raw.drop(columns="adj_factor"), where="here")
    check(raw.drop(columns="amount"), where="here")


@pytest.mark.parametrize("kind", ["forward", "backward"])
def test_adjusted_prices_beside_raw_volume_are_refused_by_their_kind(raw, kind):
    table = adjusted(raw, kind)
    for frame in (table, table.drop(columns="adj_factor")):
        words = refused(frame)
        assert f"prices look {kind}-adjusted" in words
        assert f"but volume is raw: set source.prices={kind}, or give raw prices" in words
    assert "prices look adjusted already" in refused(table.drop(columns="amount"))


@pytest.mark.parametrize("kind", ["forward", "backward"])
def test_prices_that_are_told_give_the_panel_of_raw_ones(raw, kind):
    expected = check(raw, where="here").frame
    found = check(adjusted(raw, kind), where="here", treatment=Treatment(prices=kind)).frame
    for name in expected:
        if name in ADJUSTED:
            np.testing.assert_allclose(found[name], expected[name], rtol=1e-12)
        else:
            pd.testing.assert_series_equal(found[name], expected[name])


@pytest.mark.parametrize("kind", ["forward", "backward"])
def test_what_was_told_wrongly_is_refused(raw, kind):
    other = {"forward": "backward", "backward": "forward"}[kind]
    for frame in (raw, adjusted(raw, kind, volume=True), adjusted(raw, other) if kind == "forward" else raw):
        assert f"prices that came as source.prices={kind} are not raw without adj_factor" in refused(frame, prices=kind)


def test_a_factor_that_moves_a_day_late_is_refused(raw):
    late = raw.assign(adj_factor=raw.groupby("code")["adj_factor"].shift(1).fillna(1.0))
    assert "adj_factor moves on other days than they do" in refused(late)


def test_an_inverted_factor_is_refused(raw):
    assert "adj_factor looks inverted" in refused(raw.assign(adj_factor=1.0 / raw["adj_factor"]))


def test_volume_that_was_adjusted_with_the_prices_is_told(raw):
    whole = adjusted(raw, "forward", volume=True)
    assert "prices look adjusted already, or adj_factor moves on other days than they do" in refused(whole)
    check(whole.drop(columns="adj_factor"), where="here")
    assert "prices are raw, but volume looks adjusted" in refused(raw.assign(volume=raw["volume"] / raw["adj_factor"]))


def test_without_a_factor_told_prices_stay_and_vwap_is_left_out(history, caplog):
    table = adjusted(history, "forward").drop(columns=["adj_factor"])
    with caplog.at_level(logging.INFO, logger="dfqgp"):
        panel = dq.Panel.from_frame(table, prices="forward")
    assert "vwap" not in panel.fields
    assert "amount" in panel.fields
    assert any("feature 'vwap' is left out" in text for text in caplog.messages)
    plain = dq.Panel.from_frame(history)
    np.testing.assert_allclose(panel.field("returns"), plain.field("returns"), atol=1e-5)
    bare = check(table.drop(columns="amount"), where="here", treatment=Treatment(prices="forward"))
    assert "amount" not in bare.frame


@given(
    assets=st.integers(2, 12),
    days=st.integers(2, 90),
    seed=st.integers(0, 50),
    amount=st.booleans(),
    factor=st.booleans(),
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
def test_small_markets_are_never_doubted(assets, days, seed, amount, factor):
    market = make_market(SyntheticSettings(assets=assets, days=days, seed=seed))
    absent = [name for name, kept in (("amount", amount), ("adj_factor", factor)) if not kept]
    check(market.drop(columns=absent), where="here")


@pytest.mark.parametrize(("volume", "amount"), [(0.01, 1.0), (1.0, 1e-3), (0.01, 1e-3)])
def test_the_unit_of_volume_and_amount_does_not_matter(history, volume, amount):
    scaled = history.assign(volume=history["volume"] * volume, amount=history["amount"] * amount)
    check(scaled, where="here")
    assert "prices look forward-adjusted" in refused(adjusted(scaled, "forward"))
