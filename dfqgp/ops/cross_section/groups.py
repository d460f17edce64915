"""Operators inside the groups of the day's universe; NaN where a stock's group is unknown."""

from __future__ import annotations

import math

import numpy as np

from dfqgp.ops.arguments import Group, Numeric, Universe
from dfqgp.ops.cross_section.days import demean, over_groups, rank, std
from dfqgp.ops.cross_section.universe import deviation, share_of_sum, zscore_value
from dfqgp.ops.forms import CrossSection, Ranked, State
from dfqgp.ops.registry import operator
from dfqgp.ops.spec import Cost
from dfqgp.ops.states import (
    centred_add,
    centred_merge,
    magnitude_add,
    mean_merge,
    moments_add,
    moments_merge,
    spread,
)
from dfqgp.ops.units import SAME, TO_RATIO


def mean_value(s: State, x: float) -> float:
    return s[1] + s[2] / s[0]


def std_value(s: State, x: float) -> float:
    return math.sqrt(spread(s[0], s[2], s[3]) / s[0])


@operator(form=CrossSection((0.0,) * 3, centred_add, centred_merge, deviation), unit=SAME)
def group_demean(x: Numeric, g: Group, universe: Universe) -> Numeric:
    """Distance from the mean of the day's group, NaN where the group is unknown."""
    return over_groups(demean, [x], g, universe)


@operator(form=CrossSection((0.0,) * 4, moments_add, moments_merge, zscore_value), unit=TO_RATIO)
def group_zscore(x: Numeric, g: Group, universe: Universe) -> Numeric:
    """Distance from the group's mean in its population standard deviations (ddof 0), NaN when that is 0."""
    return over_groups(lambda v: demean(v) / std(v), [x], g, universe)


@operator(form=Ranked(lambda position, count: position / count), unit=TO_RATIO, cost=Cost.SORT)
def group_rank(x: Numeric, g: Group, universe: Universe) -> Numeric:
    """Average-tie rank inside the day's group over its number, in (0, 1]."""
    return over_groups(rank, [x], g, universe)


@operator(form=CrossSection((0.0,) * 3, centred_add, centred_merge, mean_value), unit=SAME)
def group_mean(x: Numeric, g: Group, universe: Universe) -> Numeric:
    """Mean of the day's group."""
    return over_groups(lambda v: np.full_like(v, v.mean()), [x], g, universe)


@operator(form=CrossSection((0.0,) * 4, moments_add, moments_merge, std_value), unit=SAME)
def group_std(x: Numeric, g: Group, universe: Universe) -> Numeric:
    """Spread of the day's group: its standard deviation (ddof 0), exactly 0 where all are equal."""
    return over_groups(lambda v: np.full_like(v, std(v)), [x], g, universe)


@operator(form=CrossSection((0.0,) * 2, magnitude_add, mean_merge, share_of_sum), unit=TO_RATIO)
def group_scale(x: Numeric, g: Group, universe: Universe) -> Numeric:
    """Share of the group's sum of absolute values, NaN when that is 0."""
    return over_groups(lambda v: v / np.abs(v).sum(), [x], g, universe)
