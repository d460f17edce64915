"""From daily scores to metrics, for all factors of a population at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dfqgp.backends import DayState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dfqgp.backends import DailyScores, Target
    from dfqgp.fitness.settings import FitnessSettings

Series = NDArray[np.float64]


SUMMARY = ("ic_mean", "ic_std", "icir", "hac_t", "positive", "coverage", "turnover", "r2", "days", "assets")
"""Scalar figures of a factor."""


@dataclass(frozen=True, eq=False, repr=False)
class Metrics:
    """What a factor's ICs amount to over a segment.

    Parameters
    ----------
    ic : (R,) float64
        Daily rank ICs, NaN on days that dropped out.
    ic_mean, ic_std, icir : float
        Mean, sample standard deviation (ddof 1) and their ratio over the days kept; NaN under two days.
    hac_t : float
        t statistic of the mean with Newey-West standard errors, lag h.
    positive : float
        Share of kept days with IC > 0.
    coverage : float
        Days kept over days on which the market itself had enough assets.
    turnover : float
        Mean over days of the mean absolute change of rank / n.
    r2 : float
        Mean share of the factor's variance that groups and size explained.
    days : int
        Days kept.
    assets : float
        Mean number of assets on them.
    by_year : dict of int to float
        Mean IC by calendar year.
    failure : str or None
        Why the factor fails, None if it does not.
    """

    ic: NDArray[np.float64]
    ic_mean: float
    ic_std: float
    icir: float
    hac_t: float
    positive: float
    coverage: float
    turnover: float
    r2: float
    days: int
    assets: float
    by_year: dict[int, float]
    failure: str | None

    @property
    def orientation(self) -> int:
        """Sign of the mean: the direction in which the factor predicts."""
        return -1 if self.ic_mean < 0 else 1

    def __repr__(self) -> str:
        if self.failure is not None:
            return f"Metrics(failure={self.failure!r})"
        figures = ("ic_mean", "icir", "hac_t", "coverage", "turnover")
        shown = ", ".join(f"{name}={getattr(self, name):.4f}" for name in figures)
        return f"Metrics({shown}, days={self.days})"

    def summary(self) -> dict[str, float]:
        """Return the scalar figures by name, as ledger and library store them."""
        return {name: float(getattr(self, name)) for name in SUMMARY}

    def with_figures(self, figures: Mapping[str, float]) -> Metrics:
        """Return these metrics with the scalar figures of a summary."""
        taken: dict[str, Any] = {name: figures[name] for name in SUMMARY} | {"days": int(figures["days"])}
        return replace(self, **taken)


def metrics_of(scores: DailyScores, target: Target, settings: FitnessSettings) -> list[Metrics]:
    """Return the metrics of every factor over the days of a target.

    Parameters
    ----------
    scores : DailyScores
        K factors, R days.
    target : Target
        What they were scored against.
    settings : FitnessSettings
        Thresholds of coverage and sample.

    Returns
    -------
    list of Metrics
        K entries, in order.
    """
    kept = np.isfinite(scores.ic)
    days = kept.sum(axis=1)
    possible = int((target.count >= settings.min_assets).sum())
    ic = np.where(kept, scores.ic, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = ic.sum(axis=1) / days
        deviation = np.where(kept, ic - mean[:, None], 0.0)
        std = np.where(days > 1, np.sqrt((deviation**2).sum(axis=1) / (days - 1)), np.nan)
        columns = {
            "ic_mean": mean,
            "ic_std": std,
            "icir": np.where(std > 0, mean / std, np.nan),
            "hac_t": newey_west_t(scores.ic, target.horizon),
            "positive": (ic > 0).sum(axis=1) / days,
            "coverage": days / possible if possible else np.zeros(len(days)),
            "turnover": _mean(scores.turnover, np.isfinite(scores.turnover)),
            "r2": _mean(scores.r2, kept),
            "assets": _mean(scores.assets, kept),
        }
    by_year = _means_by_year(ic, kept, target.dates)
    return [
        Metrics(
            ic=scores.ic[k],
            **{name: float(column[k]) for name, column in columns.items()},
            days=int(days[k]),
            by_year=by_year[k],
            failure=_failure(scores.state[k], int(days[k]), possible, target, settings),
        )
        for k in range(len(days))
    ]


def newey_west_t(x: Series, lag: int) -> Series:
    """Compute the t statistics of means under autocorrelation up to ``lag`` (Newey and West, 1987).

    Parameters
    ----------
    x : (K, n) or (n,) float64
        Observations in time order; a NaN is left out, and its neighbours count as following each other.
    lag : int
        Bartlett weights 1 - l / (lag + 1) for l up to here.

    Returns
    -------
    (K,) float64, or float64
        mean / sqrt(long-run variance / n), NaN for fewer than two observations or no variance.

    Examples
    --------
    >>> newey_west_t(np.array([1.0, 2.0, np.nan, 3.0, 2.0]), 0).round(4)
    np.float64(5.6569)
    """
    rows = np.atleast_2d(x)
    order = np.argsort(np.isnan(rows), axis=1, kind="stable")  # what is there first, in its own order
    packed = np.take_along_axis(rows, order, axis=1)
    there = ~np.isnan(packed)
    n = there.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(there, packed, 0.0).sum(axis=1) / n
        d = np.where(there, packed - mean[:, None], 0.0)
        variance = (d * d).sum(axis=1)
        for k in range(1, min(lag, rows.shape[1] - 1) + 1):
            variance += 2.0 * (1.0 - k / (lag + 1.0)) * (d[:, k:] * d[:, :-k]).sum(axis=1)
        t = np.where((n > 1) & (variance > 0), mean * n / np.sqrt(variance), np.nan)
    return t if np.ndim(x) > 1 else t[0]


def _mean(values: NDArray[np.float32] | NDArray[np.int32], there: NDArray[np.bool_]) -> Series:
    return np.asarray(np.where(there, values, 0).sum(axis=1, dtype=np.float64) / there.sum(axis=1))


def _means_by_year(ic: Series, kept: NDArray[np.bool_], dates: NDArray[np.datetime64]) -> list[dict[int, float]]:
    """Mean IC of each calendar year in which a factor has a day, one dict per factor."""
    years = dates.astype("datetime64[Y]").astype(int) + 1970
    found: list[dict[int, float]] = [{} for _ in ic]
    for year in np.unique(years):
        inside = years == year
        days = kept[:, inside].sum(axis=1)
        totals = ic[:, inside].sum(axis=1)
        for k in np.flatnonzero(days):
            found[k][int(year)] = float(totals[k] / days[k])
    return found


def _failure(
    state: NDArray[np.uint8], days: int, possible: int, target: Target, settings: FitnessSettings
) -> str | None:
    if target.shortage:
        return target.shortage
    if days < max(2, settings.min_coverage * possible):
        few, constant = int((state == DayState.FEW_ASSETS).sum()), int((state == DayState.CONSTANT).sum())
        return (
            f"coverage {days / possible:.3f} is under min_coverage={settings.min_coverage}: "
            f"{few} days with too few assets, {constant} constant"
        )
    return None
