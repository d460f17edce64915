"""Wide frames with the package's rules for missing values, by pandas alone: what the transcriptions are written with.

A value that is not finite becomes NaN at the operator that made it, and every value is stored in float32, as in the
package. Nothing here imports it.
"""

from __future__ import annotations

import operator
from functools import reduce

import numpy as np
import pandas as pd


class Market:
    """Named (dates x codes) frames, the universe of each day and the group of each code."""

    def __init__(self, fields, universe, group):
        self._fields = {name: np.asarray(values, dtype=np.float64) for name, values in fields.items()}
        self.universe = pd.DataFrame(np.asarray(universe, dtype=bool))
        self.group = pd.DataFrame(np.asarray(group, dtype=np.int64))

    def __getattr__(self, name):
        if name.startswith("_") or name not in self._fields:
            raise AttributeError(f"the market has no field '{name}'; it has {', '.join(self._fields)}")
        return Wide(pd.DataFrame(self._fields[name]), self)


class Wide:
    """A frame, the market it belongs to, and the number of rows before t that its value at t reads."""

    def __init__(self, frame, market, lookback=0):
        self.frame, self.market, self.lookback = frame, market, lookback

    def values(self):
        """Return the (T, N) values, NaN over the lookback of the whole expression."""
        out = self.frame.to_numpy(copy=True)
        out[: self.lookback] = np.nan
        return out

    def __add__(self, other):
        return apply(operator.add, self, other)

    def __radd__(self, other):
        return apply(operator.add, other, self)

    def __sub__(self, other):
        return apply(operator.sub, self, other)

    def __rsub__(self, other):
        return apply(operator.sub, other, self)

    def __mul__(self, other):
        return apply(operator.mul, self, other)

    def __rmul__(self, other):
        return apply(operator.mul, other, self)

    def __truediv__(self, other):
        return apply(operator.truediv, self, other)

    def __rtruediv__(self, other):
        return apply(operator.truediv, other, self)

    def __pow__(self, other):
        return apply(powered, self, other)

    def __neg__(self):
        return apply(operator.neg, self)

    def __lt__(self, other):
        return apply(compared(operator.lt), self, other)

    def __gt__(self, other):
        return apply(compared(operator.gt), self, other)

    def __or__(self, other):
        return apply(either, self, other)


def apply(function, *arguments, rows=0):
    """Apply a function of frames and numbers; ``rows`` are added to the longest lookback of the arguments."""
    panels = [each for each in arguments if isinstance(each, Wide)]
    with np.errstate(all="ignore"):
        result = function(*(each.frame if isinstance(each, Wide) else stored(each) for each in arguments))
        result = result.astype(np.float32)
    result = result.where(np.isfinite(result)).astype(np.float64)
    return Wide(result, panels[0].market, max(each.lookback for each in panels) + rows)


def stored(number):
    """Return a number as a float32 panel of it holds it."""
    return float(np.float32(number))


def compared(function):
    """Return a comparison that gives 1, 0, or NaN where either side is missing."""

    def truth(x, y):
        missing = reduce(operator.or_, (each.isna() for each in (x, y) if isinstance(each, pd.DataFrame)))
        return function(x, y).astype(np.float64).mask(missing)

    return truth


def either(x, y):
    """Return 1 where one side is 1, else NaN where one is missing, else 0."""
    return np.fmax(x, y).mask((x.isna() | y.isna()) & (np.fmax(x, y) != 1.0))


def powered(x, y):
    """Return x to the y; NumPy has 1 for 1 to an unknown power, and for an unknown number to the 0."""
    missing = x.isna() | y.isna() if isinstance(y, pd.DataFrame) else x.isna()
    return (x**y).mask(missing)
