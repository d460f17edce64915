"""Penalties: the length of the tree, and correlation to the library and to better members of the generation.

1. base = abs(metric) - length_penalty x nodes; a failed factor scores -inf (``base_score``).
2. In order of falling base (``by_base``), a factor is compared with the library and with those before it.
3. score = base - corr_penalty x the largest abs correlation; from max_corr on the score is 0, or less where this is
   less, and the reason is kept. So an exact copy of a better factor never scores above it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.fitness.metrics import Metrics
    from dfqgp.fitness.settings import FitnessSettings


@dataclass(frozen=True)
class Score:
    """A factor's score and why it is what it is.

    Parameters
    ----------
    value : float
        Higher is better; -inf for a failure, at most 0 for a factor that correlates too much with another.
    reason : str or None
        Why it failed or is at most 0.
    """

    value: float
    reason: str | None = None


def base_score(metrics: Metrics, size: int, settings: FitnessSettings) -> Score:
    """Return abs(metric) less the length penalty, -inf with a reason for a failed factor."""
    if metrics.failure is not None:
        return Score(-math.inf, metrics.failure)
    metric = {"icir": metrics.icir, "ic": metrics.ic_mean, "hac_t": metrics.hac_t}[settings.metric]
    if not math.isfinite(metric):
        return Score(-math.inf, f"{settings.metric} is not finite: the ICs do not vary")
    return Score(abs(metric) - settings.length_penalty * size)


def by_base(bases: Sequence[Score], keys: Sequence[str]) -> list[int]:
    """Return the indices of the factors that did not fail, the best base first; ties are broken by key."""
    alive = [k for k, base in enumerate(bases) if base.value > -math.inf]
    return sorted(alive, key=lambda k: (-bases[k].value, keys[k]))


def penalised(base: Score, peer: float, library: float, settings: FitnessSettings) -> Score:
    """Subtract the correlation penalty.

    Parameters
    ----------
    base : Score
        Of a factor that did not fail.
    peer, library : float
        Its largest absolute correlation to better members of the generation, and to the library.
    settings : FitnessSettings
        ``corr_penalty`` and ``max_corr``.

    Examples
    --------
    >>> from dfqgp.fitness import FitnessSettings
    >>> penalised(Score(0.5), 0.2, 0.1, FitnessSettings()).value
    0.44
    """
    largest, whom = max((peer, "a better member of the generation"), (library, "a member of the library"))
    value = base.value - settings.corr_penalty * largest
    if largest < settings.max_corr:
        return Score(value)
    reason = f"correlation {largest:.3f} to {whom} is not under max_corr={settings.max_corr}"
    return Score(min(value, 0.0), reason)
