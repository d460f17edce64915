"""At which price each leg enters and leaves.

A leg is one stock bought after the signal of one day. The rows of these arrays are the days of the signal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dfqgp.errors import PanelError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from dfqgp.market.labels.settings import LabelSettings
    from dfqgp.panel import BoolMatrix, FloatMatrix, Panel


class Legs(NamedTuple):
    """Prices of the legs of L days, all (L, N).

    Parameters
    ----------
    entry : float64
        NaN where the stock cannot be bought on the day after the signal.
    exit : float32
        NaN where the exit rule has no price.
    unsold : bool
        Bought, and not sold by the end of the delay: the exit is the last close. Never with the other exit rules.
    """

    entry: NDArray[np.float64]
    exit: FloatMatrix
    unsold: BoolMatrix


def legs_of(panel: Panel, settings: LabelSettings, rows: slice) -> Legs:
    """Return the legs of the signals of some rows, ``0 <= rows.start <= rows.stop <= T - settings.reach``.

    Raises
    ------
    PanelError
        If the panel lacks the entry price, or the close, by which a delayed exit values what was not sold.
    """
    price = price_of(panel, settings)
    entry = np.where(panel.buyable[_later(rows, 1)], price[_later(rows, 1)], np.nan).astype(np.float64)
    days = _later(rows, 1 + settings.horizon)
    unsold = np.zeros(entry.shape, dtype=np.bool_)
    sold = price if settings.exit == "naive" or panel.sellable is None else np.where(panel.sellable, price, np.nan)
    if settings.exit != "delayed":
        return Legs(entry, sold[days], unsold)
    leave, close = sold[days].copy(), close_of(panel, "label.exit=delayed values at its last one what was not sold")
    waiting = np.flatnonzero(np.isnan(leave) & ~np.isnan(entry))
    waiting = _fill(leave, waiting, sold, range(days.start + 1, days.start + settings.delay + 1))
    unsold.reshape(-1)[waiting] = True
    _fill(leave, waiting, close, range(days.start + settings.delay, rows.start, -1))
    return Legs(entry, leave, unsold)


def price_of(panel: Panel, settings: LabelSettings) -> FloatMatrix:
    """Return the adjusted price of entry and exit; raises PanelError where the panel has none."""
    reason = "; a table without amount gives no vwap" if settings.entry == "vwap" else ""
    return _needed(panel, settings.entry, f"label.entry={settings.entry} buys and sells at it{reason}")


def close_of(panel: Panel, use: str) -> FloatMatrix:
    """Return the adjusted close; raises PanelError, with what it is needed for, where the panel has none."""
    return _needed(panel, "close", use)


def _needed(panel: Panel, name: str, use: str) -> FloatMatrix:
    if name not in panel.fields:
        remedy = "add it to the panel, or choose another setting"
        raise PanelError(what=f"field '{name}'", got="missing", expected=f"one: {use}", remedy=remedy)
    return panel.field(name)


def _fill(
    leave: FloatMatrix, waiting: NDArray[np.int64], source: FloatMatrix, starts: Iterable[int]
) -> NDArray[np.int64]:
    """Give each waiting cell the first price there is; return the cells that found none.

    ``starts`` are the rows of ``source`` that stand for the first row of ``leave``, in the order in which they are
    tried. Only the waiting cells are looked at, which are few, so that many days cost little.
    """
    flat, prices, columns = leave.reshape(-1), source.reshape(-1), leave.shape[1]
    for start in starts:
        found = prices[waiting + start * columns]
        flat[waiting] = found
        waiting = waiting[np.isnan(found)]
    return waiting


def _later(rows: slice, days: int) -> slice:
    return slice(rows.start + days, rows.stop + days)
