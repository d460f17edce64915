"""Every kernel of the backend with a launch of it, for checks that run none: arrays have a shape and no memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dfqgp.backends.gpu.correlation import SIDE, WIDE, add_days, center, keep_largest, measure, store_means
from dfqgp.backends.gpu.geometry import SORTED, power_of_two, threads_for
from dfqgp.backends.gpu.operators import Buffers, Launch, lacks_kernel, launch_of, launch_of_chains
from dfqgp.backends.gpu.scoring import STOCKS_PER_THREAD, compare_days, score_days
from dfqgp.ops import OPERATORS, Elementwise
from dfqgp.ops.families import family_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import DTypeLike

ROWS, SLOTS, TASKS, GROUPS, WINDOW = 2430, 16, 8, 31, 20


def all_kernels(columns: int) -> Iterator[Launch]:
    """Yield a launch of every kernel over a panel of so many stocks: of operators, of scoring, of correlations."""
    buffers, operators = _buffers(columns), [op for op in OPERATORS.values() if not lacks_kernel(op)]
    elementwise = tuple(op for op in operators if isinstance(op.form, Elementwise))
    yield launch_of_chains(elementwise, buffers, 0, TASKS)
    for family in dict.fromkeys(family_of(op) for op in operators if op not in elementwise):
        yield launch_of(family[0], buffers, 0, TASKS, WINDOW)
    yield from _scoring(buffers, columns)
    yield from _correlation(columns)


def shaped(shape: tuple[int, ...], dtype: DTypeLike) -> Any:
    """Return an array of that shape which takes the memory of one item."""
    return np.broadcast_to(np.zeros((), dtype), shape)


def _buffers(columns: int) -> Buffers:
    shape = ROWS, columns
    return Buffers(
        slab=shaped((SLOTS, *shape), np.float32),
        cells=shaped((SLOTS, ROWS * columns), np.float32),
        universe=shaped(shape, np.bool_),
        groups=shaped((1, *shape), np.int16),
        buckets=GROUPS,
        origin=0,
        table=shaped((TASKS, 12), np.float64),
        code=shaped((TASKS, 6), np.float64),
        literal=9,
    )


def _scoring(buffers: Buffers, columns: int) -> Iterator[Launch]:
    """Yield launches of the scoring kernels, with arguments in the order of their parameters."""
    threads = threads_for(-(-columns // STOCKS_PER_THREAD))
    length, float64 = min(power_of_two(columns), SORTED), np.float64
    ic, assets, single = (shaped((TASKS, ROWS), each) for each in (float64, np.int32, np.float32))
    ranks, state = shaped((TASKS, ROWS, columns), np.uint16), shaped((TASKS, ROWS), np.uint8)
    codes, cuts = shaped((ROWS, 5, columns), np.uint16), shaped((ROWS, 2, GROUPS + 1), np.uint16)
    head, size = shaped((ROWS, 3), np.int32), shaped((ROWS, columns), np.float32)
    cells, sums = shaped((1, 3, columns + 1), float64), shaped((1, 5, GROUPS + 1), float64)
    of_score = (
        buffers.slab, buffers.table, 0, TASKS, head, codes, cuts, size, 30, 0.01, 1e-6, length, cells, sums, ranks,
        ic, assets, single, state,
    )  # fmt: skip
    yield Launch(score_days, (1,), (threads,), of_score, 8 * (length + 2 * threads))
    of_compare = ranks, TASKS, assets, shaped((ROWS,), np.int32), buffers.table, 0, 0, single, ranks
    yield Launch(compare_days, (1,), (threads,), of_compare, 16 * threads)


def _correlation(columns: int) -> Iterator[Launch]:
    """Yield launches of the kernels around the matrix product of correlations."""
    ranks, rows = shaped((TASKS, ROWS, columns), np.uint16), shaped((TASKS,), np.int32)
    daily, sums, shared = (
        shaped((size, TASKS), dtype) for size, dtype in ((ROWS, np.float64), (TASKS, np.float64), (TASKS, np.int32))
    )
    days, products = shaped((1, TASKS, columns), np.float64), shaped((1, TASKS, TASKS), np.float64)
    threads, of_factors = threads_for(columns), threads_for(TASKS)
    squares = -(-columns // SIDE), 1, 1
    yield Launch(measure, (TASKS, ROWS), (threads,), (ranks, rows, daily, daily), 16 * threads)
    yield Launch(center, squares, WIDE, (ranks, rows, 0, TASKS, daily, 0, True, days))
    yield Launch(add_days, (1, TASKS), WIDE, (products, daily, 0, 0, 0, sums, shared))
    yield Launch(store_means, (1, TASKS), WIDE, (sums, shared, 0, 0, sums))
    of_largest = sums, shared, 0, 0, True, shaped((TASKS,), np.float64)
    yield Launch(keep_largest, (TASKS,), (of_factors,), of_largest, 16 * of_factors)
