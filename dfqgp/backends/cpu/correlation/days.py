"""Centred ranks of many factors on some days, and the exact correlation of chosen pairs.

Centred twice-ranks are whole numbers under 2**15, so a product of two stays under 2**30, and a sum of products is cut
into runs of stocks whose sums an int32 holds; sums of runs are int64. No sum is rounded.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import numpy as np
from numba.extending import register_jitable

from dfqgp.backends.cpu.compile import compile_kernel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dfqgp.backends.cpu.threads import Threads
    from dfqgp.backends.scoring import HostRanks

SCRATCH_BYTES = 2**25
"""Of the ranks of all factors on the days that are looked at together."""

_MOST = 2**31 - 1


def days_at_once(factors: int, assets: int, cell_bytes: int) -> int:
    """Return of how many days ranks fit the scratch, at least one."""
    return max(SCRATCH_BYTES // max(cell_bytes * factors * assets, 1), 1)


def _center_ranks(ranks, days, scaled, out, norms):
    for d in range(days.shape[0]):
        row, centred = ranks[days[d]], out[d]
        count, total, squares = 0, 0, 0
        for j in range(row.shape[0]):
            twice = np.int64(row[j])
            count += twice > 0
            total += twice
            squares += twice * twice
        middle = count + 1
        squares += count * middle * middle - 2 * middle * total  # exact: whole numbers
        norms[d] = 1.0 / np.sqrt(np.float64(squares)) if squares > 0 else 0.0
        center, factor = np.float32(middle), np.float32(norms[d] if scaled else 1.0)
        for j in range(row.shape[0]):
            value = np.float32(row[j])
            centred[j] = (value - center) * factor if value > 0.0 else np.float32(0.0)


@register_jitable
def dot(one, other, run):
    """Return the exact sum of products of two rows of int16, ``run`` stocks at a time."""
    total = np.int64(0)
    for start in range(0, one.shape[0], run):
        x, y, part = one[start : start + run], other[start : start + run], np.int32(0)
        for j in range(x.shape[0]):
            part = np.int32(part + np.int32(np.int32(x[j]) * np.int32(y[j])))
        total += part
    return total


def _add_pairs(centred, norms, pairs, run, totals, shared, first, last):
    for day in range(centred.shape[1]):  # outside: the ranks of one day stay in the cache
        for p in range(first, last):
            k, m = pairs[p, 0], pairs[p, 1]
            scale = norms[k, day] * norms[m, day]
            if scale > 0.0:
                totals[p] += np.float64(dot(centred[k, day], centred[m, day], run)) * scale
                shared[p] += 1


center_ranks = compile_kernel(_center_ranks, "center_ranks")
add_pairs = compile_kernel(_add_pairs, "add_pairs", inspect.getsource(dot))


def centred_days(
    ranks: Sequence[HostRanks], days: NDArray[np.int64], out: NDArray[np.int16 | np.float32], threads: Threads
) -> NDArray[np.float64]:
    """Write centred twice-ranks of some days into (K, d, N) ``out``, those of float32 with norm 1.

    Returns (K, d) one over the root of their sum of squares, 0 for none.
    """
    norms, scaled = np.empty(out.shape[:2]), out.dtype == np.float32

    def work(first: int, last: int) -> None:
        for k in range(first, last):  # each array is read where it lies: a stack of all would be one more copy
            center_ranks(ranks[k], days, scaled, out[k], norms[k])

    threads.share_out(work, len(ranks))
    return norms


def pair_correlations(
    left: Sequence[HostRanks], right: Sequence[HostRanks], pairs: NDArray[np.int64], threads: Threads
) -> NDArray[np.float64]:
    """Return the (P,) mean daily correlations of pairs (factor on the left, factor on the right).

    Days are added one after the other, as the whole table adds them: a pair has the same bits in both.
    """
    totals, shared = np.zeros(len(pairs)), np.zeros(len(pairs), dtype=np.int64)
    if not len(pairs):
        return totals
    if left is right:  # one side then, which is centred once
        rows, places = np.unique(pairs, return_inverse=True)
        places, chosen = places.reshape(pairs.shape), [left[k] for k in rows]
    else:
        places, chosen = pairs + np.array([0, len(left)]), [*left, *right]
    days, assets = chosen[0].shape
    step, run = days_at_once(len(chosen), assets, 2), max(_MOST // max(assets, 1) ** 2, 1)
    scratch = np.empty((len(chosen), min(step, days), assets), dtype=np.int16)
    for start in range(0, days, step):
        some = np.arange(start, min(start + step, days))
        centred = scratch[:, : len(some)]
        norms = centred_days(chosen, some, centred, threads)
        arguments = centred, norms, places, run, totals, shared
        threads.share_out(lambda first, last, given=arguments: add_pairs(*given, first, last), len(pairs))  # type: ignore[misc]
    return np.asarray(totals / np.maximum(shared, 1))
