"""Sums, products, signs, the larger and the smaller of two."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np

from dfqgp.ops.arguments import Numeric, real
from dfqgp.ops.forms import Elementwise
from dfqgp.ops.registry import operator
from dfqgp.ops.spec import Rule
from dfqgp.ops.units import INVERSE, PRODUCT, QUOTIENT, RATIO_ONLY, SAME, SQUARE, TO_RATIO


@operator(form=Elementwise(lambda x, y: x + y), unit=SAME, commutes=True, infix="+")
def add(x: Numeric, y: Numeric) -> Numeric:
    """Sum x + y."""
    return x + y


@operator(form=Elementwise(lambda x, y: x - y), unit=SAME, infix="-")
def sub(x: Numeric, y: Numeric) -> Numeric:
    """Difference x - y."""
    return x - y


@operator(form=Elementwise(lambda x, y: x * y), unit=PRODUCT, commutes=True, infix="*")
def mul(x: Numeric, y: Numeric) -> Numeric:
    """Product x * y."""
    return x * y


@operator(form=Elementwise(lambda x, y: x / y), unit=QUOTIENT, infix="/")
def div(x: Numeric, y: Numeric) -> Numeric:
    """Quotient x / y, NaN where y is 0."""
    return x / y


@operator(form=Elementwise(lambda x: -x), unit=SAME)
def neg(x: Numeric) -> Numeric:
    """Opposite -x."""
    return -x


@operator(form=Elementwise(lambda x: abs(x)), unit=SAME)
def abs_(x: Numeric) -> Numeric:
    """Absolute value."""
    return np.abs(x)


# 1.0 / x of a float32 x would be float64 on one compiler and float32 on another: the constant is float32 on both.
@operator(form=Elementwise(lambda x: np.float32(1.0) / x), unit=INVERSE)
def inv(x: Numeric) -> Numeric:
    """Reciprocal 1 / x, NaN where x is 0."""
    return 1.0 / x


@operator(form=Elementwise(lambda x: x * x), unit=SQUARE)
def square(x: Numeric) -> Numeric:
    """Square x * x."""
    return x * x


@operator(form=Elementwise(lambda x: x if x == 0.0 or x != x else math.copysign(1.0, x)), unit=TO_RATIO)
def sign(x: Numeric) -> Numeric:
    """Sign: -1, 0 or 1."""
    return np.sign(x)


@operator(form=Elementwise(lambda x, y: x if x >= y or x != x else y), unit=SAME, commutes=True)
def max2(x: Numeric, y: Numeric) -> Numeric:
    """Larger of two, NaN if either is."""
    return np.maximum(x, y)


@operator(form=Elementwise(lambda x, y: x if x <= y or x != x else y), unit=SAME, commutes=True)
def min2(x: Numeric, y: Numeric) -> Numeric:
    """Smaller of two, NaN if either is."""
    return np.minimum(x, y)


@operator(
    form=Elementwise(lambda x, lo, hi: lo if x < lo else (hi if x > hi else x)),
    unit=RATIO_ONLY,
    rule=Rule("lo less than hi", lambda lo, hi: lo < hi),
)
def clip(
    x: Numeric,
    lo: Annotated[float, real(-1e9, 1e9, draws=(-3.0, -1.0, 0.0))],
    hi: Annotated[float, real(-1e9, 1e9, draws=(0.5, 1.0, 3.0))],
) -> Numeric:
    """Nearest value to x from lo to hi."""
    return np.clip(x, lo, hi)
