"""Survival: which individuals stay when a generation ends.

To add a policy, write a class with the methods of ``Survival`` and name it in ``SURVIVALS``; ``gp.survival`` chooses by
that name. tests/extending/second_survival.py is an example.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from dfqgp.gp.individual import best

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dfqgp.gp.individual import Individual
    from dfqgp.gp.settings import GpSettings


class Survival(Protocol):
    """A policy that decides which individuals stay. Called twice per generation, it keeps nothing between calls."""

    def survivors(self, population: Sequence[Individual], evaluated: Sequence[Individual]) -> Sequence[Individual]:
        """Return the population that the next generation is bred from.

        Parameters
        ----------
        population : sequence of Individual
            What the generation that ends was bred from; empty at first.
        evaluated : sequence of Individual
            What it asked, in the order asked, with objectives; failed ones have none.

        Returns
        -------
        sequence of Individual
            Some of both, no tree twice.
        """

    def asked_again(self, population: Sequence[Individual]) -> Sequence[Individual]:
        """Return those of the population that the next generation evaluates again, before its new trees.

        A score can depend on the other trees of the generation; one that does not need not be asked again.
        """


@dataclass(frozen=True)
class Elites:
    """Each generation replaces the one before; its best trees are asked again with the offspring.

    Parameters
    ----------
    count : int
        How many are asked again.
    """

    count: int

    def survivors(self, population: Sequence[Individual], evaluated: Sequence[Individual]) -> Sequence[Individual]:  # noqa: ARG002
        """Return the generation just evaluated."""
        return evaluated

    def asked_again(self, population: Sequence[Individual]) -> Sequence[Individual]:
        """Return the best, the best first."""
        return best(population, self.count)


SURVIVALS: dict[str, Callable[[GpSettings], Survival]] = {
    "elites": lambda settings: Elites(settings.elites),
}
"""Policies by the name that ``gp.survival`` gives; each makes a policy from the settings."""
