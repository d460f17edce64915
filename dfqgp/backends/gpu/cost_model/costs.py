"""What one instruction of each kernel family costs a device: bytes, operations, barriers. A model, nothing measured.

Assumptions, each of which a measurement can refute:

- A cell of an input is read from memory once for an instruction, and a value written once: neighbours that read the
  same cell find it in a cache.
- A cell that is read costs ``READ`` operations beside its arithmetic: address, load, conversion.
- Arithmetic is counted in the bytecode of the operator's own functions (``operations``). States, counts of ranks and
  scores are float64, cells and addresses float32 or as fast.
- Sorting is bound by shared memory: a step of the network reads and writes every key, two steps are done at a time.
- Scratch of the scoring kernel stays in the cache that all processors share; it does for as many stocks as 8 blocks a
  processor times 24 bytes a stock fit there (some 1500 on cards of 40 MB), and costs more for more.
- Bisecting a window for a quantile takes the slowest of a warp's 32 threads ``1 + 1.25 log2(w)`` passes: counted on
  simulated prices, volumes and returns, w from 5 to 240, within one pass.
- Blocks fill the card, and neither the latency of barriers nor conflicts of atomics count.
"""

from __future__ import annotations

import math
from functools import singledispatch
from typing import TYPE_CHECKING, NamedTuple

from dfqgp.backends.gpu.cost_model.operations import operations
from dfqgp.backends.gpu.geometry import SORTED, power_of_two, run_length, threads_for
from dfqgp.ops import Counting, CrossSection, DayQuantiles, Lagged, Passes, Ranked, Rolling, WindowQuantile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dfqgp.ops import Form, Operator

READ, DECODE = 4, 12
"""Operations to read a cell, and to decode a row of a chain's code."""

_SWEEPS = 30
"""Times that the scoring kernel reads or writes a number of scratch for a stock: see the steps of ``scoring.py``."""

_SCORE_OPERATIONS = 60
"""Float64 operations of scoring for a stock: two divisions, four sums of products, keys and places of quantiles."""


class Shape(NamedTuple):
    """What is computed on.

    Parameters
    ----------
    rows, columns : int
        T and N.
    buckets : int
        Most groups of a grouping.
    """

    rows: int
    columns: int
    buckets: int = 1

    @property
    def cells(self) -> int:
        """Cells of a panel."""
        return self.rows * self.columns


class Cost(NamedTuple):
    """What work takes.

    Parameters
    ----------
    memory : float
        Bytes to and from the device's memory.
    cached : float
        Bytes of scratch, to and from the cache that all processors share.
    shared : float
        Bytes to and from shared memory.
    flops32, flops64 : float
        Operations; those on addresses and whole numbers are among the first.
    barriers : float
        Barriers, one for each block that waits.
    """

    memory: float = 0.0
    cached: float = 0.0
    shared: float = 0.0
    flops32: float = 0.0
    flops64: float = 0.0
    barriers: float = 0.0


def total(costs: Iterable[Cost]) -> Cost:
    """Return the sum of costs."""
    return Cost(*map(sum, zip(*costs, strict=True)))


@singledispatch
def cost_of(form: Form | None, op: Operator, shape: Shape, literals: Sequence[float]) -> Cost:
    """Return what one instruction of an operator with these literals costs."""
    raise TypeError(f"no cost of {type(form).__name__}, the form of {op.name}: register one in cost_model/costs.py")


@cost_of.register(Lagged)
def _lagged(form: Lagged, op: Operator, shape: Shape, literals: Sequence[float]) -> Cost:
    return Cost(memory=_panels(2, shape), flops32=shape.cells * (2 * READ + operations(form.cell)))


@cost_of.register(Rolling)
def _rolling(form: Rolling, op: Operator, shape: Shape, literals: Sequence[float]) -> Cost:
    """Count a run of R days: its shared rows once, for each day those left of them, and one more; two merges a day."""
    window, inputs = _rows_read(op, literals), len(op.panels)
    run = run_length(window)
    added = (window - run + 1) / run + (run - 1) / 2 + 1
    arithmetic = added * operations(form.add) + 2 * operations(form.merge) + operations(form.value)
    return Cost(
        memory=_panels(inputs + 1, shape),
        flops32=shape.cells * added * inputs * READ,
        flops64=shape.cells * arithmetic,
    )


@cost_of.register(Counting)
def _counting(form: Counting, op: Operator, shape: Shape, literals: Sequence[float]) -> Cost:
    counts = _rows_read(op, literals) * (READ + 2 * operations(form.compare))
    return Cost(_panels(2, shape), flops32=shape.cells * counts, flops64=shape.cells * operations(form.value))


@cost_of.register(WindowQuantile)
def _window_quantile(form: WindowQuantile, op: Operator, shape: Shape, literals: Sequence[float]) -> Cost:
    """Count the pass for the range of the window and those that bisect it."""
    window = _rows_read(op, literals)
    passes = 2 + 1.25 * math.log2(window)
    return Cost(_panels(2, shape), flops32=shape.cells * passes * window * (READ + 4), flops64=shape.cells * 5)


