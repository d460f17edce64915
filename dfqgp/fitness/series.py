"""Statistics of a series of daily rank ICs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
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

    def summary(self) -> dict[str, float]:
        """Return the scalar figures by name, as ledger and library store them."""
        names = ("ic_mean", "ic_std", "icir", "hac_t", "positive", "coverage", "turnover", "r2", "days", "assets")
        return {name: float(getattr(self, name)) for name in names}


def newey_west_t(x: NDArray[np.float64], lag: int) -> float:
    """Compute the t statistic of a mean under autocorrelation up to ``lag`` (Newey and West, 1987).

    Parameters
    ----------
    x : (n,) float64
        Finite observations in time order.
    lag : int
        Bartlett weights 1 - l / (lag + 1) for l up to here.

    Returns
    -------
    float
        mean / sqrt(long-run variance / n), NaN for fewer than two observations or no variance.

    Examples
    --------
    >>> round(newey_west_t(np.array([1.0, 2.0, 3.0, 2.0]), 0), 4)
    5.6569
    """
    if x.size < 2:
        return float("nan")
    d = x - x.mean()
    variance = float(d @ d)
    for k in range(1, min(lag, x.size - 1) + 1):
        variance += 2.0 * (1.0 - k / (lag + 1.0)) * float(d[k:] @ d[:-k])
    return float(x.mean() * x.size / np.sqrt(variance)) if variance > 0 else float("nan")


def mean_by_year(ic: NDArray[np.float64], dates: NDArray[np.datetime64]) -> dict[int, float]:
    """Mean IC of each calendar year that has a kept day."""
    years = dates.astype("datetime64[Y]").astype(int) + 1970
    kept = np.isfinite(ic)
    return {int(year): float(ic[kept & (years == year)].mean()) for year in np.unique(years[kept])}
