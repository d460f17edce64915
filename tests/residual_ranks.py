"""Random residual ranks, as scoring returns them, and their correlations the slow way."""

from __future__ import annotations

import numpy as np
from panels import random_panel
from scipy.stats import rankdata

from dfqgp.backends import Room


def twice_ranks(values):
    """Rank the finite values of each row, as uint16 of twice the average rank; 0 where there is none."""
    out = np.zeros(values.shape, dtype=np.uint16)
    for day, row in enumerate(values):
        inside = np.isfinite(row)
        out[day, inside] = 2 * rankdata(row[inside])
    return out


def opposite(ranks):
    """Ranks of the factor with the other sign."""
    inside = ranks > 0
    return np.where(inside, 2 * (inside.sum(axis=1, keepdims=True) + 1) - ranks, 0).astype(np.uint16)


def random_ranks(rng, count, days, assets, *, common=0.5, missing=0.0):
    """Return ranks of factors that share a common part, so that some correlate strongly."""
    shared = rng.standard_normal((3, days, assets))
    found = []
    for _ in range(count):
        values = rng.standard_normal((days, assets)) * (1 - common) + common * shared[rng.integers(3)]
        values[rng.random(values.shape) < missing] = np.nan
        values[rng.random(days) < missing] = np.nan
        found.append(twice_ranks(values))
    return found


def slow_correlation(one, other):
    """Mean over common days of the correlation of centred ranks, 0 outside each sample, in plain float64 loops."""
    days = []
    for a, b in zip(one, other, strict=True):
        x, y = (np.where(row > 0, row - row[row > 0].mean() if row.any() else 0.0, 0.0) for row in (a, b))
        if x.any() and y.any():
            days.append(float(x @ y / np.sqrt((x @ x) * (y @ y))))
    return sum(days) / len(days) if days else 0.0


class Correlating:
    """Correlations of host ranks in a backend: each call holds them in a session of as many assets."""

    def __init__(self, backend):
        self._backend = backend

    def correlations(self, left, right):
        return self._call("correlations", left, right)

    def largest_correlations(self, ranks, others=None):
        return self._call("largest_correlations", ranks, others)

    def _call(self, name, left, right):
        assets = next((each.shape[1] for each in [*left, *(right or [])]), 70)
        session = self._backend.open(random_panel(4, assets), room=Room(slots=1))
        one = [session.hold(each) for each in left]
        other = one if right is left else right if right is None else [session.hold(each) for each in right]
        return getattr(session, name)(one, other)
