"""Element-wise operators: NumPy float64 definitions."""

from __future__ import annotations

import numpy as np

from dfqgp.ops.registry import operator
from dfqgp.ops.spec import Cost, Kind, Matrix
from dfqgp.ops.units import PRODUCT, QUOTIENT, RATIO_ONLY, ROOT, SAME, TO_RATIO


@operator(Kind.ELEMENT, unit=SAME, commutes=True, infix="+")
def add(x: Matrix, y: Matrix) -> Matrix:
    """Sum x + y."""
    return x + y


@operator(Kind.ELEMENT, unit=SAME, infix="-")
def sub(x: Matrix, y: Matrix) -> Matrix:
    """Difference x - y."""
    return x - y


@operator(Kind.ELEMENT, unit=PRODUCT, commutes=True, infix="*")
def mul(x: Matrix, y: Matrix) -> Matrix:
    """Product x * y."""
    return x * y


@operator(Kind.ELEMENT, unit=QUOTIENT, infix="/")
def div(x: Matrix, y: Matrix) -> Matrix:
    """Quotient x / y, NaN where y is 0."""
    return x / y


@operator(Kind.ELEMENT, unit=SAME)
def neg(x: Matrix) -> Matrix:
    """Opposite -x."""
    return -x


@operator(Kind.ELEMENT, unit=SAME)
def abs_(x: Matrix) -> Matrix:
    """Absolute value."""
    return np.abs(x)


@operator(Kind.ELEMENT, unit=TO_RATIO)
def sign(x: Matrix) -> Matrix:
    """Sign: -1, 0 or 1."""
    return np.sign(x)


@operator(Kind.ELEMENT, unit=RATIO_ONLY, cost=Cost.TRANSCENDENTAL)
def log(x: Matrix) -> Matrix:
    """Natural logarithm, NaN unless x > 0."""
    return np.where(x > 0, np.log(x), np.nan)


@operator(Kind.ELEMENT, unit=RATIO_ONLY, cost=Cost.TRANSCENDENTAL)
def slog1p(x: Matrix) -> Matrix:
    """Signed logarithm sign(x) * log(1 + abs(x)), defined everywhere."""
    return np.sign(x) * np.log1p(np.abs(x))


@operator(Kind.ELEMENT, unit=ROOT)
def sqrt(x: Matrix) -> Matrix:
    """Square root, NaN unless x >= 0."""
    return np.sqrt(x)


@operator(Kind.ELEMENT, unit=ROOT)
def ssqrt(x: Matrix) -> Matrix:
    """Signed square root sign(x) * sqrt(abs(x)), defined everywhere."""
    return np.sign(x) * np.sqrt(np.abs(x))


@operator(Kind.ELEMENT, unit=SAME, commutes=True)
def max2(x: Matrix, y: Matrix) -> Matrix:
    """Larger of two, NaN if either is."""
    return np.maximum(x, y)


@operator(Kind.ELEMENT, unit=SAME, commutes=True)
def min2(x: Matrix, y: Matrix) -> Matrix:
    """Smaller of two, NaN if either is."""
    return np.minimum(x, y)
