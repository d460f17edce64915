"""Shapes of launches: how many threads a block has, and what each of them makes."""

from __future__ import annotations

from dfqgp.backends.gpu.compile import register_jitable

CELLS = 256
"""Threads of a block that takes a panel as one run of cells."""

TILE = (32, 4)
"""Threads of a block over stocks and days (or runs of days): a warp reads 32 stocks of a row, 128 bytes at a time."""


def blocks(extent: int, threads: int) -> int:
    """Return how many blocks of so many threads cover an extent.

    Examples
    --------
    >>> blocks(800, 32), blocks(801, 32)
    (25, 26)
    """
    return -(-extent // threads)


@register_jitable
def run_length(w):
    """Return how many days one thread of a rolling kernel makes.

    A run of R days reads w - R + 1 rows once for all its windows, and each window (R - 1) / 2 rows more at its edges,
    on average: about sqrt(2 w) is best. A power of two, at most w: then all windows of a run overlap. It depends on
    the window alone, so that the order of a sum does too.
    """
    length = 1
    while length * 2 <= w and length * length < w:
        length *= 2
    return length
