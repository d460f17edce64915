"""How much memory a session may take."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from dfqgp.errors import BudgetError

MOST_SLOTS = 4096
"""Of a small panel a budget holds millions, and the planner lists every free slot."""


@dataclass(frozen=True)
class Room:
    """How much memory a session may take.

    Parameters
    ----------
    budget : int
        Bytes; 0 takes the backend's default.
    reserve : int
        Bytes of it to leave for residual ranks.
    slots : int
        Most slots to make, however many the budget holds.
    """

    budget: int = 0
    reserve: int = 0
    slots: int = MOST_SLOTS


def too_little(budget: int, panels: int, panel_bytes: int, fixed: int) -> BudgetError:
    """Return the error of a session that so many panels do not fit, beside the ``fixed`` bytes that are no panels."""
    needed = fixed + panels * panel_bytes
    some = "1 panel" if panels == 1 else f"{panels} panels"
    what = f"{some} of {panel_bytes} bytes beside {fixed} of masks, targets and ranks"
    return BudgetError(available=f"{budget} bytes", what=what, needed=f"{needed} bytes", bytes=needed)


_SHARE_OF_FREE = 4
_SHARE_OF_ALL = 16  # memory full of file cache counts as used, though it can be had

# A container's limit and its use, for both versions of control groups.
_GROUPS = (
    ("memory.max", "memory.current"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
)


def default_budget(root: Path = Path("/sys/fs/cgroup")) -> int:
    """Return a quarter of the memory that is free now, at least a sixteenth of all there is, in bytes.

    A container's limit counts as all there is.
    """
    page = os.sysconf("SC_PAGE_SIZE")
    everything = page * os.sysconf("SC_PHYS_PAGES")
    free = page * os.sysconf("SC_AVPHYS_PAGES") if "SC_AVPHYS_PAGES" in os.sysconf_names else 0
    for limit_file, use_file in _GROUPS:
        limit, used = _number(root / limit_file), _number(root / use_file)
        if limit is not None and limit < everything:
            everything, free = limit, min(free, max(limit - (used or 0), 0))
    return max(free // _SHARE_OF_FREE, everything // _SHARE_OF_ALL)


def _number(path: Path) -> int | None:
    """Return the whole number in a file; None where there is no file, or it says ``max``."""
    try:
        text = path.read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None
