"""What the registry tries on a new operator before it believes the declaration."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.errors import OperatorError
from dfqgp.ops.arguments import Role
from dfqgp.ops.interpret import interpret
from dfqgp.ops.spec import Kind

if TYPE_CHECKING:
    from dfqgp.ops.arguments import Argument
    from dfqgp.ops.spec import Input, Operator, Result

_T, _N = 12, 6
_DAYS = (4, 6, 8, 2)
_CODES = np.array([0, 0, 0, 1, 1, 1], dtype=np.int16)
_TOLERANCE = 1e-4


def probe(declared: Operator) -> None:
    """Raise OperatorError unless arguments, shape, NaN rule, lookback, commutativity and kernel are as declared."""
    _require(declared, declared.panels, "it takes no panel", "its signature", declared.signature())
    _probe_literals(declared)
    rng = np.random.default_rng(0)
    panels = [_panel(rng, each) for each in declared.panels]
    value = _apply(declared, panels)
    _require(declared, value.shape == (_T, _N), "wrong shape", "random panels", value.shape)
    rows = declared.lookback(_literals(declared))
    _require(declared, np.isfinite(value[rows:]).any(), "no value on clean input", "random panels", "all NaN")
    if declared.boolean:
        truths = np.unique(value[np.isfinite(value)])
        _require(declared, np.isin(truths, (0, 1)).all(), "a boolean is 1, 0 or NaN", "random panels", truths)
    again = _apply(declared, panels)
    _require(declared, np.array_equal(value, again, equal_nan=True), "it is not deterministic", "the same twice", again)
    _probe_missing(declared, panels)
    _probe_lookback(declared, panels, value, rows)
    if declared.commutes:
        same = np.array_equal(value, _apply(declared, panels[::-1]), equal_nan=True)
        _require(declared, same, "it does not commute", "swapped panels", "other values")
    if declared.form is not None:
        _probe_kernel(declared, panels)


def _probe_literals(declared: Operator) -> None:
    for each in declared.literals:
        _require(declared, each.low <= each.high, f"'{each.name}' has no legal value", "its range", each.expected())
        drawn = each.draws or each.role in (Role.WINDOW, Role.DELAY)
        _require(declared, drawn, f"'{each.name}' names no values to draw", "draws=()", "one or more")
        legal = all(each.accepts(value) for value in each.draws)
        _require(declared, legal, f"'{each.name}' draws outside its range", each.draws, each.expected())


def _probe_missing(declared: Operator, panels: list[np.ndarray]) -> None:
    for bad in (np.nan, np.inf, -np.inf):
        value = _apply(declared, [np.full_like(panel, bad) for panel in panels])
        _require(declared, np.isnan(value).all(), "a value without input", f"all {bad}", value[np.isfinite(value)][:3])


def _probe_lookback(declared: Operator, panels: list[np.ndarray], value: np.ndarray, rows: int) -> None:
    t = _T - 3
    low = t - rows if declared.kind is Kind.TIME else t
    changed = [1 - panel if each.role is Role.BOOLEAN else panel * np.float32(3) + np.float32(1)
               for each, panel in zip(declared.panels, panels, strict=True)]  # fmt: skip
    for new, old in zip(changed, panels, strict=True):
        new[max(low, 0) : t + 1] = old[max(low, 0) : t + 1]
    same = np.array_equal(_apply(declared, changed)[t], value[t], equal_nan=True)
    _require(declared, same, f"it reads rows outside t-{rows}..t", "other rows changed", "another value")
    if declared.kind is Kind.TIME and rows and low >= 0:
        first = _apply(declared, [np.ascontiguousarray(panel[low:]) for panel in panels])
        _require(declared, np.isnan(first[:rows]).all(), "a value before the lookback", "a cut panel", first[:rows])


def _probe_kernel(declared: Operator, panels: list[np.ndarray]) -> None:
    """Compare the kernel, run in plain Python, with the definition on clean input and on input with gaps."""
    holed = [np.where(np.arange(_T * _N).reshape(_T, _N) % 5 == 2, np.float32(np.nan), panel) for panel in panels]
    for what, given in (("random panels", panels), ("panels with gaps", holed)):
        inputs, universe = _inputs(declared, given)
        kernel, wanted = interpret(declared, inputs, universe), declared.apply(inputs, universe)
        close = np.isclose(kernel, wanted, rtol=_TOLERANCE, atol=_TOLERANCE, equal_nan=True)
        _require(
            declared, close.all(), "its kernel is not its definition", what, (kernel[~close][:3], wanted[~close][:3])
        )


def _panel(rng: np.random.Generator, argument: Argument) -> Result:
    values = rng.lognormal(size=(_T, _N))
    return (values > 1 if argument.role is Role.BOOLEAN else values).astype(np.float32)


def _literals(declared: Operator) -> tuple[float, ...]:
    """Return the first literals that are legal together: what random trees draw, days that the panels have room for."""
    given = ([v for v in each.draws or _DAYS if each.accepts(v)] or [each.low] for each in declared.literals)
    legal = (each for each in product(*given) if not declared.problem(each) and declared.lookback(each) < _T - 3)
    found = next(legal, None)
    _require(declared, found is not None, "its literals are never legal together", "their draws", declared.signature())
    return tuple(each.as_literal(v) for each, v in zip(declared.literals, found or (), strict=True))


def _apply(declared: Operator, panels: list[np.ndarray]) -> Result:
    return declared.apply(*_inputs(declared, panels))


def _inputs(declared: Operator, panels: list[np.ndarray]) -> tuple[list[Input], np.ndarray]:
    rows, rest, literals = panels[0].shape[0], iter(panels), iter(_literals(declared))
    inputs: list[Input] = [
        next(rest) if each.is_panel else next(literals) if each.is_literal else np.tile(_CODES, (rows, 1))
        for each in declared.arguments
    ]
    return inputs, np.ones((rows, _N), dtype=bool)


def _require(declared: Operator, holds: object, reason: str, given: object, result: object) -> None:
    if not holds:
        raise OperatorError(name=declared.name, reason=reason, given=given, result=result)