@cost_of.register(Passes)
def _passes(form: Passes, op: Operator, shape: Shape, literals: Sequence[float]) -> Cost:
    passes, inputs = form.count(*literals), len(op.panels)
    rows = passes * _rows_read(op, literals)
    arithmetic = rows * operations(form.add) + passes * operations(form.turn) + operations(form.value)
    return Cost(
        memory=_panels(inputs + 1, shape),
        flops32=shape.cells * rows * inputs * READ,
        flops64=shape.cells * arithmetic,
    )


@cost_of.register(CrossSection)
def _cross_section(form: CrossSection, op: Operator, shape: Shape, literals: Sequence[float]) -> Cost:
    """Count the looks of each group's threads at every stock, for those of the group."""
    threads, buckets, inputs = threads_for(shape.columns), shape.buckets if op.takes_group else 1, len(op.panels)
    parts = 2 ** int(math.log2(max(threads // buckets, 1)))
    passes = -(-buckets // (threads // parts))
    looks = shape.cells * passes * (threads // parts)
    merges = passes * threads
    barriers = passes * (2 + int(math.log2(parts)))
    state = 8 * len(form.start)
    return Cost(
        memory=_panels(inputs + 1, shape) + shape.cells * (3 if op.takes_group else 1),
        shared=shape.rows * 3 * merges * state,
        flops32=READ * (looks + 2 * shape.cells * inputs),
        flops64=shape.cells * (2 * operations(form.add) + operations(form.value))
        + shape.rows * merges * operations(form.merge),
        barriers=shape.rows * barriers,
    )


@cost_of.register(Ranked)
def _ranked(form: Ranked, op: Operator, shape: Shape, literals: Sequence[float]) -> Cost:
    """Count a sort; a group's first key is looked up too, for each stock and once for each group."""
    sort = sort_of(shape.columns, lookups=3 if op.takes_group else 2)
    return Cost(
        memory=_panels(2, shape) + shape.cells * (3 if op.takes_group else 1),
        shared=shape.rows * sort.shared,
        flops32=shape.rows * sort.flops32 + shape.cells * 2 * READ,
        flops64=shape.cells * operations(form.value),
        barriers=shape.rows * sort.barriers,
    )


@cost_of.register(DayQuantiles)
def _day_quantiles(form: DayQuantiles, op: Operator, shape: Shape, literals: Sequence[float]) -> Cost:
    """Count four passes over the digits of a row, one for its neighbours, and the sample's writing and reading."""
    threads = threads_for(shape.columns)
    return Cost(
        memory=_panels(2, shape) + shape.cells,
        cached=_panels(6, shape),
        shared=shape.cells * 4 * 8 + shape.rows * 4 * 4 * 512,
        flops32=shape.cells * (6 * READ + 4 * 8),
        flops64=shape.cells * operations(form.value),
        barriers=shape.rows * (4 * 3 + 2 * (2 + math.log2(threads))),
    )


def _rows_read(op: Operator, literals: Sequence[float]) -> int:
    return op.lookback(literals) + 1


def chain_of(slots: int, rows: int, arithmetic: int, shape: Shape) -> Cost:
    """Return what a chain costs that reads some slots and has some rows of code with this arithmetic."""
    return Cost(_panels(slots + 1, shape), flops32=shape.cells * (slots * READ + rows * DECODE + arithmetic))


def sort_of(columns: int, lookups: int = 2) -> Cost:
    """Return what sorting a day's keys and looking each of them up costs: part after part, each of ``SORTED``."""
    length = min(power_of_two(columns), SORTED)
    parts, levels = -(-columns // length), int(math.log2(length))
    steps = levels * (levels + 1) // 2
    trips = sum((size + 1) // 2 for size in range(1, levels + 1))  # of every key through shared memory
    return Cost(
        shared=parts * 8 * (2 * trips * length + lookups * levels * columns),
        flops32=parts * (2 * steps * length + 2 * lookups * levels * columns),
        barriers=parts * (trips + 2),
    )


def score_of(factors: int, days: int, columns: int) -> Cost:
    """Return what scoring factors on some days costs, in one launch."""
    items, sort = factors * days, sort_of(columns)
    tables = days * columns * (5 * 2 + 4)  # read once a launch: the blocks of a day run at the same time
    return Cost(
        memory=items * columns * (4 + 2) + tables,
        cached=items * columns * 8 * _SWEEPS,
        shared=items * sort.shared,
        flops32=items * (sort.flops32 + columns * READ * _SWEEPS),
        flops64=items * columns * _SCORE_OPERATIONS,
        barriers=items * (sort.barriers + 60),
    )


def compare_of(factors: int, days: int, kept: int, columns: int) -> Cost:
    """Return what comparing neighbouring days' ranks costs, and keeping those of some days."""
    cells = factors * days * columns
    return Cost(
        memory=2 * cells + 2 * factors * kept * columns,
        flops32=cells * 3 * READ,
        flops64=cells * 20,
        barriers=factors * days * 9,
    )


def product_of(rows: int, others: int, days: int, columns: int) -> Cost:
    """Return what correlating one tile of factors with another costs on some days: centre, multiply, add up."""
    centred, products = 8.0 * days * (rows + others) * columns, 8.0 * days * rows * others
    return Cost(memory=1.25 * centred + centred + 2 * products, flops64=2.0 * days * rows * others * (columns + 2))


def _panels(count: int, shape: Shape) -> float:
    return 4.0 * count * shape.cells
