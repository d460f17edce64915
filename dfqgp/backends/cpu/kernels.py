"""From an operator's declaration to its compiled kernel, by its form."""

from __future__ import annotations

from collections.abc import Callable  # noqa: TC003 -- a record's field
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from dfqgp.backends.cpu.compile import CELLS, COLUMNS, ROWS, compile_family
from dfqgp.backends.cpu.elementwise import elementwise_loop, lagged_loop
from dfqgp.backends.cpu.rolling import counting_loop, rolling_loop
from dfqgp.backends.cpu.rows import cross_section_loop, day_quantiles_loop, ranked_loop
from dfqgp.backends.cpu.windows import passes_loop, window_quantile_loop
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
    from dfqgp.backends.cpu.compile import Function
    from dfqgp.ops import Operator

_LOOPS: dict[type, tuple[Callable[..., Function], int]] = {
    Elementwise: (elementwise_loop, CELLS),
    Lagged: (lagged_loop, ROWS),
    Rolling: (rolling_loop, COLUMNS),
    Counting: (counting_loop, COLUMNS),
    WindowQuantile: (window_quantile_loop, COLUMNS),
    Passes: (passes_loop, COLUMNS),
    CrossSection: (cross_section_loop, ROWS),
    Ranked: (ranked_loop, ROWS),
    DayQuantiles: (day_quantiles_loop, ROWS),
}


class Kernel(NamedTuple):
    """A compiled kernel.

    Parameters
    ----------
    launch : callable
        The kernel of the operator's family.
    member : int
        The operator's place in the family.
    axis : int
        What tasks are cut along.
    """

    launch: Callable[..., None]
    member: int
    axis: int


@cache
def kernel_of(op: Operator) -> Kernel | None:
    """Return the kernel of an operator, compiled at its first launch; None where its declaration has no form."""
    if op.form is None:
        return None
    loop, axis = _LOOPS[type(op.form)]
    family = (op,) if loop is elementwise_loop else family_of(op)
    return Kernel(_compiled(family, loop, axis), family.index(op), axis)


@cache
def _compiled(family: tuple[Operator, ...], loop: Callable[..., Function], axis: int) -> Function:
    return compile_family(family, loop, axis)
