"""From an operator's declaration to its kernel and the shape of its launch, by its form.

All kernels take ``slab`` (S, T, N) and ``table``, one row per instruction of a plan (``Tables``), and work on the
instructions from row ``first`` on, one per block index of the last axis of the grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from dfqgp.backends.gpu.geometry import (
    CELLS,
    GROUPS_AT_ONCE,
    SORTED,
    TILE,
    blocks,
    power_of_two,
    run_length,
    threads_for,
)
from dfqgp.backends.gpu.kernels.cross_section import cross_section_kernel
from dfqgp.backends.gpu.kernels.day_quantiles import day_quantiles_kernel
from dfqgp.backends.gpu.kernels.elementwise import chain_kernel, lagged_kernel
from dfqgp.backends.gpu.kernels.ranked import group_ranked_kernel, ranked_kernel
from dfqgp.backends.gpu.kernels.rolling import rolling_kernel
from dfqgp.backends.gpu.kernels.windows import counting_kernel, passes_kernel, window_quantile_kernel
from dfqgp.backends.instructions import STACK
from dfqgp.ops import (
    Counting,
    CrossSection,
    DayQuantiles,
    Elementwise,
    Lagged,
    Passes,
    Ranked,
    Rolling,
    WindowQuantile,
)
from dfqgp.ops.families import family_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from dfqgp.backends.gpu.kernels.compile import Kernel
    from dfqgp.ops import Operator


@dataclass(frozen=True, eq=False)
class Buffers:
    """What kernels of operators read and write, as kernel arguments.

    Parameters
    ----------
    slab : (S, T, N) float32
        Slots.
    cells : (S, T * N) float32
        The same memory.
    universe : (T, N) bool
    groups : (G, T, N) int16
        Codes of each grouping, -1 unknown.
    buckets : int
        Most groups of a grouping.
    origin : int
        Calendar ordinal of row 0.
    table : (I, W) float64
        Instructions of the plan.
    code : (C, 3 + P) float64
        Code of its chains.
    literal : int
        Column of the table in which an instruction's literals begin; its member of a family stands before them.
    """

    slab: Any
    cells: Any
    universe: Any
    groups: Any
    buckets: int
    origin: int
    table: Any = None
    code: Any = None
    literal: int = 0


class Launch(NamedTuple):
    """A kernel with all that a launch of it takes."""

    kernel: Kernel
    grid: tuple[int, ...]
    threads: tuple[int, ...]
    arguments: tuple[Any, ...]
    shared: int = 0

    def enqueue(self) -> None:
        """Launch it."""
        self.kernel.launch(self.grid, self.threads, *self.arguments, shared=self.shared)


def lacks_kernel(op: Operator) -> bool:
    """Return whether an operator has no kernel here: no form, or element-wise with more inputs than a chain holds."""
    return op.form is None or (isinstance(op.form, Elementwise) and len(op.panels) > STACK)


def launch_of(op: Operator, buffers: Buffers, first: int, count: int, window: int = 1) -> Launch:
    """Return the launch of ``count`` instructions of an operator that is not element-wise, or of others of its family.

    Parameters
    ----------
    window : int
        Least window of the instructions.
    """
    return _LAUNCHES[type(op.form)](_kernel_of(family_of(op)), op, buffers, first, count, window)


def launch_of_chains(operators: tuple[Operator, ...], buffers: Buffers, first: int, count: int) -> Launch:
    """Return the launch of ``count`` chains; the code numbers operators by their place in ``operators``."""
    grid = blocks(buffers.cells.shape[1], CELLS), count
    arguments = buffers.cells, buffers.table, buffers.code, first, buffers.slab.shape[2]
    return Launch(_interpreter(operators), grid, (CELLS, 1), arguments)


@cache
def _kernel_of(family: tuple[Operator, ...]) -> Kernel:
    return _KERNELS[type(family[0].form)](family)


@cache
def _interpreter(operators: tuple[Operator, ...]) -> Kernel:
    return chain_kernel(operators)


def _by_cell(kernel: Kernel, op: Operator, buffers: Buffers, first: int, count: int, window: int) -> Launch:
    _, rows, columns = buffers.slab.shape
    grid = blocks(columns, TILE[0]), blocks(rows, TILE[1]), count
    return Launch(kernel, grid, (*TILE, 1), (buffers.slab, buffers.table, first, buffers.literal))


def _by_run(kernel: Kernel, op: Operator, buffers: Buffers, first: int, count: int, window: int) -> Launch:
    _, rows, columns = buffers.slab.shape
    length = run_length(window)
    runs = blocks(rows + buffers.origin % length, length)
    grid = blocks(columns, TILE[0]), blocks(runs, TILE[1]), count
    return Launch(kernel, grid, (*TILE, 1), (buffers.slab, buffers.table, first, buffers.origin, buffers.literal))


def _by_day(kernel: Kernel, op: Operator, buffers: Buffers, first: int, count: int, window: int) -> Launch:
    _, rows, columns = buffers.slab.shape
    threads, buckets = threads_for(columns), buffers.buckets if op.takes_group else 1
    arguments = buffers.slab, buffers.table, first, buffers.universe, buffers.groups, buckets, buffers.literal
    return Launch(kernel, (rows, count), (threads, 1), arguments, 8 * len(op.form.start) * threads)  # type: ignore[union-attr]


def _by_sorted_day(kernel: Kernel, op: Operator, buffers: Buffers, first: int, count: int, window: int) -> Launch:
    _, rows, columns = buffers.slab.shape
    length, room = min(power_of_two(columns), SORTED), min(buffers.buckets, GROUPS_AT_ONCE)
    grouped = buffers.groups, buffers.buckets, room
    arguments = buffers.slab, buffers.table, first, buffers.universe, *(grouped if op.takes_group else ())
    shared = 8 * (length + (room if op.takes_group else 0))
    return Launch(kernel, (rows, count), (threads_for(columns), 1), (*arguments, length, buffers.literal), shared)


def _by_counted_day(kernel: Kernel, op: Operator, buffers: Buffers, first: int, count: int, window: int) -> Launch:
    _, rows, columns = buffers.slab.shape
    threads, arguments = threads_for(columns), (buffers.slab, buffers.table, first, buffers.universe, buffers.literal)
    return Launch(kernel, (rows, count), (threads, 1), arguments, 16 * threads)


def _ranked(family: tuple[Operator, ...]) -> Kernel:
    return (group_ranked_kernel if family[0].takes_group else ranked_kernel)(family)


_KERNELS: dict[type, Callable[..., Kernel]] = {
    Lagged: lagged_kernel,
    Rolling: rolling_kernel,
    Counting: counting_kernel,
    WindowQuantile: window_quantile_kernel,
    Passes: passes_kernel,
    CrossSection: cross_section_kernel,
    Ranked: _ranked,
    DayQuantiles: day_quantiles_kernel,
}
_LAUNCHES: dict[type, Callable[..., Launch]] = {
    Lagged: _by_cell,
    Rolling: _by_run,
    Counting: _by_cell,
    WindowQuantile: _by_cell,
    Passes: _by_cell,
    CrossSection: _by_day,
    Ranked: _by_sorted_day,
    DayQuantiles: _by_counted_day,
}
