"""Errors of a backend against the definitions in float64, operator by operator and input by input."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from accuracy.inputs import FAMILIES, SHAPES
from dfqgp.backends import BackendSettings, open_backend
from dfqgp.engine import Engine
from dfqgp.expr import call, field, group
from dfqgp.ops import OPERATORS, Kind, Role
from dfqgp.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from dfqgp.backends import Backend
    from dfqgp.expr import Call
    from dfqgp.ops import Operator

WINDOWS = (5, 20)


@dataclass(frozen=True)
class Size:
    """Extent of the panels: days and stocks of a family that a history is made of, and of one that days are."""

    rows: int = 60
    columns: int = 12
    days: int = 12
    stocks: int = 60


SMALL = Size(rows=24, columns=3, days=3, stocks=12)
"""For kernels that run in a simulator."""

EXACT = 0.0
ULP = 2.0**-23
WORSE = float("inf")
BOUNDS = (EXACT, ULP, 1e-6, 1e-5, 1e-4, 1e-3, WORSE)
"""What the table tells apart; two float32 numbers that are neighbours differ by at most ``ULP`` of their size."""


FUNCTIONS = frozenset({"log", "slog1p", "tanh", "sigmoid", "pow", "power"})
"""Element-wise operators whose last digit depends on the library of functions that a machine has."""

EXACT_OPERATORS = frozenset(
    {name for name, op in OPERATORS.items() if op.kind is Kind.ELEMENT} - FUNCTIONS
    | {"ts_delay", "ts_delta", "ts_min", "ts_max", "ts_range", "ts_argmin", "ts_argmax", "ts_rank", "ts_median"}
    | {"ts_quantile", "ts_count", "ts_backfill", "cs_rank", "cs_quantile", "group_rank"}
)
"""Operators that promise the definition's bits: selections, ranks, counts, single operations."""

RESIDUALS = frozenset({"ts_resid", "ts_detrend", "ts_slope", "cs_resid"})
"""Differences that may be a rounded 0: their error is relative to ``ROUNDED_ZERO`` of what they are differences of."""

ROUNDED_ZERO = 1e-9


@dataclass(frozen=True)
class Blocks:
    """A panel of several families, side by side or one above the other, and where each stands."""

    panel: Panel
    places: dict[str, tuple[slice, slice]]


def errors(
    backend: Backend,
    operators: Iterable[Operator] | None = None,
    size: Size = Size(),
) -> dict[tuple[str, str], float]:
    """Return the largest relative error of each operator on each input, infinite where missing values differ."""
    chosen = list(operators or OPERATORS.values())
    history = [op for op in chosen if op.kind is not Kind.CROSS]
    day = [op for op in chosen if op.kind is Kind.CROSS]
    found: dict[tuple[str, str], float] = {}
    for blocks, those in ((side_by_side(size), history), (one_above_the_other(size), day)):
        found |= _errors(backend, blocks, those) if those else {}
    for blocks in shaped():
        found |= _errors(backend, blocks, chosen)
    return found


def bound(name: str, error: float) -> float:
    """Return the least bound of the table that an operator promises and that holds its error.

    An error may happen to be smaller on one machine than on another: what is not promised is not shown.
    """
    least = EXACT if name in EXACT_OPERATORS else 1e-6 if name in FUNCTIONS else ULP
    return next(each for each in BOUNDS if each >= max(error, least))


def side_by_side(size: Size) -> Blocks:
    """Return all families as columns: what reads a stock's own history doesn't see the others."""
    places = {name: (slice(None), slice(k * size.columns, (k + 1) * size.columns)) for k, name in enumerate(FAMILIES)}
    made = [np.hstack([each(rng, size.rows, size.columns) for each in FAMILIES.values()]) for rng in _generators()]
    return Blocks(panel_of(made), places)


def one_above_the_other(size: Size) -> Blocks:
    """Return all families as days: what reads a day doesn't see the others."""
    places = {name: (slice(k * size.days, (k + 1) * size.days), slice(None)) for k, name in enumerate(FAMILIES)}
    made = [np.vstack([each(rng, size.days, size.stocks) for each in FAMILIES.values()]) for rng in _generators()]
    return Blocks(panel_of(made), places)


