"""Damages of prices, of the adjustment factor and of what prices are."""

from __future__ import annotations

import numpy as np

from damages.damage import Damage, Frame, by_code, days_of, every, late, of_one, one_row, put, times

OHLC = ("open", "high", "low", "close")


def _odd_days(frame: Frame):
    return frame["date"].isin(days_of(frame)[::2])


def _swapped(frame: Frame, one: str, two: str) -> Frame:
    return frame.assign(**{one: frame[two], two: frame[one]})


def _shifted(frame: Frame, columns: tuple[str, ...], rows: int) -> Frame:
    moved = {name: frame.groupby("code")[name].shift(rows).fillna(frame[name]) for name in columns}
    return frame.assign(**moved)


def _frozen(frame: Frame) -> Frame:
    mask = of_one(frame) & frame["is_trading"]
    rows = np.flatnonzero(mask)[50:90]
    changed = frame.copy()
    for name in (*OHLC, "volume", "amount"):
        changed.loc[rows, name] = changed.loc[rows[0], name]
    return changed


def _repeated_day(frame: Frame) -> Frame:
    days = days_of(frame)
    before = frame[frame["date"] == days[149]].set_index("code")
    changed, rows = frame.copy(), frame["date"] == days[150]
    for name in (*OHLC, "volume", "amount", "turnover"):
        changed.loc[rows, name] = frame.loc[rows, "code"].map(before[name]).fillna(frame.loc[rows, name])
    return changed


def _no_limits(frame: Frame) -> Frame:
    return frame.drop(columns=["limit_up", "limit_down"])


def _scaled_prices(frame: Frame, factor) -> Frame:
    return frame.assign(**{name: frame[name] * factor for name in (*OHLC, "limit_up", "limit_down")})


def _forward(frame: Frame) -> Frame:
    last = frame.groupby("code")["adj_factor"].transform("last")
    return _scaled_prices(frame, frame["adj_factor"] / last).drop(columns="adj_factor")


def _backward(frame: Frame) -> Frame:
    return _scaled_prices(frame, frame["adj_factor"]).drop(columns="adj_factor")


def _twice(frame: Frame) -> Frame:
    return _scaled_prices(frame, frame["adj_factor"])


PRICES = (
    Damage("one close x 100", times(("close",), 100.0, one_row), "refused", "close outside [low, high]"),
    Damage("all prices of one row x 100", times(OHLC, 100.0, one_row), "refused", "jump"),
    Damage("all prices of one row x 1e30", times(OHLC, 1e30, one_row), "refused", "jump"),
    Damage("prices of 1e300", times(OHLC, 1e300), "refused", "float32"),
    Damage("one stock in cents", times(OHLC, 100.0, of_one), "refused", "amount / volume"),
    Damage("every other day in cents", times(OHLC, 100.0, _odd_days), "refused", "jump"),
    Damage("the second half of the days in cents", times(OHLC, 100.0, late), "refused", "jump"),
    Damage("an open of 0 on a trading day", put("open", 0.0), "refused", "non-positive open"),
    Damage("a negative close", put("close", -1.0), "refused", "non-positive close"),
    Damage("an infinite high", put("high", np.inf), "refused", "infinite high"),
    Damage("high and low exchanged", lambda frame: _swapped(frame, "high", "low"), "refused", "high < low"),
    Damage("open and close exchanged", lambda frame: _swapped(frame, "open", "close"), "refused", "ex_days"),
    Damage(
        "open and close exchanged, no price limits in the table",
        lambda frame: _swapped(_no_limits(frame), "open", "close"),
        "refused",
        "leaks 'gap'",
    ),
    Damage("tomorrow's prices on today's row", lambda frame: _shifted(frame, OHLC, -1), "refused", "amount / volume"),
    Damage("yesterday's prices on today's row", lambda frame: _shifted(frame, OHLC, 1), "refused", "amount / volume"),
    Damage("one stock's prices and volume frozen for 40 days", _frozen, "refused", "ex_days"),
    Damage(
        "one stock frozen so, no price limits in the table",
        lambda frame: _no_limits(_frozen(frame)),
        "reported",
        "stale_prices",
    ),
    Damage("a day's file delivered twice, as the next day's too", _repeated_day, "refused", "ex_days"),
    Damage(
        "a day delivered twice so, no price limits in the table",
        lambda frame: _no_limits(_repeated_day(frame)),
        "reported",
        "stale_prices",
    ),
    Damage("forward-adjusted prices, raw volume", _forward, "refused", "forward"),
    Damage("backward-adjusted prices, raw volume", _backward, "refused", "backward"),
    Damage("adjusted prices beside the factor", _twice, "refused", "adjusted"),
)


def _one_late(frame: Frame):
    return of_one(frame) & late(frame)


def _other_stocks(frame: Frame) -> Frame:
    codes = sorted(frame["code"].unique())
    other = dict(zip(codes, codes[1:] + codes[:1], strict=True))
    table = frame.set_index(["code", "date"])["adj_factor"]
    keys = list(zip(frame["code"].map(other), frame["date"], strict=True))
    return frame.assign(adj_factor=table.reindex(keys).fillna(1.0).to_numpy())


FACTORS = (
    Damage("one factor x 100", times(("adj_factor",), 100.0, one_row), "refused", "adj_factor"),
    Damage(
        "one stock's factors x 100 from the middle on",
        times(("adj_factor",), 100.0, _one_late),
        "refused",
        "impossible_jumps",
    ),
    Damage("all factors x 100 from the middle on", times(("adj_factor",), 100.0, late), "refused", "adj_factor"),
    Damage("inverted factors", lambda frame: frame.assign(adj_factor=1 / frame["adj_factor"]), "refused", "inverted"),
    Damage("factors of 1 in spite of splits", put("adj_factor", 1.0, every), "refused", "jump"),
    Damage(
        "no column of factors in spite of splits", lambda frame: frame.drop(columns="adj_factor"), "refused", "jump"
    ),
    Damage(
        "factors a day late", by_code("adj_factor", lambda column: column.shift(1).bfill()), "refused", "adj_factor"
    ),
    Damage("factors of another stock", _other_stocks, "refused", "adj_factor"),
    Damage("a factor of 0", put("adj_factor", 0.0), "refused", "non-positive adj_factor"),
    Damage("a missing factor", put("adj_factor", None), "refused", "missing adj_factor"),
    Damage(
        "a missing factor, with on_bad=drop",
        put("adj_factor", None),
        "repaired",
        "missing adj_factor",
        {"on_bad": "drop"},
    ),
)
