"""Preparing what factors are scored against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends.daily import Target
from dfqgp.errors import PanelError
from dfqgp.panel import UNKNOWN_GROUP, FloatMatrix, Panel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dfqgp.fitness.settings import FitnessSettings


def make_target(
    panel: Panel,
    label: FloatMatrix,
    rows: range,
    settings: FitnessSettings,
    *,
    group: str = "industry",
    keep_every: int = 1,
) -> Target:
    """Prepare the labels, samples and label order of some rows of a panel.

    Parameters
    ----------
    panel : Panel
        T dates, N assets; its size and the grouping are what factors are neutralised against.
    label : (T, N) float32
        Forward returns of the segment, NaN where missing.
    rows : range
        Rows to score: a segment up to where its labels end.
    settings : FitnessSettings
        Thresholds of the sample and of the neutralisation.
    group : str
        Grouping; a panel without it is one group.
    keep_every : int
        Keep residual ranks of the days whose calendar ordinal is a multiple of this; 0 keeps none.

    Returns
    -------
    Target
        With a row a scored day.

    Raises
    ------
    PanelError
        If the label has another shape or the rows leave the panel.

    Notes
    -----
    A panel without size (None) leaves size out: it is 0 throughout.
    """
    if label.shape != panel.shape or not 0 <= rows.start <= rows.stop <= panel.shape[0]:
        raise PanelError(
            what="label and rows",
            got=f"{label.shape}, rows {rows.start}:{rows.stop}",
            expected=f"{panel.shape}, rows inside",
            remedy="make the label from the same panel",
        )
    window = slice(rows.start, rows.stop)
    codes = panel.groups.get(group, np.zeros(panel.shape, dtype=np.int16))[window]
    size = np.zeros(panel.shape, dtype=np.float32)[window] if panel.size is None else panel.size[window]
    values = label[window]
    sample = panel.universe[window] & np.isfinite(values) & (codes != UNKNOWN_GROUP) & np.isfinite(size)
    ordinals = panel.origin + np.arange(rows.start, rows.stop)
    return Target(
        rows=np.arange(rows.start, rows.stop, dtype=np.int64),
        keep_ranks=ordinals % keep_every == 0 if keep_every else np.zeros(len(rows), dtype=bool),
        label=np.array(values, order="C"),
        order=_ascending(values, sample),
        count=sample.sum(axis=1).astype(np.int64),
        sample=np.array(sample, order="C"),
        group=np.array(codes, order="C"),
        size=np.array(size, dtype=np.float32, order="C"),
        min_assets=settings.min_assets,
        winsor=settings.winsor,
        ridge=settings.ridge,
    )


def _ascending(values: FloatMatrix, sample: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Columns of each day's sample by ascending label, the others after them."""
    keys = np.where(sample, values, np.inf)
    return np.argsort(keys, axis=1, kind="stable").astype(np.int32)
