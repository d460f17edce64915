"""Daily rank ICs of a factor, step by step as docs/fitness_spec.md says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends.reference.neutralize import ridge_residual, without_singles
from dfqgp.backends.reference.preprocess import winsorize, zscore
from dfqgp.backends.scoring import DailyScores, DayState, Target

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dfqgp.backends.reference.preprocess import Vector
    from dfqgp.backends.scoring import HostRanks


def score_factor(
    factor: NDArray[np.float32],
    target: Target,
    keep: NDArray[np.bool_],
    scores: DailyScores,
    k: int,
    kept_ranks: HostRanks,
) -> None:
    """Write row k of the scores of one (T, N) factor, and the residual ranks of the target's rows to keep."""
    kept = np.cumsum(keep) - 1
    before = np.full(factor.shape[1], np.nan)
    for r, row in enumerate(target.rows):
        x = factor[row].astype(np.float64)
        inside = without_singles(target.sample[r] & np.isfinite(x), target.group[r])
        scores.assets[k, r] = inside.sum()
        now = np.full_like(before, np.nan)
        state, residual, r2 = _residual(x, inside, r, target)
        scores.state[k, r] = state
        if residual is not None:
            ranks = average_ranks(residual)
            ic = correlation(ranks, average_ranks(target.label[r, inside].astype(np.float64)))
            now[inside] = ranks / ranks.size
            scores.ic[k, r], scores.r2[k, r] = ic, r2
            scores.state[k, r] = DayState.CONSTANT if np.isnan(ic) else DayState.KEPT
            scores.turnover[k, r] = _mean_change(now, before)
            if keep[r]:
                kept_ranks[kept[r], inside] = 2 * ranks
        before = now


def _residual(x: Vector, inside: NDArray[np.bool_], r: int, target: Target) -> tuple[DayState, Vector | None, float]:
    if inside.sum() < target.min_assets:
        return DayState.FEW_ASSETS, None, np.nan
    z = zscore(winsorize(x[inside], target.winsor))
    if z is None:
        return DayState.CONSTANT, None, np.nan
    size = zscore(target.size[r, inside].astype(np.float64))
    residual = ridge_residual(z, target.group[r, inside], np.zeros_like(z) if size is None else size, target.ridge)
    return DayState.KEPT, residual, 1.0 - float((residual**2).mean())


def average_ranks(x: Vector) -> Vector:
    """Ranks 1..n, ties by their average.

    Examples
    --------
    >>> average_ranks(np.array([10.0, 30.0, 10.0]))
    array([1.5, 3. , 1.5])
    """
    ordered = np.sort(x)
    return np.asarray((np.searchsorted(ordered, x, "left") + np.searchsorted(ordered, x, "right") + 1) / 2.0)


def correlation(x: Vector, y: Vector) -> float:
    """Pearson correlation, NaN when either is constant."""
    dx, dy = x - x.mean(), y - y.mean()
    scale = np.sqrt((dx**2).sum() * (dy**2).sum())
    return float((dx * dy).sum() / scale) if scale > 0 else np.nan


def _mean_change(now: Vector, before: Vector) -> float:
    change = np.abs(now - before)
    both = np.isfinite(change)
    return float(change[both].mean()) if both.any() else np.nan
