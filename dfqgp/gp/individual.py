"""What the search knows of a tree: where it comes from, and how good it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.expr import Node

RAMPED, ELITE, MIGRANT = "ramped", "elite", "migrant"


@dataclass(frozen=True, slots=True)
class Birth:
    """How a tree came into its population.

    Parameters
    ----------
    operator : str
        ``ramped`` for a fresh tree, ``migrant`` for one from outside, ``elite`` for a survivor that is asked again, or
        the name of the variation operator.
    parents : tuple of str
        Keys of the trees it was made of, all of them asked earlier; an elite's is its own.
    """

    operator: str = RAMPED
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Individual:
    """A tree, its birth and its objectives.

    Parameters
    ----------
    node : Node
        In its distinct form.
    birth : Birth
        How it came into the population it was last asked with.
    generation : int
        The generation that asked its tree for the first time.
    objectives : tuple of float, optional
        Finite numbers, higher is better; empty if the evaluation failed, None before there is a result.

    Examples
    --------
    >>> from dfqgp.expr import field
    >>> good, failed = Individual(field("close"), objectives=(0.5,)), Individual(field("open"), objectives=())
    >>> failed.failed, min(failed, good, key=Individual.rank_key) is good
    (True, True)
    """

    node: Node
    birth: Birth = field(default_factory=Birth)
    generation: int = 0
    objectives: tuple[float, ...] | None = None

    @property
    def key(self) -> str:
        """Key of the tree."""
        return self.node.key

    @property
    def failed(self) -> bool:
        """Whether the tree was evaluated and has no objectives."""
        return self.objectives == ()

    def rank_key(self) -> tuple[bool, tuple[float, ...], int, str]:
        """Order the better before the worse; no tie is left.

        By objectives, the first that differs decides; then the smaller tree, then the key. Individuals without
        objectives come last.
        """
        values = self.objectives or ()
        return not values, tuple(-value for value in values), self.node.size, self.node.key


def best(pool: Sequence[Individual], count: int) -> list[Individual]:
    """Return the ``count`` best individuals that have objectives, the best first."""
    return sorted((each for each in pool if each.objectives), key=Individual.rank_key)[:count]
