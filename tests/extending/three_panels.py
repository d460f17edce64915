"""An operator with three panels, a window and a real parameter: one declaration in one file.

Name the file in the configuration, ``operators=[three_panels.py]``, or run it in a notebook.
"""

from typing import Annotated

import numpy as np

import dfqgp as dq
from dfqgp.ops.time_series.windows import count, over_windows
from dfqgp.ops.units import SAME


def spread_add(s, x, y, z, age):
    there = x == x and y == y and z == z
    one = 1.0 if there else 0.0
    return s[0] + one, s[1] + (x if there else 0.0), s[2] + (0.5 * (y + z) if there else 0.0)


def spread_merge(a, b):
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


def spread_value(s, x, y, z, age, w, share):
    return (s[1] - share * s[2]) / s[0]


@dq.operator(form=dq.ops.Rolling((0.0, 0.0, 0.0), spread_add, spread_merge, spread_value), unit=SAME)
def ts_basket_spread(
    x: dq.ops.Numeric,
    y: dq.ops.Numeric,
    z: dq.ops.Numeric,
    w: dq.ops.Window,
    share: Annotated[float, dq.ops.real(0.0, 1.0, draws=(0.5, 1.0))],
) -> dq.ops.Numeric:
    """Mean over w days of x less a share of the average of y and z."""

    def spread(u, v, t):
        return (np.nansum(u, axis=0) - share * np.nansum(0.5 * (v + t), axis=0)) / count(u)

    return over_windows(spread, [x, y, z], w, minimum=1)
