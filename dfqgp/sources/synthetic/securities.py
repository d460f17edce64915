"""The stocks of the synthetic market: their fixed traits, and the days on which something happens to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dfqgp.sources.synthetic.source import SyntheticSettings

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

ST_SHARE = 0.04
UNKNOWN_INDUSTRY_SHARE = 0.01
DIVIDENDS_A_YEAR = 0.7
SPLITS_A_YEAR = 0.15
DAYS_A_YEAR = 243
MEAN_SUSPENSION = 5
LONGEST_SUSPENSION = 40
SPLIT_RATIOS = np.array([1.2, 1.3, 1.5, 2.0])


@dataclass(frozen=True, eq=False)
class Securities:
    """Traits of N stocks.

    Parameters
    ----------
    industry : (N,) int
        Industry of each stock; it moves the returns even where the table does not tell it.
    industry_known : (N,) bool
        Whether the table names the industry.
    beta, volatility, turnover : (N,) float
        Exposure to the market, daily idiosyncratic volatility, median daily turnover.
    price, shares : (N,) float
        First price and float shares.
    first : (N,) int
        Row of the first trading day; -1 for stocks listed before the market's first row.
    age : (N,) int
        Calendar days between listing and the first row, for stocks listed before it.
    """

    industry: NDArray[np.int64]
    industry_known: Flags
    beta: Floats
    volatility: Floats
    turnover: Floats
    price: Floats
    shares: Floats
    first: NDArray[np.int64]
    age: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Events:
    """What happens on which day, T x N: suspensions (shown as rows or missing), ST, and ex-rights terms."""

    suspended: Flags
    hidden: Flags
    is_st: Flags
    dividend: Floats
    split: Floats


def draw_securities(settings: SyntheticSettings, rng: np.random.Generator) -> Securities:
    """Draw the stocks: uneven industries, log-normal sizes and prices, listings before and during the period."""
    n = settings.assets
    weights = 1.0 / (np.arange(settings.industries) + 3.0)
    capital = np.exp(rng.normal(23.0, 1.1, n))
    price = np.round(np.clip(np.exp(rng.normal(2.6, 0.6, n)), 3.0, 200.0), 2)
    later = rng.random(n) < settings.listed_later
    return Securities(
        industry=rng.choice(settings.industries, size=n, p=weights / weights.sum()),
        industry_known=rng.random(n) >= UNKNOWN_INDUSTRY_SHARE,
        beta=rng.uniform(0.8, 1.2, n),
        volatility=np.exp(rng.normal(np.log(0.018), 0.25, n)),
        turnover=np.exp(rng.normal(np.log(0.01), 0.5, n)),
        price=price,
        shares=np.round(capital / price, -2),
        first=np.where(later, rng.integers(1, settings.days, n), -1),
        age=rng.integers(30, 20 * 365, n),
    )


def draw_events(settings: SyntheticSettings, securities: Securities, rng: np.random.Generator) -> Events:
    """Draw suspensions, ST spells, dividends and splits; none on a stock's first day or while it is suspended."""
    shape = (settings.days, settings.assets)
    suspended, hidden = _draw_suspensions(settings, rng)
    first_day = np.arange(settings.days)[:, None] <= securities.first
    suspended &= ~first_day
    quiet = suspended | first_day
    dividend = np.where(rng.random(shape) < DIVIDENDS_A_YEAR / DAYS_A_YEAR, rng.uniform(0.005, 0.03, shape), 0.0)
    split = np.where(rng.random(shape) < SPLITS_A_YEAR / DAYS_A_YEAR, rng.choice(SPLIT_RATIOS, shape), 1.0)
    return Events(
        suspended=suspended,
        hidden=hidden & suspended,
        is_st=_draw_st(settings, rng),
        dividend=np.where(quiet, 0.0, dividend),
        split=np.where(quiet, 1.0, split),
    )


def _draw_suspensions(settings: SyntheticSettings, rng: np.random.Generator) -> tuple[Flags, Flags]:
    """Spells of several days; in every other one the rows are missing, in the rest they say so."""
    suspended = np.zeros((settings.days, settings.assets), dtype=bool)
    hidden = np.zeros_like(suspended)
    starts = np.argwhere(rng.random(suspended.shape) < settings.suspension_rate)
    lengths = np.minimum(rng.geometric(1 / MEAN_SUSPENSION, len(starts)), LONGEST_SUSPENSION)
    missing = rng.random(len(starts)) < 0.5
    for (day, stock), length, is_missing in zip(starts, lengths, missing, strict=True):
        spell = slice(day, day + length)
        suspended[spell, stock] = True
        hidden[spell, stock] = is_missing
    return suspended, hidden


def _draw_st(settings: SyntheticSettings, rng: np.random.Generator) -> Flags:
    """One spell of a quarter to a year for a few stocks."""
    start = rng.integers(-DAYS_A_YEAR, settings.days, settings.assets)
    length = rng.integers(DAYS_A_YEAR // 4, DAYS_A_YEAR, settings.assets)
    chosen = rng.random(settings.assets) < ST_SHARE
    day = np.arange(settings.days)[:, None]
    return chosen & (day >= start) & (day < start + length)
