"""What can be told of a table only as a whole: columns without any value, codes and days that cannot be meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.frames import host
from dfqgp.sources.contract.columns import BY_NAME, NEVER
from dfqgp.sources.contract.dates import fall_on_sundays
from dfqgp.sources.contract.stray import stray_days
from dfqgp.sources.contract.texts import differ_in_case
from dfqgp.sources.contract.violations import EXAMPLES, Violation

if TYPE_CHECKING:
    from dfqgp.frames import Array
    from dfqgp.sources.contract.rows import Rows

MAY_BE_EMPTY = ("list_date", "limit_up", "limit_down")
"""Columns whose empty cells mean something, so that one without any value is as good as none."""


def empty_columns(rows: Rows) -> list[Violation]:
    """Name the columns without any value, and take those that may be empty as absent."""
    empty = [name for name, texts in rows.texts.items() if name != "code" and not bool((texts.numbers >= 0).any())]
    for name, cells in rows.cells.items():
        if cells.dtype.kind == "f":
            empty += [] if bool((~rows.xp.isnan(cells)).any()) else [name]
        elif name == "list_date":
            empty += [] if bool((cells != NEVER).any()) else [name]
    empty = [name for name in empty if name not in rows.unreadable]
    for name in MAY_BE_EMPTY:
        if name in empty:
            del rows.cells[name]
    return [_empty(name) for name in empty if name not in MAY_BE_EMPTY]


def _empty(name: str) -> Violation:
    default = BY_NAME[name].default if name in BY_NAME else None
    remedy = "fill it" if default is None else f"fill it, or leave it out (then: {default})"
    return Violation(f"column '{name}' has no value on any row: {remedy}")


def nothing_trades(rows: Rows) -> list[Violation]:
    """Name a table in which every day is a suspension."""
    trading = rows.cells.get("is_trading")
    if trading is None or "is_trading" in rows.unreadable or bool(trading.any()):
        return []
    return [Violation("no row trades: is_trading is false on every row, or, where it is absent, no volume is above 0")]


def codes_and_days(rows: Rows, timezone: str) -> list[Violation]:
    """Find what codes, industries and dates show as a whole."""
    found = []
    if "code" in rows.texts:
        found += _twins(rows.texts["code"].used(rows.xp).names)
    most, groups = np.iinfo(np.int16).max, len(rows.texts["industry"].names) if "industry" in rows.texts else 0
    if groups > most:
        found.append(Violation(f"{groups:,} industries, expected at most {most:,}: use a coarser grouping"))
    if "date" in rows.cells and fall_on_sundays(_distinct_days(rows)[0], timezone):
        found.append(Violation(_SUNDAYS.format(timezone=timezone)))
    return found


_SUNDAYS = (
    "dates look like UTC: they fall on Sundays and never on Fridays, as the midnights of a market do whose date was "
    "taken in UTC: give dates, or time stamps with an offset, which are converted to source.timezone ({timezone}); a "
    "market that trades on Sundays sets its own source.timezone"
)


def _twins(codes: tuple[str, ...]) -> list[Violation]:
    twins = differ_in_case(codes)
    if not twins:
        return []
    shown = ", ".join(" and ".join(f"'{name}'" for name in each) for each in twins[:EXAMPLES])
    words = f"codes that differ in upper and lower case only: {shown} ({len(twins):,} in all)"
    return [Violation(f"{words}: spell each code in one way")]


def _distinct_days(rows: Rows) -> tuple[Array, Array]:
    """Return the distinct days and the rows of each, on the host."""
    days = rows.cells["date"]
    known = days[days != NEVER]
    if not len(known):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    first = int(known.min())
    counts = host(rows.xp.bincount(known - first))
    seen = np.flatnonzero(counts)
    return seen + first, counts[seen]


def mark_keys(rows: Rows) -> None:
    """Sort, and mark the rows that share their key and those on a day that is none."""
    if "date" not in rows.cells or "code" not in rows.texts:
        return
    rows.cells["repeated"] = rows.sort()
    days, counts = _distinct_days(rows)
    stray, around = stray_days(days, counts)
    if stray.any():
        place = np.clip(np.searchsorted(days, host(rows.cells["date"])), 0, len(days) - 1)
        known = host(rows.cells["date"]) != NEVER
        rows.cells["stray"] = rows.xp.asarray(stray[place] & known)
        rows.cells["codes that day"] = rows.xp.asarray(counts[place])
        rows.cells["codes around"] = rows.xp.asarray(around[place])
