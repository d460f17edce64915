"""Preparing what factors are scored against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends.scoring import MOST_ASSETS, Target
from dfqgp.errors import PanelError
from dfqgp.fitness.shortage import shortage
from dfqgp.panel import UNKNOWN_GROUP, FloatMatrix, Panel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dfqgp.fitness.settings import FitnessSettings


def make_target(
    panel: Panel,
    label: FloatMatrix,
    rows: Sequence[int] | NDArray[np.int64],
    settings: FitnessSettings,
    *,
    horizon: int,
    group: str = "industry",
) -> Target:
    """Prepare the labels, samples and label order of some rows of a panel.

    Parameters
    ----------
    panel : Panel
        T dates, N assets; its size and the grouping are what factors are neutralised against.
    label : (T, N) float32
        Forward returns of the segment, NaN where missing.
    rows : sequence of int
        Rows to score, ascending: a segment up to where its labels end, or any subset of its days.
    settings : FitnessSettings
        Thresholds of the sample and of the neutralisation.
    horizon : int
        Days that labels overlap; the lag of the HAC statistic.
    group : str
        Grouping; a panel without it is one group.

    Returns
    -------
    Target
        With one row per scored day.

    Raises
    ------
    PanelError
        If the label has another shape, the rows leave the panel or do not ascend, or there are too many assets.

    Notes
    -----
    A panel without size (None) leaves size out: it is 0 throughout.
    """
    chosen = np.asarray(rows, dtype=np.int64)
    _check(panel, label, chosen)
    codes = panel.groups.get(group, np.zeros(panel.shape, dtype=np.int16))[chosen]
    size = np.zeros(panel.shape, dtype=np.float32)[chosen] if panel.size is None else panel.size[chosen]
    values = label[chosen]
    universe = panel.universe[chosen]
    sample = universe & np.isfinite(values) & (codes != UNKNOWN_GROUP) & np.isfinite(size)
    return Target(
        rows=chosen,
        dates=panel.dates[chosen],
        horizon=horizon,
        label=np.ascontiguousarray(values),
        order=_ascending(values, sample),
        count=sample.sum(axis=1).astype(np.int64),
        sample=np.ascontiguousarray(sample),
        group=np.ascontiguousarray(codes),
        size=np.ascontiguousarray(size, dtype=np.float32),
        min_assets=settings.min_assets,
        winsor=settings.winsor,
        ridge=settings.ridge,
        shortage=shortage(universe, values, codes, size, least=settings.min_assets, grouping=group),
    )


def every(panel: Panel, rows: NDArray[np.int64], days: int) -> NDArray[np.bool_]:
    """Return the mask of rows whose calendar ordinal is a multiple of ``days``: the same dates in any panel."""
    return np.asarray((panel.origin + rows) % days == 0)


def _check(panel: Panel, label: FloatMatrix, rows: NDArray[np.int64]) -> None:
    inside = rows.ndim == 1 and bool(((rows >= 0) & (rows < panel.shape[0])).all())
    if label.shape != panel.shape or not inside:
        raise PanelError(
            what="label and rows",
            got=f"{label.shape}, rows {rows.min(initial=0)} to {rows.max(initial=0)}",
            expected=f"{panel.shape}, rows inside",
            remedy="make the label from the same panel",
        )
    if (rows[1:] <= rows[:-1]).any():
        raise PanelError(
            what="rows to score", got="not ascending", expected="each row once, ascending", remedy="sort them"
        )
    if panel.shape[1] > MOST_ASSETS:
        raise PanelError(
            what="number of assets", got=panel.shape[1], expected=f"at most {MOST_ASSETS}", remedy="cut the universe"
        )


def _ascending(values: FloatMatrix, sample: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Columns of each day's sample by ascending label, the others after them."""
    keys = np.where(sample, values, np.inf)
    return np.argsort(keys, axis=1, kind="stable").astype(np.int32)
