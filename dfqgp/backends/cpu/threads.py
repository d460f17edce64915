"""Threads over independent pieces of work."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

PIECES_PER_THREAD = 4  # evens out pieces of unequal cost


class Threads:
    """A pool that shares out pieces, and works in the calling thread too.

    Parameters
    ----------
    number : int
        Number of threads, 0 for all cores.
    """

    def __init__(self, number: int = 0) -> None:
        self.number = number or os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(max(self.number - 1, 1), thread_name_prefix="dfqgp")

    def parts(self, tasks: int, most: int) -> int:
        """Return into how many parts to cut each task, at most ``most``."""
        return max(1, min(-(-self.number * PIECES_PER_THREAD // max(tasks, 1)), most))

    def share_out(self, work: Callable[[int, int], None], pieces: int) -> None:
        """Call ``work(first, last)`` over 0 .. pieces and wait; an error in any thread is raised here.

        Each thread takes the next chunk when it has done one: a thread of the pool that wakes up late has just done
        less. Tried: the pool alone, over fixed shares; after some idle milliseconds two threads were no faster than
        one.
        """
        chunks = min(pieces, self.number * PIECES_PER_THREAD)
        if self.number == 1 or chunks <= 1:
            work(0, pieces)
            return
        bounds = np.linspace(0, pieces, chunks + 1).astype(np.int64).tolist()
        turns = count()  # next() of it is atomic

        def drain() -> None:
            for turn in turns:
                if turn >= chunks:
                    return
                work(bounds[turn], bounds[turn + 1])

        helpers = [self._pool.submit(drain) for _ in range(min(self.number, chunks) - 1)]
        drain()
        for helper in helpers:  # one that has not started has nothing left to do
            if not helper.cancel():
                helper.result()
