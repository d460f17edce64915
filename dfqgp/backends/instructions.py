"""A plan as the arrays that a session executes: steps over rows of one instruction table, in blocks.

An instruction is a row of three tables: whole numbers (columns below), constants (one per input) and literals. A step
is an opcode and a range of rows. Opcodes from 0 on are operators, whose rows do not read each other's results: one
launch runs them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from dfqgp.ops import Operator

    Emit = Callable[[NDArray[np.int64], NDArray[np.int64]], None]

OUT, GROUP, WINDOW, NEEDED, WARMUP, INPUT = range(6)
"""Columns: slot of the value; index of the grouping; rows that the value reads; finite inputs that it needs; rows that
stay NaN; slot of the first input (the others follow), of which the value is never one."""

CONSTANT = -1
"""Slot that means: read the number in the constants beside it. Only element-wise operators do."""

NOTHING = -1
"""No value, no group: what stands in a column that an instruction does not use."""

LOAD, FILL, EMIT = -1, -2, -3
"""Opcodes: copy feature number ``INPUT`` into slot ``OUT``; fill it with the first constant; hand root number ``INPUT``
in slot ``OUT`` over, after which the slot may be written again."""


@dataclass(frozen=True, eq=False)
class Plan:
    """What to execute.

    Parameters
    ----------
    operators : tuple of Operator
        By opcode.
    features : tuple of str
        By number.
    steps : (S, 3) int64
        Opcode, first row, row after the last.
    tasks : (I, 6 + A) int64
        Columns OUT to INPUT and the further inputs.
    constants : (I, A) float64
        Numbers in the place of inputs.
    literals : (I, P) float64
        Windows, delays and other numbers of the operator.
    ends : (B,) int64
        Number of steps up to the end of each block.
    peak : int
        Most slots in use at a time.
    resident : mapping of node to int
        Which value stands in which slot when all is done.
    """

    operators: tuple[Operator, ...]
    features: tuple[str, ...]
    steps: NDArray[np.int64]
    tasks: NDArray[np.int64]
    constants: NDArray[np.float64]
    literals: NDArray[np.float64]
    ends: NDArray[np.int64]
    peak: int
    resident: Mapping[Any, int]

    def block(self, index: int) -> NDArray[np.int64]:
        """Return the steps of a block."""
        return self.steps[self.ends[index - 1] if index else 0 : self.ends[index]]

    @property
    def launches(self) -> int:
        """Number of kernel launches."""
        return int((self.steps[:, 0] >= 0).sum())

    @property
    def computed(self) -> int:
        """Number of values computed, recomputations counted, features and constants not."""
        launched = self.steps[self.steps[:, 0] >= 0]
        return int((launched[:, 2] - launched[:, 1]).sum())
