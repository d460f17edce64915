"""What an argument may be, given by the annotation of the parameter.

An operator's definition is annotated with ``Numeric``, ``Boolean``, ``Group``, ``Window``, ``Delay`` or ``Universe``,
or with a number of its own range::

    def ts_quantile(x: Numeric, w: Window, q: Annotated[float, real(0.05, 0.95, draws=(0.1, 0.5, 0.9))]) -> Numeric: ...
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Annotated, get_args, get_type_hints

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST = 10_000
"""Greatest window or delay, in days."""


class Role(Enum):
    """What an argument is."""

    PANEL = "an expression"
    BOOLEAN = "a boolean expression"
    GROUP = "a group"
    WINDOW = "a whole number of days"
    DELAY = "a whole number of days back"
    WHOLE = "a whole number"
    REAL = "a number"
    UNIVERSE = "the universe of the day"


_LITERALS = frozenset({Role.WINDOW, Role.DELAY, Role.WHOLE, Role.REAL})


@dataclass(frozen=True)
class Argument:
    """One argument of an operator.

    Parameters
    ----------
    role : Role
        What stands there.
    low, high : float
        Legal range of a number, both ends included.
    draws : tuple of float
        Numbers that random trees draw from; windows and delays are drawn from the settings of the search instead.
    rows : callable, optional
        Number -> rows before t that it adds to the lookback; None adds none.
    need : callable, optional
        Number -> finite inputs that the window must have; None asks for none.
    name : str
        The parameter's name.
    """

    role: Role
    low: float = -math.inf
    high: float = math.inf
    draws: tuple[float, ...] = ()
    rows: Callable[[int], int] | None = None
    need: Callable[[int], int] | None = None
    name: str = ""

    @property
    def is_literal(self) -> bool:
        """A number written in the text, not a matrix."""
        return self.role in _LITERALS

    @property
    def is_panel(self) -> bool:
        """A numeric or boolean sub-expression."""
        return self.role in (Role.PANEL, Role.BOOLEAN)

    def accepts(self, value: object) -> bool:
        """Return whether a literal is of this kind and within the range; a whole number is a real one too."""
        kinds = (int, float) if self.role is Role.REAL else (int,)
        return isinstance(value, kinds) and not isinstance(value, bool) and self.low <= value <= self.high

    def as_literal(self, number: float) -> float:
        """Return a number as a literal of this kind: whole numbers as int."""
        return float(number) if self.role is Role.REAL else int(number)

    def expected(self) -> str:
        """Say in words what a literal may be."""
        kind = "a number" if self.role is Role.REAL else "a whole number"
        return f"{kind} from {self.low:g} to {self.high:g}"


def window(
    low: int = 1,
    high: int = LONGEST,
    rows: Callable[[int], int] = lambda w: w - 1,
    need: Callable[[int], int] = lambda w: -(-w // 2),
) -> Argument:
    """Return a window of ``low`` to ``high`` days: it reads ``rows(w)`` rows before t, ``need(w)`` of them finite."""
    return Argument(Role.WINDOW, low, high, rows=rows, need=need)


def delay(low: int = 1, high: int = LONGEST) -> Argument:
    """Return a delay of ``low`` to ``high`` days."""
    return Argument(Role.DELAY, low, high, rows=lambda d: d)


def whole(low: int, high: int, draws: tuple[int, ...], need: Callable[[int], int] | None = None) -> Argument:
    """Return a whole number in a range, those that random trees draw, and how many finite inputs it asks for."""
    return Argument(Role.WHOLE, low, high, draws, need=need)


def real(low: float, high: float, draws: tuple[float, ...]) -> Argument:
    """Return a real number in a range, and those that random trees draw."""
    return Argument(Role.REAL, low, high, draws)


Numeric = Annotated[NDArray[np.float64], Argument(Role.PANEL)]
Boolean = Annotated[NDArray[np.float64], Argument(Role.BOOLEAN)]
"""1 for true, 0 for false, NaN for missing."""
Group = Annotated[NDArray[np.int16], Argument(Role.GROUP)]
Universe = Annotated[NDArray[np.bool_], Argument(Role.UNIVERSE)]
"""Not written in expressions: the engine hands it to cross-sectional operators."""
Window = Annotated[int, window()]
Delay = Annotated[int, delay()]


def arguments_of(function: Callable[..., object]) -> tuple[tuple[Argument, ...], Role | None]:
    """Return the arguments of a definition by name, and the role of what it returns (None where that says nothing).

    Raises
    ------
    TypeError
        If a parameter's annotation is not one of this module.
    """
    hints = get_type_hints(function, include_extras=True)
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    found = {name: _argument(hints.get(name)) for name in (*names, "return")}
    for name in names:
        if found[name] is None:
            raise TypeError(f"parameter '{name}' is annotated {hints.get(name)}")
    result = found.pop("return")
    arguments = tuple(replace(each, name=name) for name, each in found.items() if each is not None)
    return arguments, None if result is None else result.role


def _argument(hint: object) -> Argument | None:
    return next((each for each in get_args(hint)[1:] if isinstance(each, Argument)), None)
