"""What must hold for the cells of a converted long table: one rule per kind of violation.

``holds`` returns True for every row that keeps the rule; a missing number keeps every rule but the one against missing
numbers. It takes a pandas frame, or arrays by the names of the columns. Prices are judged on trading days only: vendors
fill suspended rows with zeros or the last close, and nothing downstream reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dfqgp.sources.contract.columns import PRICES, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from dfqgp.sources.contract.columns import Kind

    Cells = Any  # a frame, or a mapping of arrays
    Mask = Any  # a column of it

# Prices that went through float32 or a division by a factor differ in the seventh digit.
TOLERANCE = 1e-6

INFINITY = float("inf")


@dataclass(frozen=True)
class Rule:
    """One kind of violation: its words, the columns that it reads and shows, and the test that each row should pass."""

    kind: str
    columns: tuple[str, ...]
    holds: Callable[[Cells], Mask]


def missing(column: str) -> Rule:
    """Refuse empty cells of a column."""
    return Rule(f"missing {column}", (column,), lambda frame: frame[column].notna())


def unknown(column: str) -> Rule:
    """Refuse missing numbers in a column."""
    return Rule(f"missing {column}", (column,), lambda frame: abs(frame[column]) >= 0)


def infinite(column: str) -> Rule:
    """Refuse plus and minus infinity in a column."""
    return Rule(f"infinite {column}", (column,), lambda frame: ~(abs(frame[column]) == INFINITY))


def negative(column: str) -> Rule:
    """Refuse values under 0 in a column."""
    return Rule(f"negative {column}", (column,), lambda frame: ~(frame[column] < 0))


def not_positive(column: str) -> Rule:
    """Refuse values of 0 and less in a column."""
    return Rule(f"non-positive {column}", (column,), lambda frame: ~(frame[column] <= 0))


def price_not_positive(column: str) -> Rule:
    """Refuse prices of 0 and less on trading days."""
    kind = f"non-positive {column} on a trading day"
    return Rule(kind, (column, "is_trading"), lambda frame: ~((frame[column] <= 0) & frame["is_trading"]))


def outside_range(column: str) -> Rule:
    """Refuse a price below the day's low or above its high, beyond float tolerance."""

    def holds(frame: Cells) -> Mask:
        over = _exceeds(frame[column], frame["high"]) | _exceeds(frame["low"], frame[column])
        return ~(over & frame["is_trading"])

    return Rule(f"{column} outside [low, high]", (column, "low", "high", "is_trading"), holds)


def _exceeds(left: Mask, right: Mask) -> Mask:
    return left > right + TOLERANCE * abs(right)


def _high_not_below_low(frame: Cells) -> Mask:
    return ~(_exceeds(frame["low"], frame["high"]) & frame["is_trading"])


def _unique_key(frame: Cells) -> Mask:
    known = frame["date"].notna() & frame["code"].notna()
    return ~(frame.duplicated(["date", "code"], keep=False) & known)


def _limits_in_order(frame: Cells) -> Mask:
    return ~_exceeds(frame["limit_down"], frame["limit_up"])


def _listed(frame: Cells) -> Mask:
    return ~(frame["date"] < frame["list_date"])


KEY_RULES = (
    missing("date"),
    missing("code"),
    Rule("duplicate (date, code)", ("date", "code"), _unique_key),
)
"""What must hold for the key of every row; in a pandas frame alone, arrays have a check of their own."""

CELL_RULES = (
    *(price_not_positive(column) for column in PRICES),
    Rule("high < low", ("high", "low", "is_trading"), _high_not_below_low),
    outside_range("open"),
    outside_range("close"),
    *(negative(column) for column in ("volume", "amount", "turnover")),
    unknown("adj_factor"),
    *(not_positive(column) for column in ("adj_factor", "mktcap", "limit_up", "limit_down")),
    Rule("limit_down > limit_up", ("limit_down", "limit_up"), _limits_in_order),
    Rule("row before list_date", ("list_date", "date"), _listed),
)

RULES = (*KEY_RULES, *CELL_RULES)


_READABLE = {
    "date": "a date (ISO or YYYYMMDD)",
    "code": "text (a number may have lost its leading zeros)",
    "number": "a number",
    "flag": "true or false (or 1, 0)",
    "text": "text",
}


def readable(unreadable: pd.DataFrame) -> list[Rule]:
    """Return one rule per column against the cells that ``unreadable`` marks; they show the raw cell."""

    def rule(name: str) -> Rule:
        return Rule(f"{name} is not {_READABLE[kind_of(name)]}", (name,), lambda _: ~unreadable[name])

    return [rule(name) for name in map(str, unreadable.columns)]


def rules_for(kinds: Mapping[str, Kind], rules: Sequence[Rule] = RULES) -> list[Rule]:
    """Return those of the rules whose columns are all there, and one against infinities for each number."""
    numbers = [name for name, kind in kinds.items() if kind == "number"]
    return [rule for rule in rules if kinds.keys() >= set(rule.columns)] + [infinite(name) for name in numbers]
