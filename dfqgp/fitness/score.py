"""From daily ICs to metrics and from metrics to a score, with a reason for every failure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends.daily import DailyScores, Day, Target
from dfqgp.fitness.rank_ic import daily_scores
from dfqgp.fitness.series import Metrics, mean_by_year, newey_west_t
from dfqgp.fitness.target import make_target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dfqgp.backends import Backend, Workspace
    from dfqgp.fitness.settings import FitnessSettings
    from dfqgp.panel import FloatMatrix, Panel


@dataclass(frozen=True, eq=False)
class Scored:
    """A factor's metrics and the residual ranks that correlations are made of.

    Parameters
    ----------
    metrics : Metrics
        Of the segment.
    ranks : (C, N) float32
        Residual ranks of the kept days, mean 0 and unit norm over the sample, 0 outside.
    """

    metrics: Metrics
    ranks: NDArray[np.float32]


class Scorer:
    """Scores factors over one segment of a panel.

    Parameters
    ----------
    panel : Panel
        T dates, N assets.
    label : (T, N) float32
        Forward returns over ``horizon`` days, NaN where missing.
    rows : range
        Rows to score.
    horizon : int
        Days that labels overlap; the lag of the HAC statistic.
    settings : FitnessSettings
        Sample, neutralisation and failure thresholds.
    keep_every : int
        Residual ranks are kept for days whose calendar ordinal is a multiple of this.
    """

    def __init__(
        self,
        panel: Panel,
        label: FloatMatrix,
        rows: range,
        horizon: int,
        settings: FitnessSettings,
        *,
        keep_every: int = 1,
    ) -> None:
        self.target: Target = make_target(panel, label, rows, settings, keep_every=keep_every)
        self.dates = panel.dates[rows.start : rows.stop]
        self.horizon = horizon
        self.settings = settings
        self._possible = int((self.target.count >= settings.min_assets).sum())

    def score(self, backend: Backend, workspace: Workspace, slots: Sequence[int]) -> list[Scored]:
        """Score the factors in ``slots``, in order."""
        daily = daily_scores(backend, workspace, slots, self.target)
        return [Scored(self._metrics(daily, k), daily.ranks[k]) for k in range(len(slots))]

    def _metrics(self, daily: DailyScores, k: int) -> Metrics:
        ic = daily.ic[k]
        kept = np.isfinite(ic)
        values, days = ic[kept], int(kept.sum())
        mean = float(values.mean()) if days else np.nan
        std = float(values.std(ddof=1)) if days > 1 else np.nan
        return Metrics(
            ic=ic,
            ic_mean=mean,
            ic_std=std,
            icir=mean / std if std > 0 else np.nan,
            hac_t=newey_west_t(values, self.horizon),
            positive=float((values > 0).mean()) if days else np.nan,
            coverage=days / self._possible if self._possible else 0.0,
            turnover=_mean(daily.turnover[k]),
            r2=_mean(daily.r2[k][kept]),
            days=days,
            assets=_mean(daily.assets[k][kept]),
            by_year=mean_by_year(ic, self.dates),
            failure=self._failure(daily.state[k], days),
        )

    def _failure(self, state: NDArray[np.uint8], days: int) -> str | None:
        if not self._possible:
            return f"no day has min_assets={self.settings.min_assets} assets with label, group and size"
        if days < max(2, self.settings.min_coverage * self._possible):
            few, constant = int((state == Day.FEW_ASSETS).sum()), int((state == Day.CONSTANT).sum())
            return (
                f"coverage {days / self._possible:.3f} is under min_coverage={self.settings.min_coverage}: "
                f"{few} days with too few assets, {constant} constant"
            )
        return None


def _mean(values: NDArray[np.float32] | NDArray[np.int32]) -> float:
    finite = values[np.isfinite(values)]
    return float(finite.mean(dtype=np.float64)) if finite.size else float("nan")
