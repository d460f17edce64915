"""An instruction of a plan computed by its operator's NumPy definition."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends.instructions import CONSTANT, GROUP, INPUT, WARMUP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from dfqgp.ops import Operator
    from dfqgp.ops.spec import Input
    from dfqgp.panel import FloatMatrix


def value_by_definition(
    op: Operator,
    instruction: tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]],
    panel_of: Callable[[int], FloatMatrix],
    groups: NDArray[np.int16],
    universe: NDArray[np.bool_],
) -> FloatMatrix:
    """Return the (T, N) value of an instruction.

    Parameters
    ----------
    op : Operator
        Whose instruction it is.
    instruction : (whole numbers, constants, literals)
        One row of each table of a plan.
    panel_of : callable
        Slot -> its (T, N) panel.
    groups : (G, T, N) int16
        Codes of each grouping.
    universe : (T, N) bool
        The days' universe.
    """
    value = op.apply(list(_inputs(op, instruction, panel_of, groups)), universe)
    value[: instruction[0][WARMUP]] = np.nan
    return value


def _inputs(
    op: Operator,
    instruction: tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]],
    panel_of: Callable[[int], FloatMatrix],
    groups: NDArray[np.int16],
) -> Iterator[Input]:
    whole, constants, literals = instruction
    panels, given = iter(zip(whole[INPUT:].tolist(), constants, strict=True)), iter(literals)
    for argument in op.arguments:
        if argument.is_panel:
            slot, number = next(panels)
            yield np.full(groups.shape[1:], number, np.float32) if slot == CONSTANT else panel_of(slot)
        elif argument.is_literal:
            yield argument.as_literal(next(given))
        else:
            yield groups[whole[GROUP]]
