"""A plan as the arrays that a session executes: steps over rows of one instruction table. A plan is one block of roots.

An instruction is a row of three tables: whole numbers (columns below), constants (one per input) and literals. A step
is an opcode and a range of rows. Opcodes from 0 on are operators, whose rows do not read each other's results: one
launch runs them all.

Plans for a session with ``chains`` hold every element-wise operator in a chain, alone if need be. The instruction of a
chain names a range of rows of two further tables, its code; each row pushes a cell or a constant on a stack, or applies
an operator to the top of it. What is left on the stack is the chain's value. All chains of a step are one launch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from dfqgp.ops import Operator

    Emit = Callable[["Roots"], None]

OUT, GROUP, WINDOW, NEEDED, WARMUP, INPUT = range(6)
"""Columns: slot of the value; index of the grouping; rows that the value reads; finite inputs that it needs; rows that
stay NaN; slot of the first input (the others follow), of which the value is never one."""

FIRST, LAST = WINDOW, NEEDED
"""Columns of a chain: its first row of the code, the row after its last. It uses ``OUT`` and ``WARMUP`` too."""

CONSTANT = -1
"""Slot that means: read the number in the constants beside it. Only element-wise operators do."""

NOTHING = -1
"""No value, no group: what stands in a column that an instruction does not use."""

LOAD, FILL, EMIT, CHAIN = -1, -2, -3, -4
"""Opcodes: copy feature number ``INPUT`` into slot ``OUT``; fill it with the first constant; hand root number ``INPUT``
in slot ``OUT`` over, after which the slot may be written again; run the code of chains."""

OPCODE, SLOT = range(2)
"""Columns of the code: an element-wise operator or ``PUSH``; the slot whose cell is pushed, ``CONSTANT`` for the number
beside it, and for an operator how many values it takes."""

PUSH = -1
"""Opcode in a chain's code: push a cell. An operator takes its panels from the top of the stack, the last one pushed
being the last one in order, and pushes its value."""

STACK = 4
"""Most values on a chain's stack."""


@dataclass(frozen=True, eq=False)
class Roots:
    """Roots that stand in slots, until the call that hands them over returns.

    Parameters
    ----------
    numbers : (K,) int64
        Their numbers, in the order in which the planner was given them.
    slots : (K,) int64
        Where they stand.
    first : int
        Row of the plan's tables that hands over the first of them; the others follow.
    """

    numbers: NDArray[np.int64]
    slots: NDArray[np.int64]
    first: int

    def __len__(self) -> int:
        return len(self.numbers)


@dataclass(frozen=True, eq=False)
class Plan:
    """What to execute for a block of roots.

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
    code : (C, 2) int64
        Columns OPCODE and SLOT of the chains.
    numbers : (C, 1 + P) float64
        The constant that is pushed; the operator's literals.
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
    code: NDArray[np.int64]
    numbers: NDArray[np.float64]
    peak: int
    resident: Mapping[Any, int]

    @property
    def launches(self) -> int:
        """Number of kernel launches, those of loading and scoring left out."""
        return int(((self.steps[:, 0] >= 0) | (self.steps[:, 0] == CHAIN)).sum())

    @property
    def computed(self) -> int:
        """Number of values computed, recomputations counted, features and constants not."""
        launched = self.steps[self.steps[:, 0] >= 0]
        return int((launched[:, 2] - launched[:, 1]).sum() + (self.code[:, OPCODE] >= 0).sum())
