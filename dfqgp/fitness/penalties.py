"""Penalties: the length of the tree, and likeness to the library and to better members of the generation.

1. base = abs(metric) - length_penalty x nodes; a failed factor scores -inf.
2. In order of falling base, a factor's likeness is its largest abs correlation to the library and to those before it.
3. score = base - corr_penalty x likeness; from max_corr on the score is 0 and the reason is kept.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from dfqgp.fitness.series import Metrics
    from dfqgp.fitness.settings import FitnessSettings


@dataclass(frozen=True)
class Score:
    """A factor's score and why it is what it is.

    Parameters
    ----------
    value : float
        Higher is better; -inf for a failure, 0 for a factor too like another.
    reason : str or None
        Why it failed or was set to 0.
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


def penalise_likeness(
    bases: Sequence[Score],
    keys: Sequence[str],
    peers: NDArray[np.float64],
    library: NDArray[np.float64],
    settings: FitnessSettings,
) -> list[Score]:
    """Subtract the correlation penalty.

    Parameters
    ----------
    bases : sequence of Score
        K base scores.
    keys : sequence of str
        K stable keys that break ties between equal bases.
    peers : (K, K) float64
        Abs correlations inside the generation.
    library : (K, M) float64
        Abs correlations to the library's members.
    settings : FitnessSettings
        ``corr_penalty`` and ``max_corr``.

    Returns
    -------
    list of Score
        In the order given.
    """
    order = sorted(range(len(bases)), key=lambda k: (-bases[k].value, keys[k]))
    order = [k for k in order if bases[k].value > -math.inf]
    scores = list(bases)
    for place, k in enumerate(order):
        other = float(peers[k, order[:place]].max(initial=0.0))
        known = float(library[k].max(initial=0.0))
        scores[k] = _penalised(bases[k].value, other, known, settings)
    return scores


def _penalised(base: float, peer: float, library: float, settings: FitnessSettings) -> Score:
    likeness, whom = max((peer, "a better member of the generation"), (library, "a member of the library"))
    if likeness >= settings.max_corr:
        return Score(0.0, f"correlation {likeness:.3f} to {whom} is not under max_corr={settings.max_corr}")
    return Score(base - settings.corr_penalty * likeness)
