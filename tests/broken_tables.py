"""Tables that break the data contract, one kind of violation each, made of one that keeps it."""

from __future__ import annotations

import numpy as np
import pandas as pd


def put(column, value, row=4):
    """Return a function that writes one cell, making the column when it is absent."""

    def edit(frame):
        frame[column] = frame[column].astype(object) if column in frame else None
        frame.loc[row, column] = value
        return frame

    return edit


def fill(column, value):
    return lambda frame: frame.assign(**{column: value})


BROKEN = {
    "missing column 'close'": lambda frame: frame.drop(columns="close"),
    "column 'x' stands more than once": lambda frame: pd.concat(
        [frame, frame[["open", "open"]].set_axis(["x", "x"], axis=1)], axis=1
    ),
    "date is not a date": put("date", "yesterday"),
    "code is not text": put("code", 1),
    "close is not a number": put("close", "n/a"),
    "is_trading is not true or false": lambda frame: put("is_trading", "perhaps")(frame.assign(is_trading=True)),
    "industry is not text": lambda frame: put("industry", 1.5)(frame.assign(industry="banks")),
    "missing date": put("date", None),
    "missing code": put("code", ""),
    "duplicate (date, code)": lambda frame: pd.concat([frame, frame.iloc[[4]]]),
    "non-positive open on a trading day": put("open", 0.0),
    "high < low": lambda frame: frame.assign(high=frame["high"].where(frame.index != 4, frame["low"] - 0.01)),
    "open outside [low, high]": lambda frame: frame.assign(open=frame["high"] + 0.01),
    "close outside [low, high]": lambda frame: frame.assign(close=frame["low"] - 0.01),
    "negative volume": put("volume", -100),
    "negative amount": put("amount", -0.5),
    "negative turnover": lambda frame: put("turnover", -0.1)(frame.assign(turnover=0.1)),
    "infinite amount": put("amount", np.inf),
    "infinite pe": fill("pe", -np.inf),
    "missing adj_factor": lambda frame: put("adj_factor", None)(frame.assign(adj_factor=1.0)),
    "non-positive adj_factor": lambda frame: put("adj_factor", 0.0)(frame.assign(adj_factor=1.0)),
    "non-positive mktcap": fill("mktcap", 0.0),
    "limit_down > limit_up": lambda frame: frame.assign(limit_up=1.0, limit_down=2.0),
    "row before list_date": fill("list_date", "2024-01-04"),
    "no row trades": fill("is_trading", value=False),
    "no rows with prices": lambda frame: frame.iloc[:0],
}
