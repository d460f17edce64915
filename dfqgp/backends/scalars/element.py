"""Element-wise operators on one cell, in the arithmetic of the cells themselves (float32).

Plain Python that Numba compiles into the loop of a target. Inputs are finite or NaN; the loop turns a result that is
not finite into NaN. Single operations of float32 round as the float64 reference does, so these agree to the last bit.
"""

from __future__ import annotations

import math

import numpy as np
from numba.extending import register_jitable

# Python's own division raises on 0; compiled with error_model="numpy" it follows IEEE 754.


@register_jitable
def add(x: float, y: float) -> float:
    return x + y


@register_jitable
def sub(x: float, y: float) -> float:
    return x - y


@register_jitable
def mul(x: float, y: float) -> float:
    return x * y


@register_jitable
def div(x: float, y: float) -> float:
    return x / y


@register_jitable
def max2(x: float, y: float) -> float:
    return x if x >= y or x != x else y


@register_jitable
def min2(x: float, y: float) -> float:
    return x if x <= y or x != x else y


@register_jitable
def neg(x: float) -> float:
    return -x


@register_jitable
def abs_(x: float) -> float:
    return abs(x)


@register_jitable
def sign(x: float) -> float:
    return x if x == 0.0 or x != x else math.copysign(1.0, x)


@register_jitable
def log(x: float) -> float:
    return math.log(x) if x > 0.0 else math.nan


@register_jitable
def slog1p(x: float) -> float:
    return math.copysign(math.log1p(abs(x)), x)


@register_jitable
def sqrt(x: float) -> float:
    return math.sqrt(x) if x >= 0.0 else math.nan


@register_jitable
def ssqrt(x: float) -> float:
    return math.copysign(math.sqrt(abs(x)), x)


@register_jitable
def delay(_: float, before: float) -> float:
    return before


@register_jitable
def pct(x: float, before: float) -> float:
    return np.float64(x) / np.float64(before) - 1.0


UNARY = {"neg": neg, "abs": abs_, "sign": sign, "log": log, "slog1p": slog1p, "sqrt": sqrt, "ssqrt": ssqrt}
BINARY = {"add": add, "sub": sub, "mul": mul, "div": div, "max2": max2, "min2": min2}
SHIFT = {"ts_delay": delay, "ts_delta": sub, "ts_pct": pct}
