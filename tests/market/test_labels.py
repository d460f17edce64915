from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfqgp.errors import ConfigError, PanelError, UnknownFieldError
from dfqgp.market.labels import LabelSettings, forward_return, panel_labels
from dfqgp.panel import Panel

ROWS, ASSETS = 24, 3


def market(seed):
    rng = np.random.default_rng(seed)
    price = np.exp(rng.normal(3.0, 0.2, (ROWS, ASSETS)))
    price[rng.random(price.shape) < 0.1] = np.nan
    return price, rng.random(price.shape) < 0.9


cases = given(seed=st.integers(0, 99), horizon=st.integers(1, 8), stop=st.integers(0, ROWS))


@cases
def test_label_is_its_definition_cell_by_cell(seed, horizon, stop):
    price, buyable = market(seed)
    got = forward_return(price, buyable, horizon, stop)
    assert got.dtype == np.float32
    assert got.flags.c_contiguous
    for t in range(ROWS):
        for i in range(ASSETS):
            leave = t + 1 + horizon
            known = leave < stop and buyable[t + 1, i]
            expected = price[leave, i] / price[t + 1, i] - 1 if known else np.nan
            np.testing.assert_allclose(got[t, i], expected, rtol=1e-6)


@cases
def test_label_never_looks_at_or_past_the_border(seed, horizon, stop):
    price, buyable = market(seed)
    before = forward_return(price, buyable, horizon, stop)
    price[stop:], buyable[stop:] = 1e6, True
    np.testing.assert_array_equal(forward_return(price, buyable, horizon, stop), before)
    assert np.isnan(before[max(stop - horizon - 1, 0) :]).all()


@given(seed=st.integers(0, 99), horizon=st.integers(1, 8), row=st.integers(0, ROWS - 1))
def test_label_depends_on_the_entry_and_the_exit_day_alone(seed, horizon, row):
    price, buyable = market(seed)
    before = forward_return(price, buyable, horizon)
    price[row] *= 2.0
    buyable[row] = ~buyable[row]
    after = forward_return(price, buyable, horizon)
    same = np.array([row not in (t + 1, t + 1 + horizon) for t in range(ROWS)])
    np.testing.assert_array_equal(after[same], before[same])


def test_entry_that_cannot_be_bought_has_no_label_though_the_exit_can():
    price = np.linspace(10, 20, 8)[:, None]
    buyable = np.ones((8, 1), dtype=bool)
    buyable[3] = False
    label = forward_return(price, buyable, horizon=2).ravel()
    assert np.isnan(label).tolist() == [False, False, True, False, False, True, True, True]


def test_suspended_entry_or_exit_has_no_label():
    price = np.linspace(10, 20, 8)[:, None]
    price[3] = np.nan
    label = forward_return(price, np.ones((8, 1), dtype=bool), horizon=2).ravel()
    assert np.isnan(label).tolist() == [True, False, True, False, False, True, True, True]


def test_zero_price_gives_no_infinite_label():
    label = forward_return(np.array([[1.0], [0.0], [1.0]]), np.ones((3, 1), dtype=bool), horizon=1)
    assert np.isnan(label).all()


@pytest.mark.real_data
def test_label_equals_pandas_on_real_data(real_frame):
    horizon = 5
    traded = real_frame[real_frame["is_trading"]]
    adjusted = (traded["open"] * traded["adj_factor"]).rename("p")
    wide = traded.assign(p=adjusted).set_index(["date", "code"])["p"].unstack("code")
    expected = wide.shift(-1 - horizon) / wide.shift(-1) - 1
    got = forward_return(wide.to_numpy(), wide.notna().to_numpy(), horizon)
    np.testing.assert_allclose(got, expected.to_numpy(), rtol=1e-5, atol=1e-8)
    assert np.isfinite(got).mean() > 0.9


@pytest.fixture
def panel():
    price, buyable = market(5)
    return Panel(
        dates=np.datetime64("2024-01-01") + np.arange(ROWS),
        codes=np.array(["a", "b", "c"]),
        fields={"close": price.astype(np.float32)},
        units={"close": "price"},
        groups={},
        universe=buyable,
        buyable=buyable,
    )


def test_panel_labels_use_the_chosen_price(panel):
    got = panel_labels(panel, LabelSettings(horizon=2, entry="close"), stop=20)
    np.testing.assert_array_equal(got, forward_return(panel.field("close"), panel.buyable, 2, 20))


def test_panel_without_the_entry_price_says_so(panel):
    with pytest.raises(UnknownFieldError, match="open"):
        panel_labels(panel, LabelSettings())


@pytest.mark.parametrize(
    ("settings", "text"),
    [({"horizon": 0}, r"label\.horizon"), ({"horizon": 1.5}, "1.5"), ({"entry": "opne"}, "did you mean 'open'")],
)
def test_impossible_settings_are_refused(settings, text):
    with pytest.raises(ConfigError, match=text):
        LabelSettings(**settings)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"horizon": 0}, "horizon"),
        ({"stop": ROWS + 1}, "stop"),
        ({"stop": -1}, "stop"),
        ({"buyable": np.ones((2, 2), dtype=bool)}, "shape"),
    ],
)
def test_impossible_arguments_are_refused(change, text):
    price, buyable = market(0)
    with pytest.raises(PanelError, match=text):
        forward_return(**({"entry_price": price, "buyable": buyable, "horizon": 2} | change))
