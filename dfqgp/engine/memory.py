"""How much memory the workspace may take by default."""

from __future__ import annotations

import os

_SHARE_OF_FREE = 4
_SHARE_OF_ALL = 16  # memory full of file cache counts as used, though it can be had


def default_budget() -> int:
    """Return a quarter of the memory that is free now, at least a sixteenth of all there is, in bytes."""
    page, pages = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_PHYS_PAGES")
    free = os.sysconf("SC_AVPHYS_PAGES") if "SC_AVPHYS_PAGES" in os.sysconf_names else 0
    return page * max(free // _SHARE_OF_FREE, pages // _SHARE_OF_ALL)
