"""The synthetic market, day by day.

Each day, for all stocks at once:

1. the signals of yesterday's close set today's expected return (plant.expected_returns);
2. dividends and splits turn yesterday's close into today's reference price (_go_ex), which sets the limits;
3. the night's return gives the open, the day's return the close, both rounded to cents and held inside the limits;
4. range, turnover, volume and amount follow from the prices (_trade_volume);
5. volatility clusters: today's own return moves tomorrow's variance.

The expected return of the signals of day t falls between the opens of t+1 and t+2, and goes on as long as the signal
lasts. So the label open[t+6] / open[t+1] - 1 sees it, and nothing that was known at t's close does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.sources.limits import MAIN_PERCENT, ST_PERCENT, limit_prices
from dfqgp.sources.synthetic.plant import History, expected_returns
from dfqgp.sources.synthetic.shocks import NIGHT, next_variance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dfqgp.sources.synthetic.securities import Events, Securities
    from dfqgp.sources.synthetic.shocks import Shocks

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

LOT = 100
RANGE = 0.4
ACTIVITY_MEMORY = 0.7


@dataclass(frozen=True, eq=False)
class Bars:
    """Daily bars, days x assets: raw prices, cumulative factor, shares and limits."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    amount: Floats
    adj_factor: Floats
    shares: Floats
    limit_up: Floats
    limit_down: Floats

    @classmethod
    def empty(cls, shape: tuple[int, int]) -> Bars:
        """Return bars without any value yet."""
        return cls(*(np.full(shape, np.nan) for _ in fields(cls)))


@dataclass(eq=False)
class _State:
    """What one day hands to the next, one value per stock."""

    close: Floats
    factor: Floats
    shares: Floats
    variance: Floats
    drift: Floats
    activity: Floats


def simulate(securities: Securities, events: Events, shocks: Shocks, signal: float) -> Bars:
    """Run the market from its first to its last day.

    Parameters
    ----------
    securities, events, shocks
        Stocks, what happens to them, and all random draws.
    signal : float
        Multiplies the strength of the planted signals.

    Returns
    -------
    Bars
        Values before a stock's first day mean nothing; a suspended day repeats the last close without volume.
    """
    shape = events.suspended.shape
    bars, history = Bars.empty(shape), History.empty(shape)
    zeros = np.zeros(shape[1])
    state = _State(securities.price, zeros + 1.0, securities.shares, securities.volatility**2, zeros, zeros)
    for day in range(shape[0]):
        trading = ~events.suspended[day] & (day >= securities.first)
        drift = np.sqrt(state.variance) * expected_returns(history, day - 1, signal)
        _go_ex(state, bars, events, day, securities.first == day)
        _trade_prices(state, bars, shocks, day, trading, drift)
        _trade_volume(state, bars, shocks, day, trading, securities)
        state.close, state.drift = bars.close[day], drift
        _move_variance(state, shocks, securities, day, trading)
        _record(history, bars, day, trading)
    return bars


def _go_ex(state: _State, bars: Bars, events: Events, day: int, first_day: Flags) -> None:
    """Set the reference price after dividend and split; the factor takes up the gap, rounding included."""
    reference = cents(state.close * (1 - events.dividend[day]) / events.split[day])
    state.factor = state.factor * state.close / reference
    state.shares = np.round(state.shares * events.split[day])
    state.close = reference
    up, down = limit_prices(reference, np.where(events.is_st[day], ST_PERCENT, MAIN_PERCENT))
    bars.limit_up[day] = np.where(first_day, np.nan, up)
    bars.limit_down[day] = np.where(first_day, np.nan, down)
    bars.adj_factor[day], bars.shares[day] = state.factor, state.shares


def _trade_prices(state: _State, bars: Bars, shocks: Shocks, day: int, trading: Flags, drift: Floats) -> None:
    sigma = np.sqrt(state.variance)

    def printed(price: Floats) -> Floats:
        inside = np.fmin(np.fmax(cents(price), bars.limit_down[day]), bars.limit_up[day])
        return np.where(trading, inside, state.close)

    # The night belongs to the drift of the day before it: both lie between two opens.
    night = shocks.night[day] + math.sqrt(NIGHT) * sigma * shocks.own_night[day] + NIGHT * state.drift
    hours = shocks.day[day] + math.sqrt(1 - NIGHT) * sigma * shocks.own_day[day] + (1 - NIGHT) * drift
    bars.open[day] = printed(state.close * np.exp(night))
    bars.close[day] = printed(bars.open[day] * np.exp(hours))
    bars.high[day] = printed(np.maximum(bars.open[day], bars.close[day]) * np.exp(RANGE * sigma * shocks.high[day]))
    bars.low[day] = printed(np.minimum(bars.open[day], bars.close[day]) * np.exp(-RANGE * sigma * shocks.low[day]))


def _move_variance(state: _State, shocks: Shocks, securities: Securities, day: int, trading: Flags) -> None:
    """Let the stock's own return, without market, industry and signals, move its variance."""
    draw = math.sqrt(NIGHT) * shocks.own_night[day] + math.sqrt(1 - NIGHT) * shocks.own_day[day]
    moved = next_variance(state.variance, np.sqrt(state.variance) * draw, securities.volatility**2)
    state.variance = np.where(trading, moved, state.variance)


def _trade_volume(state: _State, bars: Bars, shocks: Shocks, day: int, trading: Flags, securities: Securities) -> None:
    """Turnover with a memory that grows with the size of the day's move; amount is volume at the vwap."""
    state.activity = ACTIVITY_MEMORY * state.activity + 0.35 * shocks.activity[day]
    move = np.abs(np.log(bars.close[day] / state.close)) / securities.volatility
    turnover = np.minimum(securities.turnover * np.exp(state.activity + 0.3 * np.minimum(move, 5.0) - 0.25), 0.5)
    volume = np.maximum(np.round(turnover * state.shares / LOT), 1) * LOT
    high, low = bars.high[day], bars.low[day]
    middle = (bars.open[day] + bars.close[day] + high + low) / 4
    vwap = np.clip(middle + shocks.vwap[day] * (high - low), low, high)
    bars.volume[day] = np.where(trading, volume, 0.0)
    bars.amount[day] = np.where(trading, np.round(vwap * volume, 2), 0.0)


def _record(history: History, bars: Bars, day: int, trading: Flags) -> None:
    factor = np.where(trading, bars.adj_factor[day], np.nan)
    history.record(
        day,
        bars.open[day] * factor,
        bars.close[day] * factor,
        bars.volume[day] / factor,
        np.where(trading, bars.volume[day] / bars.shares[day], np.nan),
    )


def cents(price: Floats) -> Floats:
    """Round to cents, at least one."""
    return np.maximum(np.round(price * 100), 1) / 100
