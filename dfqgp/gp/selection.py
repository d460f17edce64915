"""Selection: which individuals become parents.

To add a policy, write a class with the method of ``Selection`` and name it in ``SELECTIONS``; ``gp.selection`` chooses
by that name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from dfqgp.gp.individual import Individual

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from dfqgp.gp.settings import GpSettings


class Selection(Protocol):
    """A policy that chooses parents."""

    def parent(self, rng: np.random.Generator, pool: Sequence[Individual]) -> Individual:
        """Return one individual of a pool in which all have objectives; draw from ``rng`` alone."""


@dataclass(frozen=True)
class Tournament:
    """The best of a few individuals drawn with replacement.

    Parameters
    ----------
    size : int
        Individuals drawn for one parent.
    """

    size: int

    def parent(self, rng: np.random.Generator, pool: Sequence[Individual]) -> Individual:
        """Return the winner of one tournament."""
        drawn = (pool[int(index)] for index in rng.integers(len(pool), size=self.size))
        return min(drawn, key=Individual.rank_key)


SELECTIONS: dict[str, Callable[[GpSettings], Selection]] = {
    "tournament": lambda settings: Tournament(settings.tournament),
}
"""Policies by the name that ``gp.selection`` gives; each makes a policy from the settings."""
