"""The columns of the long table: name, kind, and what holds where an optional one is absent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

Kind = Literal["date", "code", "number", "flag", "text"]

UnitName = Literal["price", "shares", "currency", "ratio", "count"]
UNITS = get_args(UnitName)

PRICES = ("open", "high", "low", "close")
LIMITS = ("limit_up", "limit_down")
FLAGS = ("is_trading", "is_st", "in_universe")

NEVER = int(np.iinfo(np.int64).min)
"""A missing day; NumPy's own NaT as a number."""


@dataclass(frozen=True)
class ColumnSpec:
    """One column of the contract; ``default`` says in words what holds when the column is absent."""

    name: str
    kind: Kind
    default: str | None = None

    @property
    def required(self) -> bool:
        """Whether a table without this column is refused."""
        return self.default is None


COLUMNS = (
    ColumnSpec("date", "date"),
    ColumnSpec("code", "code"),
    ColumnSpec("open", "number"),
    ColumnSpec("high", "number"),
    ColumnSpec("low", "number"),
    ColumnSpec("close", "number"),
    ColumnSpec("volume", "number"),
    ColumnSpec("amount", "number", "typical price (high + low + close) / 3 x volume, so vwap is an estimate"),
    ColumnSpec("adj_factor", "number", "1: prices count as adjusted already"),
    ColumnSpec("industry", "text", "one group 'all' for every stock"),
    ColumnSpec("mktcap", "number", "float_mktcap, else size is left out of the neutralisation"),
    ColumnSpec("turnover", "number", "no turnover feature"),
    ColumnSpec("is_trading", "flag", "volume > 0"),
    ColumnSpec("is_st", "flag", "False"),
    ColumnSpec("in_universe", "flag", "True on every row"),
    ColumnSpec("list_date", "date", "first row of the code"),
    ColumnSpec("limit_up", "number", "no upper limit rule"),
    ColumnSpec("limit_down", "number", "no lower limit rule"),
)

BY_NAME = {column.name: column for column in COLUMNS}


def kind_of(name: str) -> Kind:
    """Return the kind of a column; further columns are numbers."""
    return BY_NAME[name].kind if name in BY_NAME else "number"


# Further columns whose unit is known by their name, so that nobody has to state it.
EXTRA_UNITS = {"float_mktcap": "currency"}
