"""Comparisons, logic and choice: booleans are 1, 0 or NaN.

Logic is three-valued: what is missing may be true or false, and a value that does not depend on it is not missing.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.ops.arguments import Boolean, Numeric
from dfqgp.ops.forms import Elementwise
from dfqgp.ops.registry import operator
from dfqgp.ops.units import SAME, TO_RATIO

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dfqgp.ops.spec import Matrix


def _compared(result: NDArray[np.bool_], x: Matrix, y: Matrix) -> Matrix:
    return np.where(np.isnan(x) | np.isnan(y), np.nan, result.astype(np.float64))


@operator(form=Elementwise(lambda x, y: 1.0 if x > y else (0.0 if x <= y else math.nan)), unit=SAME, infix=">")
def gt(x: Numeric, y: Numeric) -> Boolean:
    """Whether x is greater than y."""
    return _compared(x > y, x, y)


@operator(form=Elementwise(lambda x, y: 1.0 if x < y else (0.0 if x >= y else math.nan)), unit=SAME, infix="<")
def lt(x: Numeric, y: Numeric) -> Boolean:
    """Whether x is less than y."""
    return _compared(x < y, x, y)


@operator(form=Elementwise(lambda x, y: 1.0 if x >= y else (0.0 if x < y else math.nan)), unit=SAME, infix=">=")
def ge(x: Numeric, y: Numeric) -> Boolean:
    """Whether x is at least y."""
    return _compared(x >= y, x, y)


@operator(form=Elementwise(lambda x, y: 1.0 if x <= y else (0.0 if x > y else math.nan)), unit=SAME, infix="<=")
def le(x: Numeric, y: Numeric) -> Boolean:
    """Whether x is at most y."""
    return _compared(x <= y, x, y)


@operator(
    form=Elementwise(lambda x, y: 1.0 if x == y else (0.0 if x < y or x > y else math.nan)),
    unit=SAME,
    commutes=True,
    infix="==",
)
def eq(x: Numeric, y: Numeric) -> Boolean:
    """Whether x equals y."""
    return _compared(x == y, x, y)


@operator(
    form=Elementwise(lambda x, y: 0.0 if x == 0.0 or y == 0.0 else (1.0 if x == y else math.nan)),
    unit=TO_RATIO,
    commutes=True,
    infix="and",
)
def and_(x: Boolean, y: Boolean) -> Boolean:
    """Whether both are true: false if either is false, else NaN if either is NaN."""
    return np.where((x == 0) | (y == 0), 0.0, np.where((x == 1) & (y == 1), 1.0, np.nan))


@operator(
    form=Elementwise(lambda x, y: 1.0 if x == 1.0 or y == 1.0 else (0.0 if x == y else math.nan)),
    unit=TO_RATIO,
    commutes=True,
    infix="or",
)
def or_(x: Boolean, y: Boolean) -> Boolean:
    """Whether either is true: true if one is true, else NaN if either is NaN."""
    return np.where((x == 1) | (y == 1), 1.0, np.where((x == 0) & (y == 0), 0.0, np.nan))


@operator(form=Elementwise(lambda x: 1.0 - x), unit=TO_RATIO)
def not_(x: Boolean) -> Boolean:
    """Whether x is false."""
    return 1.0 - x


@operator(form=Elementwise(lambda c, x, y: x if c == 1.0 else (y if c == 0.0 else math.nan)), unit=SAME)
def if_else(c: Boolean, x: Numeric, y: Numeric) -> Numeric:
    """Value x where c is true, y where it is false, NaN where c is."""
    return np.where(np.isnan(c), np.nan, np.where(c == 1, x, y))
