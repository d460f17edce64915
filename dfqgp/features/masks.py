"""The masks of a panel, one value per row of the long table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.frames import host
from dfqgp.market.universe import buyable_mask, sellable_mask, universe_mask

if TYPE_CHECKING:
    from dfqgp.frames import Array, Columns
    from dfqgp.market.calendar import Calendar
    from dfqgp.market.universe import UniverseSettings

# Rows of which the age is computed at once; that of all of them would take the memory of several columns.
_BLOCK = 1_000_000


def members(columns: Columns, calendar: Calendar, settings: UniverseSettings) -> Array:
    """Return whether each row is in the universe, where the table is."""
    blocks = [slice(start, start + _BLOCK) for start in range(0, len(columns.days), _BLOCK)]
    return columns.xp.concatenate([_members_of(block, columns, calendar, settings) for block in blocks])


def _members_of(block: slice, columns: Columns, calendar: Calendar, settings: UniverseSettings) -> Array:
    listed, days = (host(each[block]).astype("datetime64[D]") for each in (columns.listed, columns.days))
    age = columns.xp.asarray(calendar.trading_days_since(listed, days))
    flags = {name: flag[block] for name, flag in columns.flags.items()}
    return universe_mask(**flags, listed_days=age, settings=settings)


def buyable(columns: Columns) -> Array:
    """Return whether an order to buy is filled on each row, by the raw prices."""
    trading, numbers = columns.flags["is_trading"], columns.numbers
    return buyable_mask(is_trading=trading, open_price=numbers["open"], limit_up=numbers.get("limit_up"))


def sellable(columns: Columns) -> Array:
    """Return whether an order to sell is filled on each row, by the raw prices."""
    trading, numbers = columns.flags["is_trading"], columns.numbers
    return sellable_mask(is_trading=trading, open_price=numbers["open"], limit_down=numbers.get("limit_down"))
