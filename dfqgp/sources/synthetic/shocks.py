"""Random draws behind the returns: fat-tailed, and for the market with clustered volatility."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dfqgp.sources.synthetic.securities import Securities
    from dfqgp.sources.synthetic.source import SyntheticSettings

    Floats = NDArray[np.float64]

TAIL_DEGREES = 4
MARKET_VOLATILITY = 0.010
INDUSTRY_VOLATILITY = 0.006

# Share of a day's variance, and of its expected return, that falls into the gap before the open.
NIGHT = 0.25

# Variance of the next day: (1 - A - B) x long run + A x squared return + B x variance.
ARCH, GARCH = 0.08, 0.88


@dataclass(frozen=True, eq=False)
class Shocks:
    """Draws of the whole period, days x assets.

    Parameters
    ----------
    night, day : (T, N) float
        Log return that market and industry cause before the open and from open to close.
    own_night, own_day, high, low, vwap, activity : (T, N) float
        Standard draws of each stock's own return, of its range, its vwap and its turnover.
    """

    night: Floats
    day: Floats
    own_night: Floats
    own_day: Floats
    high: Floats
    low: Floats
    vwap: Floats
    activity: Floats


def draw_shocks(settings: SyntheticSettings, securities: Securities, rng: np.random.Generator) -> Shocks:
    """Draw everything random about prices and volume, in a fixed order."""
    days, shape = settings.days, (settings.days, settings.assets)
    market = clustered(_tails(rng, (days, 2)), MARKET_VOLATILITY)
    industry = INDUSTRY_VOLATILITY * _tails(rng, (days, 2, settings.industries))
    common = market[:, :, None] * securities.beta + industry[:, :, securities.industry]
    return Shocks(
        night=common[:, 0] * np.sqrt(NIGHT),
        day=common[:, 1] * np.sqrt(1 - NIGHT),
        own_night=_tails(rng, shape),
        own_day=_tails(rng, shape),
        high=np.abs(rng.standard_normal(shape)),
        low=np.abs(rng.standard_normal(shape)),
        vwap=rng.uniform(-0.1, 0.1, shape),
        activity=rng.standard_normal(shape),
    )


def next_variance(variance: Floats, shock: Floats, long_run: Floats | float) -> Floats:
    """Return the GARCH(1,1) variance after a return, of which up to 9 variances count, so that it stays finite."""
    squared = np.minimum(shock * shock, 9 * variance)
    return (1 - ARCH - GARCH) * long_run + ARCH * squared + GARCH * variance


def clustered(draws: Floats, volatility: float) -> Floats:
    """Scale standard draws, one row per day, so that calm and nervous days cluster."""
    scaled = np.empty_like(draws)
    variance = np.full(1, volatility**2)
    for day, draw in enumerate(draws):
        scaled[day] = np.sqrt(variance) * draw
        variance = next_variance(variance, scaled[day].mean(keepdims=True) * np.sqrt(draw.size), volatility**2)
    return scaled


def _tails(rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Student t with variance 1."""
    draws: Floats = rng.standard_t(TAIL_DEGREES, shape)
    return draws * math.sqrt(1 - 2 / TAIL_DEGREES)
