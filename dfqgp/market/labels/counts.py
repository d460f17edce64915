"""How many legs cannot be bought, or sold on the exit day, and what a label makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

import numpy as np
from pydantic import Field

from dfqgp.errors import PanelError
from dfqgp.market.labels.legs import legs_of, price_of
from dfqgp.market.labels.settings import ExitRule
from dfqgp.records import record

if TYPE_CHECKING:
    from dfqgp.market.labels.legs import Legs
    from dfqgp.market.labels.settings import LabelSettings
    from dfqgp.panel import BoolMatrix, Panel

Count = Annotated[int, Field(ge=0)]

_LABELLED = "has a label"
_WITHOUT = "has no label"
_LATE = "sold on the first day on which it can be sold"
_LAST = "valued at its last close"
_IGNORED = "sold all the same: nobody could"


class Reason(NamedTuple):
    """One line of the counts: what happened, to how many legs, their share, and what the label makes of it."""

    reason: str
    legs: int
    share: float
    effect: str


@record("legs")
class LegCounts:
    """Legs by what happened to them; each is counted once, so that the parts add up to ``members``.

    Parameters
    ----------
    exit : {"delayed", "strict", "naive"}
        The rule of the labels.
    members : int
        Legs in all: members of the universe on the days counted.
    entry_suspended : int
        Suspended, or without a price, on the entry day.
    entry_upper_limit : int
        Opened at the upper limit on the entry day.
    exit_on_time : int
        Bought, and can be sold on the exit day.
    exit_suspended : int
        Bought; suspended, or without a price, on the exit day. With delayed exits sold later.
    exit_lower_limit : int
        Bought; opened at the lower limit on the exit day. With delayed exits sold later.
    unsold : int
        With delayed exits: bought, and cannot be sold by the end of the delay. 0 with the other exits.
    """

    exit: ExitRule
    members: Count
    entry_suspended: Count
    entry_upper_limit: Count
    exit_on_time: Count
    exit_suspended: Count
    exit_lower_limit: Count
    unsold: Count

    @property
    def labelled(self) -> int:
        """Legs that have a raw label."""
        if self.exit == "strict":
            return self.exit_on_time
        late = self.exit_suspended + self.unsold if self.exit == "delayed" else 0
        return self.exit_on_time + self.exit_lower_limit + late

    def reasons(self) -> tuple[Reason, ...]:
        """Return one line for each count, with its share of the members (NaN without any) and its effect."""
        suspended = {"delayed": _LATE, "strict": _WITHOUT, "naive": _WITHOUT}[self.exit]
        limit = {"delayed": _LATE, "strict": _WITHOUT, "naive": _IGNORED}[self.exit]
        lines = (
            ("entry day: suspended or without a price", self.entry_suspended, _WITHOUT),
            ("entry day: opened at the upper limit", self.entry_upper_limit, _WITHOUT),
            ("exit day: can be sold", self.exit_on_time, _LABELLED),
            ("exit day: suspended or without a price", self.exit_suspended, suspended),
            ("exit day: opened at the lower limit", self.exit_lower_limit, limit),
            ("cannot be sold by the end of the delay", self.unsold, _LAST),
        )
        return tuple(Reason(text, count, self.share(count), effect) for text, count, effect in lines)

    def share(self, count: int) -> float:
        """Return a count as a share of the members, NaN without any."""
        return count / self.members if self.members else float("nan")


def label_legs(panel: Panel, settings: LabelSettings, rows: slice | None = None) -> LegCounts:
    """Count the legs of the universe's members by what happens to them.

    Parameters
    ----------
    panel : Panel
        T dates, N assets.
    settings : LabelSettings
        Entry, exit and horizon; the kind makes no difference.
    rows : slice, optional
        Days of the signals, such as ``segments.train.scored``; every day that has a label by default.

    Returns
    -------
    LegCounts
        ``reasons()`` are its lines for a report.

    Raises
    ------
    PanelError
        If the labels of the rows would look past the end of the panel, or the panel lacks a price.

    Examples
    --------
    >>> import dfqgp as dq
    >>> from dfqgp.market import LabelSettings
    >>> from dfqgp.sources import SyntheticSettings, open_source
    >>> panel = dq.Panel.from_frame(open_source(SyntheticSettings(assets=20, days=200)).load().frame)
    >>> legs = label_legs(panel, LabelSettings())
    >>> legs.members - legs.labelled == legs.entry_suspended + legs.entry_upper_limit
    True
    """
    last = max(len(panel.dates) - settings.reach, 0)
    chosen = slice(0, last) if rows is None else rows
    if not 0 <= chosen.start <= chosen.stop <= last or chosen.step not in (None, 1):
        raise PanelError(
            what="rows of the legs",
            got=f"{chosen.start}:{chosen.stop}",
            expected=f"rows inside 0:{last}, whose labels end inside the panel",
            remedy="pass the scored rows of a segment of this panel",
        )
    return _count(panel, settings, chosen, legs_of(panel, settings, chosen))


def _count(panel: Panel, settings: LabelSettings, rows: slice, legs: Legs) -> LegCounts:
    members = panel.universe[rows]
    price = price_of(panel, settings)
    bought = members & ~np.isnan(legs.entry)
    no_entry = members & np.isnan(price[rows.start + 1 : rows.stop + 1])
    exits = slice(rows.start + 1 + settings.horizon, rows.stop + 1 + settings.horizon)
    no_exit = bought & np.isnan(price[exits])
    locked = bought & ~no_exit
    if panel.sellable is not None:
        locked &= ~panel.sellable[exits]
    else:
        locked[:] = False
    return LegCounts(
        exit=settings.exit,
        members=_sum(members),
        entry_suspended=_sum(no_entry),
        entry_upper_limit=_sum(members) - _sum(no_entry) - _sum(bought),
        exit_on_time=_sum(bought) - _sum(no_exit) - _sum(locked),
        exit_suspended=_sum(no_exit & ~legs.unsold),
        exit_lower_limit=_sum(locked & ~legs.unsold),
        unsold=_sum(members & legs.unsold),
    )


def _sum(mask: BoolMatrix) -> int:
    return int(np.count_nonzero(mask))
