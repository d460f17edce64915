"""The code of a plan's chains as one table, numbered as an interpreter numbers its operators."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends.instructions import OPCODE, PUSH, SLOT, STACK
from dfqgp.ops import Elementwise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dfqgp.backends.instructions import Plan
    from dfqgp.ops import Operator

NUMBER = SLOT + 1
"""Column of the table that holds the constant to push; an operator's literals follow it."""


def can_be_chained(op: Operator) -> bool:
    """Return whether a chain can apply an operator: it has a cell to apply, and its panels fit the stack."""
    return isinstance(op.form, Elementwise) and len(op.panels) <= STACK


def chain_code(plan: Plan, operators: Sequence[Operator]) -> NDArray[np.float64]:
    """Return (C, 3 + P) float64: opcode, slot, constant and literals of each row; whole numbers are exact in float64.

    Parameters
    ----------
    operators : sequence of Operator
        Element-wise operators of the session: its opcodes are places here, not those of the plan.
    """
    places = {op: place for place, op in enumerate(operators)}
    numbers = np.array([places.get(op, PUSH) for op in plan.operators] + [PUSH])  # the last for PUSH itself, -1
    code = plan.code.astype(np.float64)
    code[:, OPCODE] = numbers[plan.code[:, OPCODE]]
    return np.concatenate([code, plan.numbers], axis=1)
