"""What the registry tries on a new operator before it believes the declaration."""

from __future__ import annotations

import numpy as np

from dfqgp.errors import OperatorError
from dfqgp.ops.spec import Arg, Kind, Operator

_T, _N = 12, 6
_LITERAL = 4
_CODES = np.array([0, 0, 0, 1, 1, 1], dtype=np.int16)


def probe(declared: Operator) -> None:
    """Raise OperatorError unless shape, NaN rule, lookback and commutativity are as declared."""
    rng = np.random.default_rng(0)
    panels = [rng.lognormal(size=(_T, _N)).astype(np.float32) for _ in range(declared.panel_count)]
    value = _apply(declared, panels)
    _require(declared, value.shape == (_T, _N), "wrong shape", "two or fewer random panels", value.shape)
    rows = declared.lookback([_LITERAL] * sum(arg.is_literal for arg in declared.args))
    _require(declared, np.isfinite(value[rows:]).any(), "no value on clean input", "random panels", "all NaN")
    _probe_missing(declared, panels)
    _probe_lookback(declared, panels, value, rows)
    if declared.commutes:
        same = np.array_equal(value, _apply(declared, panels[::-1]), equal_nan=True)
        _require(declared, same, "it does not commute", "swapped panels", "other values")


def _probe_missing(declared: Operator, panels: list[np.ndarray]) -> None:
    for bad in (np.nan, np.inf, -np.inf):
        value = _apply(declared, [np.full_like(panel, bad) for panel in panels])
        _require(declared, np.isnan(value).all(), "a value without input", f"all {bad}", value[np.isfinite(value)][:3])


def _probe_lookback(declared: Operator, panels: list[np.ndarray], value: np.ndarray, rows: int) -> None:
    t = _T - 3
    low, high = (0, 0) if declared.kind is not Kind.TIME else (t - rows, t)
    low = t if declared.kind is not Kind.TIME else low
    changed = [panel * np.float32(3) + np.float32(1) for panel in panels]
    for new, old in zip(changed, panels, strict=True):
        new[low : max(high, low) + 1] = old[low : max(high, low) + 1]
    same = np.array_equal(_apply(declared, changed)[t], value[t], equal_nan=True)
    _require(declared, same, f"it reads rows outside t-{rows}..t", "other rows changed", "another value")
    if declared.kind is Kind.TIME and rows:
        first = _apply(declared, [np.ascontiguousarray(panel[low:]) for panel in panels])
        _require(declared, np.isnan(first[:rows]).all(), "a value before the lookback", "a cut panel", first[:rows])


def _apply(declared: Operator, panels: list[np.ndarray]) -> np.ndarray:
    rows = panels[0].shape[0]
    rest = iter(panels)
    inputs: list[object] = []
    for arg in declared.args:
        if arg is Arg.PANEL:
            inputs.append(next(rest))
        else:
            inputs.append(np.tile(_CODES, (rows, 1)) if arg is Arg.GROUP else _LITERAL)
    return declared.apply(inputs, np.ones((rows, _N), dtype=bool))  # type: ignore[arg-type]


def _require(declared: Operator, holds: object, reason: str, given: str, result: object) -> None:
    if not holds:
        raise OperatorError(name=declared.name, reason=reason, given=given, result=result)
