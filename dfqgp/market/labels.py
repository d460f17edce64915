"""Labels: the return that a signal of day t could have earned.

A signal is known after the close of day t, so it enters on day t+1 and leaves h days later at the same kind of price.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import Field

from dfqgp.errors import ConfigError, PanelError
from dfqgp.records import record

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dfqgp.panel import BoolMatrix, FloatMatrix, Panel

EntryPrice = Literal["open", "vwap", "close"]


@record("label", ConfigError)
class LabelSettings:
    """Which return is predicted.

    Parameters
    ----------
    horizon : int
        Days between entry and exit, at least 1.
    entry : {"open", "vwap", "close"}
        Price of both the entry and the exit.
    more_horizons : tuple of int
        Further horizons for which the library's members are measured. They decide nothing.

    Raises
    ------
    ConfigError
        If a horizon is not a whole number of at least 1 or the entry is no such price.
    """

    horizon: Annotated[int, Field(ge=1)] = 5
    entry: EntryPrice = "open"
    more_horizons: tuple[Annotated[int, Field(ge=1)], ...] = ()


def forward_return(
    entry_price: NDArray[np.floating[Any]], buyable: BoolMatrix, horizon: int, stop: int | None = None
) -> FloatMatrix:
    """Return the label of every (day, asset): entry price of t+1+h over that of t+1, minus 1.

    Parameters
    ----------
    entry_price : (T, N) float
        Adjusted prices, NaN on suspended days.
    buyable : (T, N) bool
        Where an order to buy is filled, see :func:`dfqgp.market.universe.buyable_mask`.
    horizon : int
        h, at least 1.
    stop : int, optional
        Row after the last one that labels may look at (the end of the segment); the end of the matrix by default.

    Returns
    -------
    (T, N) float32
        NaN where the stock cannot be bought on day t+1, where either price is missing or the ratio is not finite, and
        where t+1+h is not before ``stop``.

    Raises
    ------
    PanelError
        If the shapes differ, the horizon is under 1 or ``stop`` lies outside the matrix.

    Examples
    --------
    >>> price = np.array([[9.0], [10.0], [11.0], [12.0]])
    >>> forward_return(price, np.ones((4, 1), dtype=bool), horizon=1).ravel()
    array([0.1       , 0.09090909,        nan,        nan], dtype=float32)
    """
    rows = len(entry_price)
    last = rows if stop is None else stop
    _check_arguments(entry_price.shape, buyable.shape, horizon, last)
    label = np.full(entry_price.shape, np.nan, dtype=np.float32)
    labelled = last - 1 - horizon
    if labelled > 0:
        entry = np.where(buyable[1 : 1 + labelled], entry_price[1 : 1 + labelled], np.nan).astype(np.float64)
        with np.errstate(all="ignore"):
            gain = (entry_price[1 + horizon : last] / entry - 1.0).astype(np.float32)
        label[:labelled] = np.where(np.isfinite(gain), gain, np.nan)
    return label


def panel_labels(panel: Panel, settings: LabelSettings, stop: int | None = None) -> FloatMatrix:
    """Return the (T, N) float32 labels of a panel; ``stop`` is the end of the segment, the panel's by default.

    Raises
    ------
    UnknownFieldError
        If the panel lacks the entry price.
    """
    return forward_return(panel.field(settings.entry), panel.buyable, settings.horizon, stop)


def _check_arguments(prices: tuple[int, ...], buyable: tuple[int, ...], horizon: int, stop: int) -> None:
    if len(prices) != 2 or prices != buyable:
        raise PanelError(
            what="shape of the entry price and of buyable",
            got=f"{prices} and {buyable}",
            expected="one (T, N)",
            remedy="take both from one panel",
        )
    if horizon < 1:
        raise PanelError(what="horizon", got=horizon, expected="at least 1", remedy="set label.horizon")
    if not 0 <= stop <= prices[0]:
        raise PanelError(
            what="stop of the labels",
            got=stop,
            expected=f"a row of 0 to {prices[0]}",
            remedy="pass the stop of a segment of this panel",
        )
