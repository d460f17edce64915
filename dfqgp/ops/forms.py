"""Kernels in plain Python: the few forms in which an operator says how a backend computes it.

A backend compiles a form's functions into loops of its own; nothing here knows a compiler. The functions may call
other plain functions of their module, and use ``math`` and scalar arithmetic alone, so that every target can compile
them. Missing cells are NaN, a function returns NaN where it has no value, and the loop turns results that are not
finite into NaN. Literals come last, as numbers in the order of the declaration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from dfqgp.ops.spec import Operator

State = tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Elementwise:
    """A value from the cells of one day and stock.

    Parameters
    ----------
    cell : callable
        (x, y, ..., literals) -> value, in the arithmetic of the cells (float32).
    """

    cell: Callable[..., Any]


@dataclass(frozen=True, eq=False)
class Lagged:
    """A value from today's cell and the one d days before.

    Parameters
    ----------
    cell : callable
        (x[t], x[t-d]) -> value, in float32.
    """

    cell: Callable[..., Any]


@dataclass(frozen=True, eq=False)
class Rolling:
    """A value from the state of a window: how a row joins the state, how two states merge, what a state says.

    The rows of a block start at a boundary b; ``age`` counts rows from it (negative before). A window that ends at t is
    the rows before b merged with the rows from b to t, so a value is the same function of its own window wherever a
    panel was cut, and a row leaves without ever being subtracted. Nothing is left behind by a spike or by 1e30.

    Parameters
    ----------
    start : tuple of float
        State of no rows. Its first number counts the rows whose inputs are all finite.
    add : callable
        (state, x, y, ..., age) -> state with the row joined. Rows join in either direction of time.
    merge : callable
        (earlier state, later state) -> state of both.
    value : callable
        (state, x, y, ..., age of t, literals) -> value at t; x, y, ... are the inputs at t.
    weighs : bool
        Whether ``add`` gets the literals too, after the age: weights of days depend on them.
    """

    start: State
    add: Callable[..., State]
    merge: Callable[[State, State], State]
    value: Callable[..., float]
    weighs: bool = False


@dataclass(frozen=True, eq=False)
class Counting:
    """A value from counts over a window, each row compared with today's.

    Parameters
    ----------
    compare : callable
        (x of a row, x of today) -> what the row adds to each count; the first counts the finite rows.
    value : callable
        (counts, literals) -> value.
    """

    compare: Callable[..., tuple[bool, ...]]
    value: Callable[..., float]


@dataclass(frozen=True, eq=False)
class WindowQuantile:
    """A quantile of a window, by linear interpolation; how to find order statistics is the backend's own matter.

    Parameters
    ----------
    share : callable
        (literals) -> which quantile, from 0 to 1.
    """

    share: Callable[..., float]


@dataclass(frozen=True, eq=False)
class Passes:
    """A value from several passes over a window, each of which knows what those before it found.

    What no state of constant size can hold: distances from the window's mean, counts of bins between its extrema, the
    days with the k largest values. Rows join from the oldest to today.

    Parameters
    ----------
    start : tuple of float
        State before the first pass. Its first number has to be the number of rows whose inputs are all finite when
        the last pass ends.
    count : callable
        (literals) -> number of passes.
    add : callable
        (state, x, y, ..., age, number of the pass from 0, literals) -> state with the row joined; the age is 0 today,
        -1 the day before.
    turn : callable
        (state, number of the pass that ends, literals) -> state before the next.
    value : callable
        (state, x, y, ..., literals) -> value; x, y, ... are the inputs of today.
    """

    start: State
    count: Callable[..., int]
    add: Callable[..., State]
    turn: Callable[..., State]
    value: Callable[..., float]


@dataclass(frozen=True, eq=False)
class CrossSection:
    """A value from the state of a day's stocks: those of the universe, or of the stock's own group among them.

    The functions are those of a rolling state, with stocks in the place of days: how one joins the state, how two
    states merge, what a state says. Backends split a day's stocks into parts as it suits them and merge the parts.

    Parameters
    ----------
    start : tuple of float
        State of no stocks. Its first number counts the stocks whose inputs are all finite.
    add : callable
        (state, x, y, ..., 0.0) -> state with the stock joined; missing cells are NaN. The last argument is the age of
        a rolling state, so that both forms share their functions.
    merge : callable
        (state, state) -> state of both; parts are interleaved columns, of which neither comes first.
    value : callable
        (state, x, y, ..., literals) -> value of a stock with these cells.
    """

    start: State
    add: Callable[..., State]
    merge: Callable[[State, State], State]
    value: Callable[..., float]


@dataclass(frozen=True, eq=False)
class Ranked:
    """A value from a cell's rank among the day's universe, or among its group there; sorting is the backend's matter.

    Parameters
    ----------
    value : callable
        (average-tie rank from 1, number of ranked cells, literals) -> value.
    """

    value: Callable[..., float]


@dataclass(frozen=True, eq=False)
class DayQuantiles:
    """A value from the two quantiles p and 1 - p of the day's universe, by linear interpolation.

    Parameters
    ----------
    value : callable
        (lower quantile, upper quantile, x, literals) -> value; p is the first literal.
    """

    value: Callable[..., float]


Form = Elementwise | Lagged | Rolling | Counting | WindowQuantile | Passes | CrossSection | Ranked | DayQuantiles

F = TypeVar("F", bound=Form)


def form_of(op: Operator, kind: type[F]) -> F:
    """Return an operator's form, which is of this kind; raises TypeError if it is of another."""
    if not isinstance(op.form, kind):
        raise TypeError(f"{op.name} has the form {type(op.form).__name__}, not {kind.__name__}")
    return op.form
