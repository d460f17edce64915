"""Shapes of launches: how many threads a block has, and what each of them makes. Knows no compiler."""

from __future__ import annotations

CELLS = 256
"""Threads of a block that takes a panel as one run of cells."""

TILE = (32, 4)
"""Threads of a block over stocks and days (or runs of days): a warp reads 32 stocks of a row, 128 bytes at a time."""

LEAST_THREADS, MOST_THREADS = 32, 256
"""Threads of a block that works on a row."""

SORTED = 4096
"""Most keys of a row that are sorted at a time: 32 KiB of shared memory, which every device gives a block."""

GROUPS_AT_ONCE = 1024
"""Most groups whose stocks are ranked at a time: 8 KiB of shared memory beside the keys."""

RANK_BYTES = 1 << 27
"""Most bytes of the scratch in which the ranks of all days of the factors of one launch are compared."""

FACTORS, PRODUCT_BYTES = 1024, 1 << 28
"""Most factors of a side that are correlated at a time, and most bytes of the scratch for it."""


def blocks(extent: int, threads: int) -> int:
    """Return how many blocks of so many threads cover an extent.

    Examples
    --------
    >>> blocks(800, 32), blocks(801, 32)
    (25, 26)
    """
    return -(-extent // threads)


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


def threads_for(columns: int) -> int:
    """Return how many threads work on a row: a power of two from 32 to 256, at most twice the row's columns.

    Examples
    --------
    >>> [threads_for(columns) for columns in (1, 33, 800, 5400)]
    [32, 64, 256, 256]
    """
    return min(max(power_of_two(columns), LEAST_THREADS), MOST_THREADS)


def power_of_two(number: int) -> int:
    """Return the least power of two that is not below ``number``, 1 for 0.

    Examples
    --------
    >>> [power_of_two(number) for number in (0, 1, 2, 3, 800)]
    [1, 1, 2, 4, 1024]
    """
    return 1 << max(number - 1, 0).bit_length()