def shaped() -> list[Blocks]:
    """Return random panels of odd shapes."""
    everything = (slice(None), slice(None))
    return [
        Blocks(panel_of([FAMILIES["random"](rng, *shape) for rng in _generators()]), {name: everything})
        for name, shape in SHAPES.items()
    ]


def _generators() -> list[np.random.Generator]:
    """Return one generator for each of x, y and z."""
    return [np.random.default_rng(seed) for seed in range(3)]


def panel_of(matrices: Sequence[NDArray[np.float32]]) -> Panel:
    """Return a panel with x, y, z and their signs as truths, unchecked, because a panel refuses infinities."""
    rows, columns = matrices[0].shape
    rng = np.random.default_rng(7)
    truths = [np.where(np.isfinite(x), x > 0, np.nan).astype(np.float32) for x in matrices]
    fields = dict(zip(("x", "y", "z", "a", "b", "c"), (*matrices, *truths), strict=True))
    panel = Panel(
        dates=np.datetime64("2020-01-01") + np.arange(rows),
        codes=np.array([f"{j:06d}" for j in range(columns)]),
        fields={},
        units={},
        groups={"industry": np.tile(rng.integers(-1, 3, columns).astype(np.int16), (rows, 1))},
        universe=rng.random((rows, columns)) < 0.9,
        buyable=np.ones((rows, columns), dtype=bool),
        origin=3,
    )
    changed = copy(panel)
    object.__setattr__(changed, "fields", fields)
    object.__setattr__(changed, "units", dict.fromkeys(fields, "ratio"))
    return changed


def calls_of(op: Operator) -> list[Call]:
    """Return the operator over the fields of ``panel_of``, with several legal literals."""
    numbers, truths = iter("xyz"), iter("abc")
    names = {Role.PANEL: numbers, Role.BOOLEAN: truths}
    args = tuple(
        group("industry") if each.role is Role.GROUP else field(next(names[each.role]))
        for each in op.arguments
        if not each.is_literal
    )
    choices = [[v for v in each.draws[:2] or WINDOWS if each.accepts(v)] for each in op.literals]
    return [call(op.name, args, each) for each in product(*choices) if not op.problem(each)]


def _errors(backend: Backend, blocks: Blocks, operators: list[Operator]) -> dict[tuple[str, str], float]:
    calls = [(op, node) for op in operators for node in calls_of(op)]
    nodes = [node for _, node in calls]
    definition = open_backend(BackendSettings(name="reference"))
    value, wanted = (Engine(blocks.panel, each, operators=operators).evaluate(nodes) for each in (backend, definition))
    found: dict[tuple[str, str], float] = {}
    for k, (op, node) in enumerate(calls):
        least = ROUNDED_ZERO * _largest(op, blocks.panel, node.literals) if op.name in RESIDUALS else None
        for name, place in blocks.places.items():
            error = relative_error(value[k][place], wanted[k][place], 0.0 if least is None else least[place])
            found[op.name, name] = max(found.get((op.name, name), 0.0), error)
    return found


def _largest(op: Operator, panel: Panel, literals: Sequence[float]) -> NDArray[np.float64]:
    """Return the largest absolute value of the first input among the cells that a value reads."""
    size = pd.DataFrame(np.where(np.isfinite(panel.field("x")), np.abs(panel.field("x")), 0.0).astype(np.float64))
    if op.kind is Kind.CROSS:
        return np.broadcast_to(size.max(axis=1).to_numpy()[:, None], panel.shape)
    return size.rolling(op.lookback(literals) + 1, min_periods=1).max().to_numpy()


def relative_error(
    value: NDArray[np.float32], wanted: NDArray[np.float32], least: NDArray[np.float64] | float = 0.0
) -> float:
    """Return the largest error relative to the wanted value, or to ``least`` where that is greater.

    It is infinite where one of the two is missing and the other is not.
    """
    if not np.array_equal(np.isnan(value), np.isnan(wanted)):
        return WORSE
    differs = value != wanted
    differs &= ~np.isnan(wanted)
    exact = wanted[differs].astype(np.float64)
    scale = np.maximum(np.abs(exact), np.broadcast_to(least, wanted.shape)[differs])
    with np.errstate(divide="ignore"):
        return float((np.abs(value[differs] - exact) / scale).max(initial=0.0))
