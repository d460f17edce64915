"""Minute bars of a daily market: simulated paths whose bars add up to the daily bar of each stock.

1. Volume is spread over the minutes along a U, with noise; some minutes have no trade.
2. A Brownian bridge in log prices leads from the day's open to its close, is held inside the day's range, and two of
   its minutes touch the high and the low.
3. A bar's amount is its volume at the middle of open and close, scaled so that the amounts add up to the day's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MINUTES = 240
BREAK = (120, 90)  # after so many trading minutes comes a break of so many minutes
OPENING = 570
QUIET = 0.03


def make_minutes(frame: pd.DataFrame, seed: int = 0) -> Iterator[pd.DataFrame]:
    """Yield the minute bars of each day of a daily market, in time order.

    Parameters
    ----------
    frame : pandas.DataFrame
        Long table of the data contract with ``is_trading``; days without volume have no bars.
    seed : int
        Equal seeds give equal bars, whatever the other days are.

    Yields
    ------
    pandas.DataFrame
        ``time`` (end of the bar, naive), ``code``, ``open``, ``high``, ``low``, ``close``, ``volume``, ``amount``:
        240 bars a stock, those without a trade at the last price. First open, highest high, lowest low, last close,
        and the sums of volume and amount are those of the daily bar.

    Examples
    --------
    >>> from dfqgp.sources.synthetic import SyntheticSettings, make_market
    >>> market = make_market(SyntheticSettings(assets=20, days=30))
    >>> first = next(make_minutes(market))
    >>> len(first) % 240, str(first["time"].iloc[0].time()), str(first["time"].iloc[-1].time())
    (0, '09:31:00', '15:00:00')
    """
    traded = frame[frame["is_trading"] & (frame["volume"] > 0)].sort_values(["date", "code"], ignore_index=True)
    days = traded["date"].to_numpy().astype("datetime64[D]")
    starts = np.flatnonzero(np.diff(days.astype(np.int64), prepend=-1))
    for start, stop in zip(starts, [*starts[1:], len(traded)], strict=True):
        rng = np.random.default_rng([seed, int(days[start].astype(np.int64))])
        yield _minutes_of_day(days[start], traded[start:stop], rng)


def write_minutes(frame: pd.DataFrame, folder: Path, seed: int = 0) -> None:
    """Write the minute bars of a daily market, one Parquet file ``YYYY-MM-DD.parquet`` per day."""
    folder.mkdir(parents=True, exist_ok=True)
    for bars in make_minutes(frame, seed):
        bars.to_parquet(folder / f"{bars['time'].iloc[0]:%Y-%m-%d}.parquet", index=False)


def _minutes_of_day(day: np.datetime64, rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    daily = {name: rows[name].to_numpy(dtype=float)[:, None] for name in _NUMBERS}
    volume = _volumes(daily["volume"], rng)
    open_, high, low, close = _paths(daily, volume, rng)
    amount = volume * (open_ + close) / 2
    amount *= daily["amount"] / amount.sum(axis=1, keepdims=True)
    clock = np.arange(1, MINUTES + 1)
    minutes = OPENING + clock + BREAK[1] * (clock > BREAK[0])
    stamps = (day + minutes.astype("timedelta64[m]")).astype("datetime64[us]")
    values = {"open": open_, "high": high, "low": low, "close": close, "volume": volume, "amount": amount}
    return pd.DataFrame(
        {
            "time": np.tile(stamps, len(rows)),
            "code": np.repeat(rows["code"].to_numpy(dtype=object), MINUTES),
            **{name: matrix.ravel() for name, matrix in values.items()},
        }
    )


_NUMBERS = ("open", "high", "low", "close", "volume", "amount")


def _volumes(total: Floats, rng: np.random.Generator) -> Floats:
    """Whole shares that add up to the day's; the first and last minutes trade most, and always."""
    shape = (len(total), MINUTES)
    place = np.linspace(-1.0, 1.0, MINUTES)
    weights = (0.3 + place**2) * rng.gamma(1.5, size=shape)
    quiet = rng.random(shape) < QUIET
    quiet[:, [0, -1]] = False
    weights[quiet] = 0.0
    passed = np.floor(total * np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True))
    passed[:, -1:] = total
    return np.diff(passed, prepend=0.0)


def _paths(daily: dict[str, Floats], volume: Floats, rng: np.random.Generator) -> tuple[Floats, Floats, Floats, Floats]:
    """Open, high, low and close of the bars; a bar without a trade stays at the last price."""
    start, end, top, bottom = (np.log(daily[name]) for name in ("open", "close", "high", "low"))
    steps = rng.normal(size=volume.shape) * np.sqrt(volume > 0)
    walk, share = np.cumsum(steps, axis=1), np.cumsum(volume > 0, axis=1) / (volume > 0).sum(axis=1, keepdims=True)
    scale = np.maximum(top - bottom, 1e-4) / np.sqrt(MINUTES)
    path = start + (end - start) * share + scale * (walk - share * walk[:, -1:])
    close = np.clip(np.round(np.exp(path), 2), daily["low"], daily["high"])
    close[:, -1:] = daily["close"]
    open_ = np.concatenate((daily["open"], close[:, :-1]), axis=1)
    close = np.where(volume > 0, close, open_)
    high, low = np.maximum(open_, close), np.minimum(open_, close)
    stocks = np.arange(len(high))
    high[stocks, _touching(high, volume).argmax(axis=1)] = daily["high"][:, 0]
    low[stocks, _touching(-low, volume).argmax(axis=1)] = daily["low"][:, 0]
    return open_, high, low, close


def _touching(values: Floats, volume: Floats) -> Floats:
    """Leave bars without a trade out of the search for the extreme bar."""
    return np.where(volume > 0, values, -np.inf)
