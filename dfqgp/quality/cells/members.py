"""Members of the universe by day, and those that the neutralisation leaves alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.panel import UNKNOWN_GROUP
from dfqgp.quality.report import Example, Finding
from dfqgp.quality.table.base import share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from dfqgp.panel import Panel

FEW = 30
"""Members that a day needs by default (fitness.min_assets)."""

_STEP = 0.2
_SHOWN = 3
_DAYS = 250  # days of a block


def members_a_day(panel: Panel) -> NDArray[np.int64]:
    """Return the number of members on each of the T days."""
    return np.asarray(panel.universe.sum(axis=1), dtype=np.int64)


def member_findings(panel: Panel) -> Iterator[Finding]:
    """Yield days with few members, sudden changes of their number, and members alone in their group.

    Days before the first member are left out: no stock is listed long enough there.
    """
    members = members_a_day(panel)
    first = int(np.argmax(members > 0))
    since = members[first:]
    days = [str(day) for day in panel.dates[first:]]
    few = np.flatnonzero(since < FEW)
    examples = tuple(
        Example(days[day], "", f"{since[day]} members") for day in few[np.argsort(since[few], kind="stable")[:_SHOWN]]
    )
    if panel.shape[1] >= FEW:
        yield Finding("few_members", share(len(few), len(since)), len(few), len(since), examples=examples)
    change = np.abs(np.diff(since)) / np.maximum(since[:-1], 1)
    sudden = np.flatnonzero((change > _STEP) & (since[:-1] >= FEW))
    worst = sudden[np.argsort(-change[sudden], kind="stable")[:_SHOWN]]
    examples = tuple(Example(days[day + 1], "", f"{since[day]} -> {since[day + 1]} members") for day in worst)
    yield Finding("member_changes", float(len(sudden)), len(sudden), len(change), examples=examples)
    yield from (_lone(panel, name) for name in panel.groups)


def _lone(panel: Panel, name: str) -> Finding:
    """Count members that are the only one of their group on a day."""
    codes = panel.group(name)
    groups = int(codes.max(initial=0)) + 1
    lone = known = 0
    examples: list[Example] = []
    for start in range(0, len(codes), _DAYS):
        part = codes[start : start + _DAYS]
        inside = panel.universe[start : start + _DAYS] & (part != UNKNOWN_GROUP)
        cells = (np.arange(len(part))[:, None] * groups + part)[inside]
        once = np.flatnonzero(np.bincount(cells, minlength=1) == 1)
        lone, known = lone + len(once), known + len(cells)
        for cell in once[: _SHOWN - len(examples)]:
            day, group = divmod(int(cell), groups)
            stock = int(np.flatnonzero(inside[day] & (part[day] == group))[0])
            examples.append(_lone_example(panel, name, start + day, stock, group))
    return Finding("lone_stocks", share(lone, known), lone, known, examples=tuple(examples), subject=name)


def _lone_example(panel: Panel, name: str, day: int, stock: int, group: int) -> Example:
    names = panel.group_names.get(name, ())
    what = names[group] if group < len(names) else str(group)
    return Example(str(panel.dates[day]), str(panel.codes[stock]), f"alone in {what}")
