"""Random panels of standardised ranks, and correlations the slow way."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata


def standardised(values):
    """Rank the finite values of each row, centre them, and scale them to norm 1."""
    out = np.zeros(values.shape, dtype=np.float32)
    for day, row in enumerate(values):
        inside = np.isfinite(row)
        if inside.sum() > 1 and np.ptp(row[inside]) > 0:
            ranks = rankdata(row[inside])
            ranks -= ranks.mean()
            out[day, inside] = ranks / np.linalg.norm(ranks)
    return out


def random_panels(rng, count, days, assets, *, common=0.5, missing=0.0):
    """Return panels that share a common part, so that some correlate strongly."""
    shared = rng.standard_normal((3, days, assets))
    panels = []
    for _ in range(count):
        values = rng.standard_normal((days, assets)) * (1 - common) + common * shared[rng.integers(3)]
        values[rng.random(values.shape) < missing] = np.nan
        values[rng.random(days) < missing] = np.nan
        panels.append(standardised(values))
    return panels


def slow_correlation(one, other):
    """Mean over common days of the sum of products, in plain float64 loops."""
    daily = [
        float(np.dot(a.astype(np.float64), b.astype(np.float64)))
        for a, b in zip(one, other, strict=True)
        if a.any() and b.any()
    ]
    return sum(daily) / len(daily) if daily else 0.0
