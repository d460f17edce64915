"""Element-wise operators: NumPy float64 definitions, and the kernels on one cell.

Kernels work in float32, the arithmetic of the cells. Single operations of float32 round as the float64 definition does,
so the two agree to the last bit; only the logarithms come from another library.
"""

from __future__ import annotations

import math

import numpy as np

from dfqgp.ops.arguments import Numeric
from dfqgp.ops.forms import Elementwise
from dfqgp.ops.registry import operator
from dfqgp.ops.spec import Cost
from dfqgp.ops.units import PRODUCT, QUOTIENT, RATIO_ONLY, ROOT, SAME, TO_RATIO


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


@operator(form=Elementwise(lambda x: x if x == 0.0 or x != x else math.copysign(1.0, x)), unit=TO_RATIO)
def sign(x: Numeric) -> Numeric:
    """Sign: -1, 0 or 1."""
    return np.sign(x)


@operator(form=Elementwise(lambda x: math.log(x) if x > 0.0 else math.nan), unit=RATIO_ONLY, cost=Cost.TRANSCENDENTAL)
def log(x: Numeric) -> Numeric:
    """Natural logarithm, NaN unless x > 0."""
    return np.where(x > 0, np.log(x), np.nan)


@operator(form=Elementwise(lambda x: math.copysign(math.log1p(abs(x)), x)), unit=RATIO_ONLY, cost=Cost.TRANSCENDENTAL)
def slog1p(x: Numeric) -> Numeric:
    """Signed logarithm sign(x) * log(1 + abs(x)), defined everywhere."""
    return np.sign(x) * np.log1p(np.abs(x))


@operator(form=Elementwise(lambda x: math.sqrt(x) if x >= 0.0 else math.nan), unit=ROOT)
def sqrt(x: Numeric) -> Numeric:
    """Square root, NaN unless x >= 0."""
    return np.sqrt(x)


@operator(form=Elementwise(lambda x: math.copysign(math.sqrt(abs(x)), x)), unit=ROOT)
def ssqrt(x: Numeric) -> Numeric:
    """Signed square root sign(x) * sqrt(abs(x)), defined everywhere."""
    return np.sign(x) * np.sqrt(np.abs(x))


@operator(form=Elementwise(lambda x, y: x if x >= y or x != x else y), unit=SAME, commutes=True)
def max2(x: Numeric, y: Numeric) -> Numeric:
    """Larger of two, NaN if either is."""
    return np.maximum(x, y)


@operator(form=Elementwise(lambda x, y: x if x <= y or x != x else y), unit=SAME, commutes=True)
def min2(x: Numeric, y: Numeric) -> Numeric:
    """Smaller of two, NaN if either is."""
    return np.minimum(x, y)
