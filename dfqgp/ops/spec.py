"""What an operator is: one declaration, from which parser, generator, engine, docs and tests take their facts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dfqgp.ops.units import UnitRule

Matrix = NDArray[np.float64]
Result = NDArray[np.float32]


class Kind(Enum):
    """Which cells a value reads."""

    ELEMENT = "element by element"
    TIME = "a stock's own history"
    CROSS = "the universe of the day"


class Arg(Enum):
    """What stands in an argument's place."""

    PANEL = "an expression"
    GROUP = "a group"
    WINDOW = "a whole number of days"
    DELAY = "a whole number of days back"

    @property
    def is_literal(self) -> bool:
        """A number written in the text, not a matrix."""
        return self in (Arg.WINDOW, Arg.DELAY)


class Cost(Enum):
    """Relative time of a kernel over one panel; the order of magnitude is what the planner needs."""

    PASS = 1.0
    TRANSCENDENTAL = 3.0
    ROLLING = 6.0
    SORT = 12.0


@dataclass(frozen=True, eq=False)
class Operator:
    """A declared operator.

    Parameters
    ----------
    name : str
        As written in expressions.
    kind : Kind
        Which cells a value reads.
    args : tuple of Arg
        Argument kinds, in order; names come from the reference's parameters.
    arg_names : tuple of str
        Argument names, in order.
    reference : callable
        NumPy float64 definition; takes panels, groups and literals in order, and ``universe`` last if kind is CROSS.
    unit : UnitRule
        How units combine.
    minimum : int
        Least number of finite inputs in the window.
    commutes : bool
        Whether the panel arguments may be swapped.
    cost : Cost
        Cost class.
    infix : str, optional
        Symbol that also writes the operator.
    doc : str
        First line of the reference's docstring.
    """

    name: str
    kind: Kind
    args: tuple[Arg, ...]
    arg_names: tuple[str, ...]
    reference: Callable[..., Matrix]
    unit: UnitRule
    minimum: int
    commutes: bool
    cost: Cost
    infix: str | None
    doc: str

    @property
    def panel_count(self) -> int:
        """Number of panel arguments."""
        return self.args.count(Arg.PANEL)

    @property
    def smallest_literal(self) -> int:
        """Least value that a window or delay may have."""
        return max(1, self.minimum)

    def lookback(self, literals: Sequence[int]) -> int:
        """Rows before t that the value at t reads: w - 1 for a window, d for a delay, 0 without either."""
        kinds = [arg for arg in self.args if arg.is_literal]
        rows = (value - 1 if kind is Arg.WINDOW else value for kind, value in zip(kinds, literals, strict=True))
        return sum(rows)

    def signature(self) -> str:
        """Return ``name(arg, ...)`` as the docs show it."""
        return f"{self.name}({', '.join(self.arg_names)})"

    def apply(
        self, inputs: Sequence[NDArray[np.float32] | NDArray[np.int16] | int], universe: NDArray[np.bool_]
    ) -> Result:
        """Evaluate the reference by the rules that hold for every operator.

        Parameters
        ----------
        inputs : sequence
            A (T, N) float32 matrix, (T, N) int16 codes or a literal for each argument.
        universe : (T, N) bool
            Read by cross-sectional operators alone.

        Returns
        -------
        (T, N) float32
            Not-finite inputs and results are NaN, and so are the rows before the lookback.
        """
        values = [_finite(value) if kind is Arg.PANEL else value for kind, value in zip(self.args, inputs, strict=True)]
        extra = (universe,) if self.kind is Kind.CROSS else ()
        with np.errstate(all="ignore"):
            out = np.asarray(self.reference(*values, *extra), dtype=np.float64).astype(np.float32)
        out[~np.isfinite(out)] = np.nan
        literals = [int(value) for kind, value in zip(self.args, inputs, strict=True) if kind.is_literal]
        out[: self.lookback(literals)] = np.nan
        return out


def _finite(matrix: object) -> Matrix:
    values = np.array(matrix, dtype=np.float64)
    values[~np.isfinite(values)] = np.nan
    return values
