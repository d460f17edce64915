"""A boolean operator and one that reads it: comparisons are 1, 0 or NaN."""

import numpy as np

import dfqgp as dq
from dfqgp.ops.units import SAME


@dq.operator(form=dq.ops.Elementwise(lambda x, y: 1.0 if x > y else (0.0 if x <= y else np.nan)), unit=SAME)
def exceeds(x: dq.ops.Numeric, y: dq.ops.Numeric) -> dq.ops.Boolean:
    """Whether x is greater than y, NaN where either is."""
    return np.where(np.isnan(x) | np.isnan(y), np.nan, x > y)


@dq.operator(form=dq.ops.Elementwise(lambda c, x, y: x if c == 1.0 else (y if c == 0.0 else np.nan)), unit=SAME)
def either(c: dq.ops.Boolean, x: dq.ops.Numeric, y: dq.ops.Numeric) -> dq.ops.Numeric:
    """Value x where c is true, y where it is not, NaN where c is."""
    return np.where(np.isnan(c), np.nan, np.where(c == 1, x, y))
