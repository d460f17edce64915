"""From legs to labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.errors import PanelError
from dfqgp.market.labels.kinds import KINDS
from dfqgp.market.labels.legs import legs_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dfqgp.market.labels.settings import LabelSettings
    from dfqgp.panel import FloatMatrix, Panel


def panel_labels(panel: Panel, settings: LabelSettings, stop: int | None = None) -> FloatMatrix:
    """Return the label of every (day, asset) of a panel, as docs/fitness_spec.md defines it.

    Parameters
    ----------
    panel : Panel
        T dates, N assets, with the entry price as a field; delayed exits and volatilities need ``close`` too.
    settings : LabelSettings
        Entry, exit, horizon and kind.
    stop : int, optional
        Row after the last one that labels may look at (the end of the segment); the end of the panel by default.

    Returns
    -------
    (T, N) float32
        NaN where the stock cannot be bought on day t+1, where the exit rule has no price or the result is not finite,
        and on the last ``settings.reach`` rows before ``stop`` and all rows after them.

    Raises
    ------
    UnknownFieldError
        If the panel lacks the industries of ``kind="industry"``.
    PanelError
        If the panel lacks the entry price or the close that these settings need, or ``stop`` lies outside the panel.

    Examples
    --------
    >>> from dfqgp.market import LabelSettings
    >>> from dfqgp.panel import Panel
    >>> price = np.array([[9.0], [10.0], [11.0], [12.0]], dtype=np.float32)
    >>> there = np.ones((4, 1), dtype=bool)
    >>> panel = Panel(
    ...     dates=np.datetime64("2024-01-02") + np.arange(4), codes=np.array(["A"]), fields={"open": price},
    ...     units={"open": "price"}, groups={}, universe=there, buyable=there)
    >>> panel_labels(panel, LabelSettings(horizon=1, exit="naive")).ravel()
    array([0.1       , 0.09090909,        nan,        nan], dtype=float32)
    """
    last = len(panel.dates) if stop is None else stop
    _check_stop(panel, last)
    label = np.full(panel.shape, np.nan, dtype=np.float32)
    rows = slice(0, max(last - settings.reach, 0))
    if rows.stop:
        raw = _returns(panel, settings, rows)
        label[rows] = _finite(KINDS[settings.kind](raw, panel, settings))
    return label


def _returns(panel: Panel, settings: LabelSettings, rows: slice) -> NDArray[np.float64]:
    """Exit over entry, minus 1; NaN where float32 would not hold it."""
    legs = legs_of(panel, settings, rows)
    with np.errstate(all="ignore"):
        gain = legs.exit / legs.entry
        gain -= 1.0
        gain[~np.isfinite(gain.astype(np.float32))] = np.nan
    return gain


def _finite(values: NDArray[np.float64]) -> FloatMatrix:
    with np.errstate(over="ignore"):
        kept = values.astype(np.float32)
    kept[~np.isfinite(kept)] = np.nan
    return kept


def _check_stop(panel: Panel, stop: int) -> None:
    if not 0 <= stop <= len(panel.dates):
        raise PanelError(
            what="stop of the labels",
            got=stop,
            expected=f"a row of 0 to {len(panel.dates)}",
            remedy="pass the stop of a segment of this panel",
        )
