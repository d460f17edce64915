"""A small market with everything that stops an order, and its labels cell by cell, by the words of the definition."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from dfqgp.panel import Panel

ROWS, ASSETS = 36, 6


def market(seed, rows=ROWS, columns=ASSETS) -> Panel:
    """Suspensions of many lengths, opens at both limits, a delisting, a late listing, a partial universe."""
    rng = np.random.default_rng(seed)
    shape = (rows, columns)
    close = np.exp(3.0 + np.cumsum(rng.normal(0.0, 0.03, shape), axis=0))
    trading = rng.random(shape) < 0.9
    for column in range(columns):
        start, days = rng.integers(0, rows), rng.integers(1, 15)
        trading[start : start + days, column] = rng.random() < 0.3
    trading[: rng.integers(0, rows // 2), 0] = False
    trading[rng.integers(rows // 2, rows) :, -1] = False
    state = rng.choice(["free", "up", "down"], shape, p=[0.7, 0.1, 0.2])
    fields = {"open": close * rng.uniform(0.97, 1.03, shape), "vwap": close * 1.001, "close": close}
    fields = {name: np.where(trading, values, np.nan).astype(np.float32) for name, values in fields.items()}
    return Panel(
        dates=np.datetime64("2024-01-01") + np.arange(rows),
        codes=np.array([f"{column:06d}" for column in range(columns)]),
        fields=fields,
        units=dict.fromkeys(fields, "price"),
        groups={"industry": rng.integers(-1, 3, shape).astype(np.int16)},
        universe=trading & (rng.random(shape) < 0.8),
        buyable=trading & (state != "up"),
        sellable=trading & (state != "down"),
    )


def disturbed(panel: Panel, rows: slice) -> Panel:
    """The panel with other prices, masks and groups in some rows."""

    def other(matrix: np.ndarray) -> np.ndarray:
        changed = matrix.copy()
        part = changed[rows]
        if matrix.dtype == np.bool_:
            changed[rows] = ~part
        elif matrix.dtype == np.float32:
            changed[rows] = np.where(np.isnan(part), 7.0, part * 3)
        else:
            changed[rows] = part[:, ::-1]
        return changed

    return replace(
        panel,
        fields={name: other(matrix) for name, matrix in panel.fields.items()},
        groups={name: other(matrix) for name, matrix in panel.groups.items()},
        universe=other(panel.universe),
        buyable=other(panel.buyable),
        sellable=other(panel.sellable),
    )


def raw_label(panel: Panel, settings, day: int, stock: int, stop: int) -> float:
    """One cell of the raw label: buy on day + 1, sell by the exit rule; NaN where there is none."""
    price, close = panel.field(settings.entry)[:, stock].astype(float), panel.field("close")[:, stock].astype(float)
    entry, leave = day + 1, day + 1 + settings.horizon
    if day + settings.reach >= stop or not panel.buyable[entry, stock]:
        return math.nan
    if settings.exit == "naive":
        return price[leave] / price[entry] - 1
    can_sell = panel.sellable[:, stock] & np.isfinite(price)
    if settings.exit == "strict":
        return price[leave] / price[entry] - 1 if can_sell[leave] else math.nan
    last = leave + settings.delay
    for late in range(leave, last + 1):
        if can_sell[late]:
            return price[late] / price[entry] - 1
    closes = [close[held] for held in range(entry, last + 1) if np.isfinite(close[held])]
    return closes[-1] / price[entry] - 1 if closes else math.nan


def raw_labels(panel: Panel, settings, stop: int) -> np.ndarray:
    """All cells of the raw label, float64."""
    days, stocks = panel.shape
    return np.array([[raw_label(panel, settings, t, i, stop) for i in range(stocks)] for t in range(days)])
