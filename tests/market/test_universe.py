from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfqgp.errors import ConfigError
from dfqgp.market.universe import UniverseSettings, buyable_mask, sellable_mask, universe_mask

BOOLS = st.booleans()


@given(BOOLS, BOOLS, BOOLS, BOOLS, st.integers(-3, 5), st.integers(0, 5))
def test_member_needs_every_rule(chosen, trading, special, exclude, age, least):
    got = universe_mask(
        in_universe=np.array([chosen]),
        is_trading=np.array([trading]),
        is_st=np.array([special]),
        listed_days=np.array([age]),
        settings=UniverseSettings(min_listed_days=least, exclude_st=exclude),
    )
    assert got.dtype == np.bool_
    assert got.tolist() == [chosen and trading and age >= least and not (special and exclude)]


@pytest.mark.parametrize("tick", [-0.01, 0.0, 0.01])
@pytest.mark.parametrize("limit", [1.1, 7.07, 10.89, 123.45, 1688.0])
def test_open_at_the_limit_cannot_be_bought_and_a_cent_below_can(limit, tick):
    # 0.1 * 3-like float noise in the quotes must not decide
    noise = np.array([-1e-9, 1e-9])
    got = buyable_mask(is_trading=np.array([True, True]), open_price=limit + tick + noise, limit_up=limit - noise)
    assert got.tolist() == [tick < 0] * 2


@pytest.mark.parametrize("tick", [-0.01, 0.0, 0.01])
@pytest.mark.parametrize("limit", [0.9, 7.07, 8.91, 123.45, 1688.0])
def test_open_at_the_lower_limit_cannot_be_sold_and_a_cent_above_can(limit, tick):
    noise = np.array([-1e-9, 1e-9])
    got = sellable_mask(is_trading=np.array([True, True]), open_price=limit + tick + noise, limit_down=limit - noise)
    assert got.tolist() == [tick > 0] * 2


def test_without_a_lower_limit_what_trades_can_be_sold():
    trading = np.array([True, True, False])
    price = np.array([9.0, 9.0, 9.0])
    assert sellable_mask(is_trading=trading, open_price=price).tolist() == [True, True, False]
    limits = np.array([np.nan, 9.0, np.nan])
    assert sellable_mask(is_trading=trading, open_price=price, limit_down=limits).tolist() == [True, False, False]


def test_no_limit_means_no_rule_and_suspended_is_never_buyable():
    trading = np.array([True, True, False])
    price = np.array([9.0, 9.0, 9.0])
    assert buyable_mask(is_trading=trading, open_price=price).tolist() == [True, True, False]
    limits = np.array([np.nan, 9.0, np.nan])
    assert buyable_mask(is_trading=trading, open_price=price, limit_up=limits).tolist() == [True, False, False]


def test_mask_without_limits_does_not_alias_its_input():
    trading = np.array([True])
    buyable_mask(is_trading=trading, open_price=np.array([1.0]))[0] = False
    sellable_mask(is_trading=trading, open_price=np.array([1.0]))[0] = False
    assert trading[0]


@pytest.mark.parametrize("value", [-1, 2.5, True, "60"])
def test_impossible_listing_age_names_the_key(value):
    with pytest.raises(ConfigError, match=r"universe\.min_listed_days"):
        UniverseSettings(min_listed_days=value)


def test_exclude_st_must_be_a_bool():
    with pytest.raises(ConfigError, match=r"universe\.exclude_st"):
        UniverseSettings(exclude_st="no")
