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

    from dfqgp.sources.synthetic.roster import Events, Roster
    from dfqgp.sources.synthetic.shocks import Shocks

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

LOT = 100
RANGE = 0.4
CROWD_MEMORY = 0.7


@dataclass(frozen=True, eq=False)
class Tape:
    """What the market printed, days x assets: raw prices, cumulative factor, shares and limits."""

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
    def empty(cls, shape: tuple[int, int]) -> Tape:
        """Return an unwritten tape."""
        return cls(*(np.full(shape, np.nan) for _ in fields(cls)))


@dataclass(eq=False)
class _State:
    """What one day hands to the next, one value a stock."""

    close: Floats
    factor: Floats
    shares: Floats
    variance: Floats
    drift: Floats
    crowd: Floats


def simulate(roster: Roster, events: Events, shocks: Shocks, signal: float) -> Tape:
    """Run the market from its first to its last day.

    Parameters
    ----------
    roster, events, shocks
        Stocks, what happens to them, and all random draws.
    signal : float
        Multiplies the strength of the planted signals.

    Returns
    -------
    Tape
        Values before a stock's first day mean nothing; a suspended day repeats the last close without volume.
    """
    shape = events.suspended.shape
    tape, history = Tape.empty(shape), History.empty(shape)
    zeros = np.zeros(shape[1])
    state = _State(roster.price, zeros + 1.0, roster.shares, roster.volatility**2, zeros, zeros)
    for day in range(shape[0]):
        trading = ~events.suspended[day] & (day >= roster.first)
        drift = np.sqrt(state.variance) * expected_returns(history, day - 1, signal)
        _go_ex(state, tape, events, day, roster.first == day)
        _trade_prices(state, tape, shocks, day, trading, drift)
        _trade_volume(state, tape, shocks, day, trading, roster)
        state.close, state.drift = tape.close[day], drift
        _move_variance(state, shocks, roster, day, trading)
        _record(history, tape, day, trading)
    return tape


def _go_ex(state: _State, tape: Tape, events: Events, day: int, first_day: Flags) -> None:
    """Set the reference price after dividend and split; the factor takes up the gap, rounding included."""
    reference = cents(state.close * (1 - events.dividend[day]) / events.split[day])
    state.factor = state.factor * state.close / reference
    state.shares = np.round(state.shares * events.split[day])
    state.close = reference
    up, down = limit_prices(reference, np.where(events.is_st[day], ST_PERCENT, MAIN_PERCENT))
    tape.limit_up[day] = np.where(first_day, np.nan, up)
    tape.limit_down[day] = np.where(first_day, np.nan, down)
    tape.adj_factor[day], tape.shares[day] = state.factor, state.shares


def _trade_prices(state: _State, tape: Tape, shocks: Shocks, day: int, trading: Flags, drift: Floats) -> None:
    sigma = np.sqrt(state.variance)

    def printed(price: Floats) -> Floats:
        inside = np.fmin(np.fmax(cents(price), tape.limit_down[day]), tape.limit_up[day])
        return np.where(trading, inside, state.close)

    # The night belongs to the drift of the day before it: both lie between two opens.
    night = shocks.night[day] + math.sqrt(NIGHT) * sigma * shocks.own_night[day] + NIGHT * state.drift
    hours = shocks.day[day] + math.sqrt(1 - NIGHT) * sigma * shocks.own_day[day] + (1 - NIGHT) * drift
    tape.open[day] = printed(state.close * np.exp(night))
    tape.close[day] = printed(tape.open[day] * np.exp(hours))
    tape.high[day] = printed(np.maximum(tape.open[day], tape.close[day]) * np.exp(RANGE * sigma * shocks.high[day]))
    tape.low[day] = printed(np.minimum(tape.open[day], tape.close[day]) * np.exp(-RANGE * sigma * shocks.low[day]))


def _move_variance(state: _State, shocks: Shocks, roster: Roster, day: int, trading: Flags) -> None:
    """Let the stock's own return, without market, industry and signals, move its variance."""
    draw = math.sqrt(NIGHT) * shocks.own_night[day] + math.sqrt(1 - NIGHT) * shocks.own_day[day]
    moved = next_variance(state.variance, np.sqrt(state.variance) * draw, roster.volatility**2)
    state.variance = np.where(trading, moved, state.variance)


def _trade_volume(state: _State, tape: Tape, shocks: Shocks, day: int, trading: Flags, roster: Roster) -> None:
    """Turnover with a memory that grows with the size of the day's move; amount is volume at the vwap."""
    state.crowd = CROWD_MEMORY * state.crowd + 0.35 * shocks.crowd[day]
    move = np.abs(np.log(tape.close[day] / state.close)) / roster.volatility
    turnover = np.minimum(roster.turnover * np.exp(state.crowd + 0.3 * np.minimum(move, 5.0) - 0.25), 0.5)
    volume = np.maximum(np.round(turnover * state.shares / LOT), 1) * LOT
    high, low = tape.high[day], tape.low[day]
    middle = (tape.open[day] + tape.close[day] + high + low) / 4
    vwap = np.clip(middle + shocks.vwap[day] * (high - low), low, high)
    tape.volume[day] = np.where(trading, volume, 0.0)
    tape.amount[day] = np.where(trading, np.round(vwap * volume, 2), 0.0)


def _record(history: History, tape: Tape, day: int, trading: Flags) -> None:
    factor = np.where(trading, tape.adj_factor[day], np.nan)
    history.record(
        day,
        tape.open[day] * factor,
        tape.close[day] * factor,
        tape.volume[day] / factor,
        np.where(trading, tape.volume[day] / tape.shares[day], np.nan),
    )


def cents(price: Floats) -> Floats:
    """Round to cents, at least one."""
    return np.maximum(np.round(price * 100), 1) / 100
