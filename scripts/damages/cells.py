"""Damages of volume, amount, turnover, market capitalisation, limits, groups, flags and further columns."""

from __future__ import annotations

import numpy as np

from damages.damage import Damage, Frame, by_code, every, late, of_one, one_row, put, some, times


def _without(*names: str):
    return lambda frame: frame.drop(columns=list(names))


def _swapped(frame: Frame) -> Frame:
    return frame.assign(volume=frame["amount"], amount=frame["volume"])


VOLUMES = (
    Damage("volume in lots", times(("volume",), 0.01), "refused", "amount_level"),
    Damage("volume in lots in the second half", times(("volume",), 0.01, late), "refused", "amount / volume"),
    Damage("amount in thousands", times(("amount",), 0.001), "refused", "amount_level"),
    Damage("one stock's amount in thousands", times(("amount",), 0.001, of_one), "refused", "amount / volume"),
    Damage("volume and amount exchanged", _swapped, "refused", "amount / volume"),
    Damage("a negative volume", put("volume", -100.0), "refused", "negative volume"),
    Damage("no volume on a tenth of the traded rows", put("volume", 0.0, some(0.1)), "refused", "zero_volume"),
    Damage("a third of the volumes missing", put("volume", None, some(0.33)), "refused", "zero_volume"),
    Damage("no column amount", _without("amount"), "repaired", "amount"),
    Damage("no column amount, with amount=without", _without("amount"), "repaired", "amount", {"amount": "without"}),
    Damage("no column amount, with amount=refuse", _without("amount"), "refused", "amount", {"amount": "refuse"}),
    Damage("turnover in percent", times(("turnover",), 100.0), "refused", "turnover"),
    Damage("turnover in percent in the second half", times(("turnover",), 100.0, late), "refused", "turnover"),
    Damage("a negative turnover", put("turnover", -0.1), "refused", "negative turnover"),
)

SIZES = (
    Damage("mktcap wholly missing", put("mktcap", None, every), "refused", "mktcap"),
    Damage("no column mktcap", _without("mktcap"), "repaired", "mktcap"),
    Damage("a third of mktcap missing", put("mktcap", None, some(0.33)), "reported", "mktcap"),
    Damage("a mktcap of 0", put("mktcap", 0.0), "refused", "non-positive mktcap"),
    Damage("mktcap in ten thousands in the second half", times(("mktcap",), 1e-4, late), "refused", "mktcap_jumps"),
    Damage("one stock's mktcap in ten thousands", times(("mktcap",), 1e-4, of_one), "refused", "turnover_stocks"),
    Damage("limit_down above limit_up", lambda frame: frame.assign(limit_up=frame["limit_down"], limit_down=frame["limit_up"]),
           "refused", "limit_down > limit_up"),
    Damage("limits of another price basis", times(("limit_up", "limit_down"), 0.5), "refused", "outside_limits"),
)  # fmt: skip


def _renamed(frame: Frame) -> Frame:
    return frame.assign(industry=frame["industry"].where(~late(frame), "new " + frame["industry"].astype(str)))


def _reclassified(frame: Frame) -> Frame:
    names = sorted(frame["industry"].dropna().unique())
    random = np.random.default_rng(3).choice(names, len(frame))
    return frame.assign(industry=frame["industry"].where(~some(0.2)(frame), random))


def _ten_stocks(frame: Frame) -> Frame:
    return frame.assign(in_universe=frame["code"].isin(sorted(frame["code"].unique())[:10]))


GROUPS = (
    Damage("each stock alone in its industry", lambda frame: frame.assign(industry=frame["code"]), "reported", "lone_stocks"),
    Damage("half of the industries missing", put("industry", None, some(0.5)), "refused", "industry_unknown"),
    Damage("industry wholly missing", put("industry", None, every), "refused", "industry"),
    Damage("every industry renamed in the middle", _renamed, "reported", "industry"),
    Damage("industries at random on a fifth of the rows", _reclassified, "reported", "industry"),
    Damage("an industry of 0.5", put("industry", 0.5), "refused", "industry is not text"),
    Damage("in_universe False on every row", put("in_universe", False, every), "reported", "universe"),
    Damage("ten stocks in the universe", _ten_stocks, "reported", "few_members"),
    Damage("is_st True on every row", put("is_st", True, every), "reported", "universe"),
    Damage("is_trading False on every row", put("is_trading", False, every), "refused", "is_trading"),
    Damage("is_trading 'perhaps'", put("is_trading", "perhaps"), "refused", "is_trading is not true or false"),
    Damage("suspended rows said to trade", put("is_trading", True, every), "reported", "volume"),
    Damage("list_date after the first row", lambda frame: frame.assign(list_date=frame["date"].max()), "refused",
           "row before list_date"),
)  # fmt: skip


def _feature(make):
    def edit(frame: Frame) -> Frame:
        return frame.assign(signal=make(frame))

    return edit, {"features": ["signal"]}


def _future_return(frame: Frame):
    close = frame["close"] * frame["adj_factor"]
    return close.groupby(frame["code"]).shift(-6) / close.groupby(frame["code"]).shift(-1) - 1


def _next_return(frame: Frame):
    close = frame["close"] * frame["adj_factor"]
    return close.groupby(frame["code"]).shift(-1) / close - 1


def _noisy_future(frame: Frame):
    noise = np.random.default_rng(2).normal(0, 0.06, len(frame))
    return _future_return(frame) + noise


def _of_code(frame: Frame):
    return frame["code"].map({code: place for place, code in enumerate(sorted(frame["code"].unique()))}).astype(float)


def _mostly_missing(frame: Frame):
    return frame["close"].where(some(0.05)(frame))


def _case(what: str, make, outcome, words: str) -> Damage:
    edit, options = _feature(make)
    return Damage(what, edit, outcome, words, options)


FEATURES = (
    _case("a feature that is the future return", _future_return, "refused", "signal"),
    _case("a feature that is tomorrow's return", _next_return, "refused", "signal"),
    _case("a feature that is the future return and as much noise", _noisy_future, "refused", "signal"),
    _case("a feature that never varies in time", _of_code, "reported", "signal"),
    _case("a feature that is 1 everywhere", lambda frame: 1.0, "reported", "signal"),
    _case("a feature that is missing on 95 % of the rows", _mostly_missing, "reported", "signal"),
    _case("an infinite feature", lambda frame: np.inf, "refused", "infinite signal"),
    _case("a feature of text", lambda frame: "high", "refused", "signal"),
    Damage("tomorrow's turnover on today's row", by_code("turnover", lambda column: column.shift(-1)), "not noticed"),
    Damage("one row's volume x 3", times(("volume", "amount", "turnover"), 3.0, one_row), "not noticed"),
)
