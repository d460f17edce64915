"""States that rolling windows and cross-sections share: how a row joins, how two states merge.

A state is a tuple of numbers; the first counts the rows whose inputs are all finite. A function says nothing of time:
what joins may be the days of a window or the stocks of a day. ``age`` is for states that weigh days.

Moments are taken about the first finite value c that joined (merging moves them to the earlier c). As c is among the
values, sum (x-c)^2 is at most n times the sum of squares about the mean: no cancellation beyond a factor n, on any
input, and it is exactly 0 if and only if the values are all equal.
"""

from dfqgp.ops.states.moments import (
    centred_add,
    centred_merge,
    fourth_add,
    fourth_merge,
    magnitude_add,
    mean_add,
    mean_merge,
    moments_add,
    moments_merge,
    spread,
)
from dfqgp.ops.states.pairs import pair_add, pair_merge, triple_add, triple_merge

__all__ = [
    "centred_add",
    "centred_merge",
    "fourth_add",
    "fourth_merge",
    "magnitude_add",
    "mean_add",
    "mean_merge",
    "moments_add",
    "moments_merge",
    "pair_add",
    "pair_merge",
    "spread",
    "triple_add",
    "triple_merge",
]
