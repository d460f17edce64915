"""What must hold for the cells of a converted long table: one rule per kind of violation.

``holds`` takes the columns as arrays and returns True for every row that keeps the rule; a missing number keeps every
rule but the one against missing numbers. Prices are judged on trading days only: vendors fill suspended rows with zeros
or the last close, and nothing downstream reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.sources.contract.columns import NEVER, PRICES, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from dfqgp.frames import Array

    Cells = Mapping[str, Array]

# Prices that went through float32 or a division by a factor differ in the seventh digit.
TOLERANCE = 1e-6

INFINITY = float("inf")
LARGEST = float(np.finfo(np.float32).max)
"""What a panel's float32 holds."""


@dataclass(frozen=True)
class Rule:
    """One kind of violation: its words, the columns that it reads, those that it shows, and what each row has to pass.

    ``shown`` names the cells that stand in an example after its date and code; the columns read, by default.
    """

    kind: str
    columns: tuple[str, ...]
    holds: Callable[[Cells], Array]
    shown: tuple[str, ...] | None = None


def missing_date() -> Rule:
    """Refuse rows without a date."""
    return Rule("missing date", ("date",), lambda cells: cells["date"] != NEVER)


def missing_code() -> Rule:
    """Refuse rows without a code."""
    return Rule("missing code", ("code",), lambda cells: cells["code"] >= 0)


def unknown(column: str) -> Rule:
    """Refuse missing numbers in a column."""
    return Rule(f"missing {column}", (column,), lambda cells: abs(cells[column]) >= 0)


def infinite(column: str) -> Rule:
    """Refuse plus and minus infinity in a column."""
    return Rule(f"infinite {column}", (column,), lambda cells: ~(abs(cells[column]) == INFINITY))


def too_large(column: str) -> Rule:
    """Refuse numbers that a panel cannot hold."""

    def holds(cells: Cells) -> Array:
        size = abs(cells[column])
        return ~((size > LARGEST) & (size < INFINITY))

    return Rule(f"{column} beyond what float32 holds", (column,), holds)


def negative(column: str) -> Rule:
    """Refuse values under 0 in a column."""
    return Rule(f"negative {column}", (column,), lambda cells: ~(cells[column] < 0))


def not_positive(column: str) -> Rule:
    """Refuse values of 0 and less in a column."""
    return Rule(f"non-positive {column}", (column,), lambda cells: ~(cells[column] <= 0))


def price_not_positive(column: str) -> Rule:
    """Refuse prices of 0 and less on trading days."""
    kind = f"non-positive {column} on a trading day"
    return Rule(
        kind, (column, "is_trading"), lambda cells: ~((cells[column] <= 0) & cells["is_trading"]), shown=(column,)
    )


def outside_range(column: str) -> Rule:
    """Refuse a price below the day's low or above its high, beyond float tolerance."""

    def holds(cells: Cells) -> Array:
        over = _exceeds(cells[column], cells["high"]) | _exceeds(cells["low"], cells[column])
        return ~(over & cells["is_trading"])

    shown = (column, "low", "high")
    return Rule(f"{column} outside [low, high]", (*shown, "is_trading"), holds, shown)


def _exceeds(left: Array, right: Array) -> Array:
    return left > right + TOLERANCE * abs(right)


def _high_not_below_low(cells: Cells) -> Array:
    return ~(_exceeds(cells["low"], cells["high"]) & cells["is_trading"])


def _limits_in_order(cells: Cells) -> Array:
    return ~_exceeds(cells["limit_down"], cells["limit_up"])


def _listed(cells: Cells) -> Array:
    return ~((cells["date"] < cells["list_date"]) & (cells["date"] != NEVER))


KEY_RULES = (
    missing_date(),
    missing_code(),
    Rule("duplicate (date, code)", ("repeated",), lambda cells: ~cells["repeated"], shown=()),
    Rule("row on a stray day", ("stray",), lambda cells: ~cells["stray"], shown=("codes that day", "codes around")),
)
"""What must hold for the key of every row. ``repeated`` and ``stray`` are found before (Rows.sort, stray)."""

CELL_RULES = (
    *(price_not_positive(column) for column in PRICES),
    Rule("high < low", ("high", "low", "is_trading"), _high_not_below_low, shown=("high", "low")),
    outside_range("open"),
    outside_range("close"),
    *(negative(column) for column in ("volume", "amount", "turnover")),
    unknown("adj_factor"),
    *(not_positive(column) for column in ("adj_factor", "mktcap", "limit_up", "limit_down")),
    Rule("limit_down > limit_up", ("limit_down", "limit_up"), _limits_in_order),
    Rule("row before list_date", ("list_date", "date"), _listed, shown=("list_date",)),
)

RULES = (*KEY_RULES, *CELL_RULES)


_READABLE = {
    "date": "a date (ISO or YYYYMMDD)",
    "code": "text (a number may have lost its leading zeros)",
    "number": "a number",
    "flag": "true or false (or 1, 0)",
    "text": "text (a name, or a whole number that is one)",
}


def readable(name: str) -> Rule:
    """Refuse the cells of a column that its converter could not read."""
    return Rule(f"{name} is not {_READABLE[kind_of(name)]}", (name,), lambda cells: ~cells[name])


def rules_for(names: Collection[str], rules: Sequence[Rule] = RULES) -> list[Rule]:
    """Return those of the rules whose columns are all there, and two against too large numbers for each number."""
    numbers = [name for name in names if kind_of(name) == "number" and name not in _FOUND_BEFORE]
    large = [make(name) for name in numbers for make in (infinite, too_large)]
    return [rule for rule in rules if set(names) >= set(rule.columns)] + large


_FOUND_BEFORE = frozenset(name for rule in KEY_RULES for name in (*rule.columns, *(rule.shown or ())))
