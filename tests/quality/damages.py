"""Damages of a good table, each with the findings that tell it.

A damage is a function of a frame and a generator; it returns the damaged frame and, for each finding that has to be
there, how many places show it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

PRICES = ["open", "high", "low", "close"]
QUOTES = [*PRICES, "limit_up", "limit_down"]
DAMAGES = {}


def damage(make):
    DAMAGES[make.__name__] = make
    return make


def steady_ones(frame, count):
    """Codes that trade on every day of the table."""
    days = frame["date"].nunique()
    counts = frame[frame["is_trading"]].groupby("code").size()
    return counts[counts == days].index[:count]


def steady(frame):
    return steady_ones(frame, 1)[0]


def middle(frame, share=0.5):
    days = np.sort(frame["date"].unique())
    return days[int(len(days) * share)]


def scaled(frame, rows, columns, factor):
    frame = frame.copy()
    frame.loc[rows, columns] = frame.loc[rows, columns] * factor
    return frame


@damage
def one_factor_times_100(frame):
    row = (frame["code"] == steady(frame)) & (frame["date"] == middle(frame))
    return scaled(frame, row, "adj_factor", 100.0), {"impossible_jumps": 2, "factor_jumps": 2}


@damage
def all_factors_times_100_from_the_middle(frame):
    late = frame["date"] >= middle(frame)
    return scaled(frame, late, "adj_factor", 100.0), {"impossible_jumps": None, "factor_days": 1, "factor_moves": None}


@damage
def half_the_days_in_cents(frame):
    days = np.sort(frame["date"].unique())
    odd = frame["date"].isin(days[::2])
    return scaled(frame, odd, QUOTES, 100.0), {"impossible_jumps": None, "amount_cells": None}


@damage
def the_second_half_in_cents(frame):
    late = frame["date"] >= middle(frame, 0.6)
    return scaled(frame, late, QUOTES, 100.0), {
        "impossible_jumps": None,
        "amount_days": frame.loc[late, "date"].nunique(),
    }


@damage
def one_stock_in_cents(frame):
    rows = frame["code"] == steady(frame)
    days = frame["date"].nunique()
    return scaled(frame, rows, QUOTES, 100.0), {"amount_stocks": 1, "amount_cells": days}


@damage
def some_stocks_in_lots(frame):
    rows = frame["code"].isin(frame["code"].unique()[:3])
    return scaled(frame, rows, "volume", 0.01), {"amount_stocks": 3, "turnover_stocks": 3}


@damage
def inverted_factors(frame):
    return frame.assign(adj_factor=1 / frame["adj_factor"]), {"factor_direction": None, "ex_days": None}


@damage
def no_factors(frame):
    return frame.assign(adj_factor=1.0), {"price_jumps": None, "ex_days": None}


@damage
def unadjusted_splits_without_limits(frame):
    frame = frame.drop(columns=["limit_up", "limit_down"])
    rows = (frame["date"] >= middle(frame)) & frame["code"].isin(steady_ones(frame, 5))
    return scaled(scaled(frame, rows, PRICES, 0.5), rows, "volume", 2.0), {"price_jumps": 5}


@damage
def turnover_in_percent(frame):
    return frame.assign(turnover=frame["turnover"] * 100), {"turnover_level": None, "turnover_high": None}


@damage
def turnover_of_a_stock_in_percent(frame):
    return scaled(frame, frame["code"] == steady(frame), "turnover", 100.0), {"turnover_stocks": 1}


@damage
def turnover_in_percent_on_some_days(frame):
    days = np.sort(frame["date"].unique())[20:30]
    return scaled(frame, frame["date"].isin(days), "turnover", 100.0), {"turnover_days": 10}


@damage
def no_market_capitalisation(frame):
    return frame.assign(mktcap=np.nan), {"mktcap_missing": int(frame["is_trading"].sum())}


@damage
def market_capitalisation_in_another_unit_from_the_middle(frame):
    late = frame["date"] >= middle(frame)
    return scaled(frame, late, "mktcap", 1e-4), {"mktcap_jumps": None, "turnover_days": None}


@damage
def prices_of_1e300(frame):
    row = (frame["code"] == steady(frame)) & (frame["date"] == middle(frame))
    return scaled(frame, row, PRICES, 1e298), {"extreme_prices": 1, "impossible_jumps": 2}


@damage
def repeated_days(frame):
    frame = frame.sort_values(["code", "date"], ignore_index=True)
    traded = frame.groupby("code").cumcount() % 10 == 5
    rows = np.flatnonzero(traded & frame["is_trading"] & frame["is_trading"].shift(fill_value=False))
    frame.loc[rows, PRICES] = frame.loc[rows - 1, PRICES].to_numpy()
    return frame, {"stale_prices": None}


@damage
def no_volume_on_traded_days(frame):
    rows = frame.index[frame["is_trading"]][::20]
    frame = frame.copy()
    frame.loc[rows, ["volume", "amount"]] = 0.0
    return frame, {"zero_volume": len(rows)}


@damage
def closes_outside_the_limits(frame):
    rows = frame.index[frame["is_trading"]][::20]
    frame = frame.copy()
    frame.loc[rows, ["limit_up", "limit_down"]] = frame.loc[rows, ["limit_up", "limit_down"]].to_numpy() * 0.5
    return frame, {"outside_limits": len(rows)}


@damage
def most_stocks_missing_on_some_days(frame):
    days = np.sort(frame["date"].unique())[30:60:2]
    kept = frame["code"].isin(frame["code"].unique()[:15])
    return frame[~frame["date"].isin(days) | kept], {"thin_days": 15}


@damage
def a_stray_day(frame):
    row = frame[frame["date"] == middle(frame)].iloc[:1]
    saturday = pd.Timestamp(middle(frame)) + pd.offsets.Week(weekday=5)
    return pd.concat([frame, row.assign(date=saturday)]), {"stray_days": 1}


@damage
def dates_a_day_early(frame):
    return frame.assign(date=frame["date"] - pd.Timedelta(days=1)), {"shifted_weeks": None}


@damage
def a_year_missing(frame):
    late = frame["date"] >= middle(frame)
    moved = frame["date"] + pd.Timedelta(weeks=52)
    return frame.assign(date=frame["date"].where(~late, moved)), {"calendar_gaps": 1}


@damage
def a_stock_with_gaps(frame):
    rows = frame.index[frame["code"] == steady(frame)]
    return frame.drop(rows[1:-1:3]), {"thin_stocks": 1}


@damage
def a_stock_twice(frame):
    code = steady(frame)
    return pd.concat([frame, frame[frame["code"] == code].assign(code=code + " ")]), {"twin_stocks": 1}


@damage
def another_classification_from_the_middle(frame):
    late = frame["date"] >= middle(frame)
    changed = frame["industry"].where(~late, "new " + frame["industry"].astype(object))
    return frame.assign(industry=changed), {"industry_days": 1, "industry_changes": None}


@damage
def each_stock_an_industry_of_its_own(frame):
    return frame.assign(industry=frame["code"]), {"lone_stocks": None}


@damage
def industries_missing(frame):
    return frame.assign(industry=None), {"industry_unknown": int(frame["is_trading"].sum())}


@damage
def half_the_universe_from_the_middle(frame):
    late = frame["date"] >= middle(frame)
    half = frame["code"].isin(frame["code"].unique()[::2])
    return frame.assign(in_universe=~(late & half)), {"member_changes": 1, "few_members": None}


@damage
def a_crash_to_the_limits(frame):
    frame = frame.copy()
    rows = frame.index[(frame["date"] == frame["date"].max()) & frame["is_trading"]]
    frame.loc[rows, "close"] = frame.loc[rows, "limit_down"]
    return frame, {"limit_days": 1}
