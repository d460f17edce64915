"""What a table is brought to after its rows are known to be right: raw prices, and an amount."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.sources.contract.columns import LIMITS, PRICES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dfqgp.frames import Columns
    from dfqgp.sources.contract.rows import Rows
    from dfqgp.sources.contract.treatment import Prices


def typical_amount(rows: Rows) -> None:
    """Add the amount that the typical price (high + low + close) / 3 makes of the volume."""
    cells = rows.cells
    cells["amount"] = (cells["high"] + cells["low"] + cells["close"]) / 3.0 * cells["volume"]


def recover_raw(rows: Rows, prices: Prices, further: Iterable[str]) -> None:
    """Replace adjusted prices by raw ones.

    The adjusted price of a day is the raw one times ``adj_factor`` (backward), and that over the code's last
    ``adj_factor`` (forward).

    Parameters
    ----------
    rows : Rows
        Sorted by (code, date), with ``adj_factor`` above 0 on every row.
    prices : {"forward", "backward"}
        What the prices are.
    further : iterable of str
        Further columns that are prices.
    """
    xp, codes, factor = rows.xp, rows.texts["code"].numbers, rows.cells["adj_factor"]
    scale = 1.0 / factor
    if prices == "forward":
        last = xp.searchsorted(codes, xp.arange(len(rows.texts["code"].names)), side="right") - 1
        scale *= factor[xp.maximum(last, 0)][codes]
    for name in (*PRICES, *LIMITS, *further):
        if name in rows.cells:
            rows.cells[name] = rows.cells[name] * scale


def scale_ratio(columns: Columns) -> float:
    """Return the median of amount / volume / close over traded rows, NaN if there are none."""
    volume = columns.numbers["volume"]
    with np.errstate(all="ignore"):
        ratio = columns.numbers["amount"] / volume / columns.numbers["close"]
    traded = ratio[columns.flags["is_trading"] & (volume > 0) & ~columns.xp.isnan(ratio)]
    return float(columns.xp.median(traded)) if len(traded) else np.nan
