"""What holds where an optional column is absent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.frames import Columns
from dfqgp.sources.contract.columns import FLAGS, NEVER, kind_of
from dfqgp.sources.contract.texts import Texts

if TYPE_CHECKING:
    from dfqgp.frames import Array
    from dfqgp.sources.contract.rows import Rows

ONE_GROUP = "all"


def fill_flags(rows: Rows) -> None:
    """Add the absent flags, and the factor: without volume nothing says that a row was not a trading day."""
    cells, xp = rows.cells, rows.xp
    if "is_trading" not in cells:
        cells["is_trading"] = cells["volume"] > 0 if "volume" in cells else xp.ones(len(rows), dtype=bool)
    cells.setdefault("is_st", xp.zeros(len(rows), dtype=bool))
    cells.setdefault("in_universe", xp.ones(len(rows), dtype=bool))
    cells.setdefault("adj_factor", xp.ones(len(rows)))


def columns_of(rows: Rows, without: frozenset[str] = frozenset()) -> Columns:
    """Return the columns of rows that keep the contract and are sorted, with the remaining defaults.

    Parameters
    ----------
    rows : Rows
        Sorted by (code, date).
    without : frozenset of str
        Features that the table cannot give.
    """
    codes = rows.texts["code"].used(rows.xp)
    groups = rows.texts.get("industry", Texts(rows.xp.zeros(len(rows), dtype=np.int16), (ONE_GROUP,))).used(rows.xp)
    return Columns(
        rows.xp,
        rows.cells["date"],
        codes.numbers,
        codes.names,
        {name: each for name, each in rows.cells.items() if kind_of(name) == "number" and each.dtype.kind == "f"},
        {name: rows.cells[name] for name in FLAGS},
        _listed(rows, codes),
        groups.numbers.astype(np.int16),
        groups.names,
        without,
    )


def _listed(rows: Rows, codes: Texts) -> Array:
    """Return the listing day of each row, the code's first row where none is given."""
    starts = rows.xp.searchsorted(codes.numbers, rows.xp.arange(len(codes.names)))
    first = rows.cells["date"][starts][codes.numbers]
    given = rows.cells.get("list_date")
    return first if given is None else rows.xp.where(given == NEVER, first, given)
