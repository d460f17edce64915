"""The daily features.

Prices are back-adjusted: raw price times the cumulative factor, so that new data never rewrites old values. Volume is
divided by the factor, which keeps price times volume what it was. Columns of trading come in with NaN on suspended
days (see assemble), and "previous" is the row before in the calendar, not the last day that the stock traded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.features.registry import feature

if TYPE_CHECKING:
    from dfqgp.features.spec import Matrix


@feature("open", "price", columns=("open", "adj_factor"))
def open_(price: Matrix, factor: Matrix) -> Matrix:
    """First price of the day, back-adjusted."""
    return price * factor


@feature("high", "price", columns=("high", "adj_factor"))
def high(price: Matrix, factor: Matrix) -> Matrix:
    """Highest price of the day, back-adjusted."""
    return price * factor


@feature("low", "price", columns=("low", "adj_factor"))
def low(price: Matrix, factor: Matrix) -> Matrix:
    """Lowest price of the day, back-adjusted."""
    return price * factor


@feature("close", "price", columns=("close", "adj_factor"))
def close(price: Matrix, factor: Matrix) -> Matrix:
    """Last price of the day, back-adjusted."""
    return price * factor


@feature("vwap", "price", columns=("amount", "volume", "adj_factor"))
def vwap(amount: Matrix, volume: Matrix, factor: Matrix) -> Matrix:
    """Mean price of the day's shares, back-adjusted; NaN when none changed hands."""
    return amount / volume * factor


@feature("volume", "shares", columns=("volume", "adj_factor"))
def volume(shares: Matrix, factor: Matrix) -> Matrix:
    """Shares traded, in shares of the stock's first day."""
    return shares / factor


@feature("amount", "currency", columns=("amount",))
def amount(amount: Matrix) -> Matrix:
    """Turnover in currency."""
    return amount


@feature("turnover", "ratio", columns=("turnover",))
def turnover(turnover: Matrix) -> Matrix:
    """Shares traded as a fraction of the float."""
    return turnover


@feature("returns", "ratio", features=("close",))
def returns(close: Matrix) -> Matrix:
    """Close over the previous close, minus 1; NaN when either day is missing."""
    return close / _previous(close) - 1.0


@feature("log_returns", "ratio", features=("close",))
def log_returns(close: Matrix) -> Matrix:
    """Logarithm of the close over the previous close."""
    return np.log(close / _previous(close))


@feature("range_pct", "ratio", features=("high", "low", "close"))
def range_pct(high: Matrix, low: Matrix, close: Matrix) -> Matrix:
    """Height of the day's range over the close."""
    return (high - low) / close


@feature("gap", "ratio", features=("open", "close"))
def gap(open_: Matrix, close: Matrix) -> Matrix:
    """Open over the previous close, minus 1."""
    return open_ / _previous(close) - 1.0


@feature("log_mktcap", "ratio", columns=("mktcap",))
def log_mktcap(mktcap: Matrix) -> Matrix:
    """Logarithm of the market capitalisation, known on suspended days too where the table carries it."""
    return np.log(mktcap)


def _previous(values: Matrix) -> Matrix:
    """Row before; the first row has none."""
    return np.concatenate((np.full_like(values[:1], np.nan), values[:-1]))
