"""A market of any size as Parquet files in the layout of ``ashare_daily``, written in pieces.

Made for its size and its shape, not for its signals: late listings, suspensions with and without a row, splits, ST
spells and changes of industry are there, and prices are in cents and inside the limits.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

FIRST_DAY = "2010-01-04"
BOARDS = (("000", "SZ"), ("002", "SZ"), ("300", "SZ"), ("600", "SH"), ("603", "SH"), ("688", "SH"), ("920", "BJ"))
INDUSTRIES = np.array([f"industry {number:02d}" for number in range(31)])
PIECE = 60
"""Stocks that are made and written at once; 3,600 days of them are 0.2 million rows."""

LISTED_LATER, SUSPENDED, GAPS, SPLITS, RENAMED = 0.1, 0.005, 0.002, 0.0005, 0.05


def write_market(folder: Path, stocks: int, days: int, *, yearly: bool = False, seed: int = 0) -> None:
    """Write the table of a market, sorted by code and date, into one file or one a year; same arguments, same files."""
    dates = np.busday_offset(FIRST_DAY, np.arange(days)).astype("datetime64[us]")
    codes = sorted(code(number) for number in range(stocks))
    folder.mkdir(parents=True)
    with ExitStack() as stack:
        writers: dict[str, pq.ParquetWriter] = {}
        for first in range(0, stocks, PIECE):
            table = _piece(dates, np.array(codes[first : first + PIECE]), np.random.default_rng([seed, first]))
            for name, part in _by_year(table) if yearly else [("all", table)]:
                if name not in writers:
                    writers[name] = stack.enter_context(pq.ParquetWriter(folder / f"{name}.parquet", table.schema))
                writers[name].write_table(part)


def _by_year(table: pa.Table):
    years = pc.year(table["date"])
    for year in sorted(years.unique().to_pylist()):
        yield str(year), table.filter(pc.equal(years, year))


def code(number: int) -> str:
    """Return a code of one of the boards in turn."""
    prefix, exchange = BOARDS[number % len(BOARDS)]
    return f"{prefix}{number // len(BOARDS):03d}.{exchange}"


def _piece(dates, codes, rng) -> pa.Table:
    """Return all rows of some stocks."""
    shape = len(codes), len(dates)
    trading = rng.random(shape) >= SUSPENDED
    columns = _prices(trading, rng) | _shares(shape, rng)
    columns["volume"] = np.where(trading, columns["volume"], 0)
    columns["amount"] = np.round(columns["volume"] * (columns["high"] + columns["low"] + columns["close"]) / 3, 2)
    shares = columns.pop("shares") * columns["adj_factor"]
    columns["turnover_pct"] = 100 * columns["volume"] / shares
    columns |= {"is_trading": trading, "float_mktcap": shares * columns["close"]}
    columns |= {"is_st": _is_st(shape, rng), "industry": _industries(shape, rng)}
    columns |= {"date": np.broadcast_to(dates, shape), "code": np.broadcast_to(codes[:, None], shape)}
    there = _listed(shape, rng) & (rng.random(shape) >= GAPS)
    return pa.table({name: column[there] for name, column in columns.items()})


def _prices(trading, rng) -> dict[str, np.ndarray]:
    """Return raw prices and the cumulative factor; on a suspended day all prices are the last close."""
    shape = trading.shape
    returns = np.where(trading, np.clip(0.02 * rng.standard_t(4, shape), -0.08, 0.08), 0.0)
    splits = np.where(trading & (rng.random(shape) < SPLITS), 1.2, 1.0)
    factor = np.cumprod(splits, axis=1)
    close = np.round(20 * np.exp(1.5 * np.tanh(np.cumsum(returns, axis=1) / 1.5)) / factor, 2)
    before = np.concatenate((close[:, :1], close[:, :-1]), axis=1)
    preclose = np.round(before / splits, 2)
    close = np.where(trading, np.round(np.clip(close, preclose * 0.91, preclose * 1.09), 2), preclose)
    first = np.where(trading, np.round(preclose * (1 + rng.uniform(-0.01, 0.01, shape)), 2), preclose)
    high = np.maximum(first, close) + np.where(trading, np.round(0.003 * close, 2), 0)
    low = np.minimum(first, close) - np.where(trading, np.round(0.003 * close, 2), 0)
    prices = {"open": first, "high": high.round(2), "low": low.round(2), "close": close, "preclose": preclose}
    return prices | {"adj_factor": factor}


def _shares(shape, rng) -> dict[str, np.ndarray]:
    """Return the volume, and each stock's shares on its first day."""
    shares = np.exp(rng.normal(20, 1, (shape[0], 1)))
    volume = 100 * np.ceil(shares * np.exp(rng.normal(-4, 0.8, shape)) / 100)
    return {"volume": volume.astype(np.int64), "shares": shares}


def _listed(shape, rng) -> np.ndarray:
    late = rng.random((shape[0], 1)) < LISTED_LATER
    return np.arange(shape[1]) >= np.where(late, rng.integers(0, shape[1], (shape[0], 1)), 0)


def _is_st(shape, rng) -> np.ndarray:
    """A twentieth of the stocks, for a tenth of the days."""
    start = rng.integers(0, shape[1], (shape[0], 1))
    since = np.arange(shape[1]) - start
    return (rng.random((shape[0], 1)) < 0.05) & (since >= 0) & (since < shape[1] // 10)


def _industries(shape, rng) -> np.ndarray:
    """Names of each stock's industry, another one after some day for a few of them."""
    before, after = rng.integers(0, len(INDUSTRIES), (2, shape[0], 1))
    day = np.where(rng.random((shape[0], 1)) < RENAMED, rng.integers(0, shape[1], (shape[0], 1)), shape[1])
    return INDUSTRIES[np.where(np.arange(shape[1]) < day, before, after)]
