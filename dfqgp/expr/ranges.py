"""Least and greatest value that an expression can have, as far as its operators alone say.

Fields may be anything. Bounds hold for values as float32; what is not certain is unbounded. A boolean is 0 or 1. Rules
of the canonical form ask for them (``abs(x)`` is ``x`` where x is never negative), and so does the generator
(``2 < cs_rank(x)`` never varies).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dfqgp.expr.node import Call, Constant, panel_args

if TYPE_CHECKING:
    from dfqgp.expr.node import Node


class Range(NamedTuple):
    """Bounds of all finite values, both ends included; a value may still be missing."""

    low: float
    high: float


ANY = Range(-math.inf, math.inf)
AT_LEAST_0 = Range(0.0, math.inf)
UNIT = Range(0.0, 1.0)
RANK = Range(3e-5, 1.0)
"""A rank over the number of stocks or days, of which there are fewer than 33,000 each."""

Bounds = Callable[[Sequence[Range], Sequence[float]], Range]
"""Bounds of the numeric and boolean arguments, and the literals -> bounds of the value."""


def range_of(node: Node) -> Range:
    """Return the bounds of an expression's values.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary, parse
    >>> words = Vocabulary.named({"returns": "ratio"})
    >>> [tuple(range_of(parse(text, words))) for text in ("abs(returns) + 1", "tanh(returns)", "returns")]
    [(1.0, inf), (-1.0, 1.0), (-inf, inf)]
    """
    if range_of not in node.memo:
        node.memo[range_of] = _range(node)
    found: Range = node.memo[range_of]
    return found


def _range(node: Node) -> Range:
    if isinstance(node, Constant):
        value = float(np.float32(node.value))
        return Range(value, value)
    if not isinstance(node, Call):
        return ANY
    bounds = _BOUNDS.get(node.op.name) if node.op.builtin else None
    if bounds is None:
        return UNIT if node.op.boolean else ANY
    found = bounds([range_of(arg) for arg in panel_args(node)], node.literals)
    return ANY if any(map(math.isnan, found)) else found


def _single(number: float) -> float:
    """Round as float32 does; rounding to the nearest keeps order, so rounded bounds bound rounded values."""
    with np.errstate(over="ignore"):
        return float(np.float32(number))


def _add(x: Range, y: Range) -> Range:
    return Range(_single(x.low + y.low), _single(x.high + y.high))


def _neg(x: Range) -> Range:
    return Range(-x.high, -x.low)


def _abs(x: Range) -> Range:
    return Range(max(x.low, -x.high, 0.0), max(-x.low, x.high))


def _mul(x: Range, y: Range) -> Range:
    ends = [_single(a * b) if a and b else 0.0 for a in x for b in y]
    return Range(min(ends), max(ends))


def _div(x: Range, y: Range) -> Range:
    """Know the sign alone, and that only where neither changes it."""
    signs = [_sign_of(each) for each in (x, y)]
    return {1: AT_LEAST_0, -1: _neg(AT_LEAST_0)}.get(signs[0] * signs[1], ANY)


def _sign_of(x: Range) -> int:
    return 1 if x.low >= 0 else -1 if x.high <= 0 else 0


def _rising(function: Callable[[float], float], least: float = -math.inf) -> Bounds:
    return lambda args, _: Range(*(_single(function(max(end, least))) for end in args[0]))


def _log(x: Range) -> Range:
    """Know the sign alone."""
    return _neg(AT_LEAST_0) if x.high <= 1 else AT_LEAST_0 if x.low >= 1 else ANY


def _sign(x: Range) -> Range:
    return Range(*(float(np.sign(end)) for end in x))


def _hull(*several: Range) -> Range:
    return Range(min(each.low for each in several), max(each.high for each in several))


def _below(x: Range, y: Range, *, strictly: bool) -> Range:
    """Return the bounds of x < y, or of x <= y."""
    if x.high < y.low or (not strictly and x.high == y.low):
        return Range(1.0, 1.0)
    return Range(0.0, 0.0) if x.low > y.high or (strictly and x.low == y.high) else UNIT


def _equal(x: Range, y: Range) -> Range:
    return Range(0.0, 0.0) if x.high < y.low or y.high < x.low else UNIT


def _clip(x: Range, low: float, high: float) -> Range:
    return Range(*(_single(min(max(end, low), high)) for end in x))


def _product(x: Range) -> Range:
    return UNIT if x.low >= 0 and x.high <= 1 else AT_LEAST_0 if x.low >= 0 else ANY


def _signed(x: Range) -> Range:
    """Know the sign alone."""
    return {1: AT_LEAST_0, -1: _neg(AT_LEAST_0)}.get(_sign_of(x), ANY)


_WITHIN = (
    "ts_delay", "ts_mean", "ts_min", "ts_max", "ts_median", "ts_quantile", "ts_decay_linear", "ts_ema", "ts_backfill",
    "ts_top_mean", "ts_bottom_mean", "group_mean", "cs_winsorize",
)  # fmt: skip
_NEVER_NEGATIVE = ("ts_std", "ts_var", "ts_range", "ts_mad", "ts_entropy", "group_std")
_RANKS = ("cs_rank", "group_rank", "ts_rank")

_BOUNDS: dict[str, Bounds] = {
    "add": lambda args, _: _add(*args),
    "sub": lambda args, _: _add(args[0], _neg(args[1])),
    "mul": lambda args, _: _mul(*args),
    "div": lambda args, _: _div(*args),
    "inv": lambda args, _: _signed(args[0]),
    "neg": lambda args, _: _neg(args[0]),
    "abs": lambda args, _: _abs(args[0]),
    "square": lambda args, _: _mul(_abs(args[0]), _abs(args[0])),
    "sign": lambda args, _: _sign(args[0]),
    "sqrt": _rising(math.sqrt, 0.0),
    "ssqrt": lambda args, _: _signed(args[0]),
    "log": lambda args, _: _log(args[0]),
    "slog1p": lambda args, _: _signed(args[0]),
    "pow": lambda args, _: _signed(args[0]),
    "power": lambda args, _: _signed(args[0]),
    "tanh": lambda args, _: Range(*(sign * (sign * end > 0) for sign, end in zip((-1.0, 1.0), args[0], strict=True))),
    "sigmoid": lambda _args, _: UNIT,
    "max2": lambda args, _: Range(max(x.low for x in args), max(x.high for x in args)),
    "min2": lambda args, _: Range(min(x.low for x in args), min(x.high for x in args)),
    "clip": lambda args, literals: _clip(args[0], *literals),
    "lt": lambda args, _: _below(args[0], args[1], strictly=True),
    "le": lambda args, _: _below(args[0], args[1], strictly=False),
    "gt": lambda args, _: _below(args[1], args[0], strictly=True),
    "ge": lambda args, _: _below(args[1], args[0], strictly=False),
    "eq": lambda args, _: _equal(*args),
    "and": lambda args, _: Range(min(p.low for p in args), min(p.high for p in args)),
    "or": lambda args, _: Range(max(p.low for p in args), max(p.high for p in args)),
    "not": lambda args, _: Range(1.0 - args[0].high, 1.0 - args[0].low),
    "if_else": lambda args, _: _hull(*args[1:]),
    "ts_sum": lambda args, _: _signed(args[0]),
    "ts_product": lambda args, _: _product(args[0]),
    "ts_count": lambda _, literals: Range(0.0, literals[0]),
    "ts_argmax": lambda _, literals: Range(0.0, literals[0] - 1),
    "ts_argmin": lambda _, literals: Range(0.0, literals[0] - 1),
    "ts_corr": lambda _args, _: Range(-1.0, 1.0),
    "ts_partial_corr": lambda _args, _: Range(-1.0, 1.0),
    "cs_scale": lambda _args, _: Range(-1.0, 1.0),
    "group_scale": lambda _args, _: Range(-1.0, 1.0),
    "cs_quantile": lambda _, literals: Range(0.0, literals[0] - 1),
    **{name: (lambda args, _: args[0]) for name in _WITHIN},
    **{name: (lambda _args, _: AT_LEAST_0) for name in _NEVER_NEGATIVE},
    **{name: (lambda _args, _: RANK) for name in _RANKS},
}
