"""Daily rank ICs of factors: step by step as docs/fitness_spec.md says, or by a backend's fused kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends import FusedBackend
from dfqgp.backends.daily import DailyScores, Day, Target
from dfqgp.errors import KernelMissingError
from dfqgp.fitness.neutralize import ridge_residual, without_singles
from dfqgp.fitness.preprocess import winsorize, zscore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dfqgp.backends import Backend, Workspace
    from dfqgp.fitness.preprocess import Vector


def daily_scores(backend: Backend, workspace: Workspace, slots: Sequence[int], target: Target) -> DailyScores:
    """Score slots against a target.

    Parameters
    ----------
    backend : Backend
        The reference backend is scored by the definition below, any other by its fused kernel.
    workspace : Workspace
        Holds the factors.
    slots : sequence of int
        K slots.
    target : Target
        R days.

    Returns
    -------
    DailyScores
        K rows, R columns.
    """
    if isinstance(backend, FusedBackend):
        return backend.daily_scores(workspace, slots, target)
    if backend.name != "reference":
        raise KernelMissingError(backend=backend.name, operator="daily_scores", known="operators alone")
    scores = DailyScores.empty(len(slots), target)
    for k, slot in enumerate(slots):
        score_factor(backend.fetch(workspace, slot), target, scores, k)
    return scores


def score_factor(factor: NDArray[np.float32], target: Target, scores: DailyScores, k: int) -> None:
    """Write row k of the scores of one (T, N) factor, by the definition."""
    kept = np.cumsum(target.keep_ranks) - 1
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
            scores.state[k, r] = Day.CONSTANT if np.isnan(ic) else Day.KEPT
            scores.turnover[k, r] = _mean_change(now, before)
            if target.keep_ranks[r] and np.ptp(ranks) > 0:
                centered = ranks - ranks.mean()
                scores.ranks[k, kept[r], inside] = centered / np.sqrt((centered**2).sum())
        before = now


def _residual(x: Vector, inside: NDArray[np.bool_], r: int, target: Target) -> tuple[Day, Vector | None, float]:
    if inside.sum() < target.min_assets:
        return Day.FEW_ASSETS, None, np.nan
    z = zscore(winsorize(x[inside], target.winsor))
    if z is None:
        return Day.CONSTANT, None, np.nan
    size = zscore(target.size[r, inside].astype(np.float64))
    residual = ridge_residual(z, target.group[r, inside], np.zeros_like(z) if size is None else size, target.ridge)
    return Day.KEPT, residual, 1.0 - float((residual**2).mean())


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
