"""Operators that read today and one day before it."""

from __future__ import annotations

import numpy as np

from dfqgp.ops.arguments import Delay, Numeric
from dfqgp.ops.forms import Lagged
from dfqgp.ops.registry import operator
from dfqgp.ops.units import SAME, TO_RATIO


@operator(form=Lagged(lambda _, before: before), unit=SAME)
def ts_delay(x: Numeric, d: Delay) -> Numeric:
    """Value d days ago."""
    out = np.full_like(x, np.nan)
    out[d:] = x[:-d]
    return out


@operator(form=Lagged(lambda x, before: x - before), unit=SAME)
def ts_delta(x: Numeric, d: Delay) -> Numeric:
    """Change over d days, x[t] - x[t-d]."""
    return x - ts_delay(x, d)


# float64: x / before is near 1, and the difference from 1 would keep few digits of float32.
@operator(form=Lagged(lambda x, before: np.float64(x) / np.float64(before) - 1.0), unit=TO_RATIO)
def ts_pct(x: Numeric, d: Delay) -> Numeric:
    """Relative change over d days, x[t] / x[t-d] - 1."""
    return x / ts_delay(x, d) - 1.0
