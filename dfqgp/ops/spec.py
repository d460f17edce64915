"""What an operator is: one declaration, from which all other packages, the docs and the tests take their facts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dfqgp.ops.arguments import Argument, Role
from dfqgp.ops.source import functions_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dfqgp.ops.forms import Form
    from dfqgp.ops.units import UnitRule

Matrix = NDArray[np.float64]
Result = NDArray[np.float32]
Input = NDArray[np.float32] | NDArray[np.int16] | float


class Kind(Enum):
    """Which cells a value reads."""

    ELEMENT = "element by element"
    TIME = "a stock's own history"
    CROSS = "the universe of the day"


class Cost(Enum):
    """Relative time of a kernel over one panel; the order of magnitude is what the planner needs."""

    PASS = 1.0
    TRANSCENDENTAL = 3.0
    ROLLING = 6.0
    SORT = 12.0
    SCAN = 40.0


@dataclass(frozen=True, eq=False)
class Rule:
    """What literals have to fulfil together, beyond the range of each.

    Parameters
    ----------
    says : str
        As error messages say it.
    holds : callable
        (literals) -> whether it is so.
    """

    says: str
    holds: Callable[..., bool]


@dataclass(frozen=True, eq=False)
class Operator:
    """A declared operator.

    Parameters
    ----------
    name : str
        As written in expressions.
    arguments : tuple of Argument
        What stands in each place, in order; the universe, which is not written, is not among them.
    kind : Kind
        Which cells a value reads.
    boolean : bool
        Whether the value is a boolean panel: 1, 0 or NaN.
    reference : callable
        NumPy float64 definition; takes panels, groups and literals in order, and ``universe`` last if kind is CROSS.
    form : Form, optional
        The kernel in plain Python; None leaves every backend but the reference without one.
    unit : UnitRule
        How the units of the panel arguments combine.
    minimum : int
        Least number of finite inputs in the window.
    commutes : bool
        Whether the panel arguments may be swapped.
    cost : Cost
        Cost class.
    cacheable : bool
        Whether a value may be kept for later use.
    infix : str, optional
        Symbol that also writes the operator.
    doc : str
        First line of the reference's docstring.
    rule : Rule, optional
        What the literals have to fulfil together.
    builtin : bool
        Part of the package; False for a user's operator.
    """

    name: str
    arguments: tuple[Argument, ...]
    kind: Kind
    boolean: bool
    reference: Callable[..., Matrix]
    form: Form | None
    unit: UnitRule
    minimum: int
    commutes: bool
    cost: Cost
    cacheable: bool
    infix: str | None
    doc: str
    rule: Rule | None = None
    builtin: bool = True

    @cached_property
    def panels(self) -> tuple[Argument, ...]:
        """The numeric and boolean panel arguments."""
        return tuple(each for each in self.arguments if each.is_panel)

    @cached_property
    def literals(self) -> tuple[Argument, ...]:
        """The arguments that are numbers written in the text."""
        return tuple(each for each in self.arguments if each.is_literal)

    @cached_property
    def takes_group(self) -> bool:
        """Whether one of the arguments is a grouping."""
        return any(each.role is Role.GROUP for each in self.arguments)

    def lookback(self, literals: Sequence[float]) -> int:
        """Rows before t that the value at t reads: w - 1 for a window, d for a delay, 0 without either."""
        given = zip(self.literals, literals, strict=True)
        return sum(each.rows(int(value)) for each, value in given if each.rows is not None)

    def needed(self, literals: Sequence[float]) -> int:
        """Finite inputs that a window must have: the operator's minimum, and what its literals ask for, half of w."""
        given = zip(self.literals, literals, strict=True)
        return max(self.minimum, *(each.need(int(value)) for each, value in given if each.need is not None), 0)

    def problem(self, literals: Sequence[float]) -> str:
        """Say what literals must fulfil together and don't, each of them being legal; empty if they do."""
        if self.rule is not None and not self.rule.holds(*literals):
            return self.rule.says
        reads, needed = self.lookback(literals) + 1, self.needed(literals)
        return f"a window of at least {needed} days" if self.kind is Kind.TIME and needed > reads else ""

    def signature(self) -> str:
        """Return ``name(arg, ...)`` as the docs show it."""
        return f"{self.name}({', '.join(each.name for each in self.arguments)})"

    @cached_property
    def source(self) -> str:
        """The text that decides the operator's values: declaration, definition, kernel and all that they call."""
        literals = (f"{each.name} {each.role.name} {each.low} {each.high} {each.draws}" for each in self.arguments)
        facts = (self.name, self.kind.name, self.boolean, self.minimum, self.commutes, self.unit.name)
        kernel = (type(self.form).__name__, getattr(self.form, "start", ()))
        lookbacks = (rule for each in self.literals for rule in (each.rows, each.need))
        functions = sorted({text_of(each) for each in functions_of(self.reference, self.form, *lookbacks)})
        return "\n".join([*map(str, facts), *literals, *map(str, kernel), *functions])

    def apply(self, inputs: Sequence[Input], universe: NDArray[np.bool_]) -> Result:
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
        given = list(zip(self.arguments, inputs, strict=True))
        values = [_finite(value) if each.is_panel else value for each, value in given]
        extra = (universe,) if self.kind is Kind.CROSS else ()
        with np.errstate(all="ignore"):
            out = np.asarray(self.reference(*values, *extra), dtype=np.float64).astype(np.float32)
        out[~np.isfinite(out)] = np.nan
        out[: self.lookback([float(value) for each, value in given if each.is_literal])] = np.nan
        return out


def _finite(matrix: object) -> Matrix:
    values = np.array(matrix, dtype=np.float64)
    values[~np.isfinite(values)] = np.nan
    return values
