"""Variation: how offspring are made of parents.

To add an operator, write a class with the members of ``VariationOperator`` and hand ``WeightedOperators`` with it to
``Evolution``; the operators of the settings are listed in ``standard_variation``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from dfqgp.gp.crossover import Crossover
from dfqgp.gp.individual import Birth
from dfqgp.gp.mutation import PointMutation, SubtreeMutation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from dfqgp.expr import Node
    from dfqgp.gp.generate import Generator
    from dfqgp.gp.individual import Individual
    from dfqgp.gp.settings import GpSettings


class VariationOperator(Protocol):
    """A way from parents to a child."""

    @property
    def name(self) -> str:
        """What births call it."""

    @property
    def parents(self) -> int:
        """How many parents a child has."""

    def __call__(self, rng: np.random.Generator, *parents: Node) -> Node | None:
        """Return a child that is acceptable and none of its parents, or None where a few tries find none."""


class Variation(Protocol):
    """A policy that makes offspring."""

    def offspring(self, rng: np.random.Generator, select: Callable[[], Individual]) -> tuple[Node, Birth] | None:
        """Return a child and its birth, or None where a few tries find none; ``select`` draws one parent."""


@dataclass(frozen=True)
class WeightedOperators:
    """One of several operators, drawn by its share; fresh trees for the rest.

    Parameters
    ----------
    operators : sequence of (float, VariationOperator)
        Shares of the offspring, from 0 to 1 and together at most 1, and the operator that makes them.
    fresh : callable
        Draws a tree without parents.
    """

    operators: Sequence[tuple[float, VariationOperator]]
    fresh: Callable[[np.random.Generator], Node]

    def offspring(self, rng: np.random.Generator, select: Callable[[], Individual]) -> tuple[Node, Birth] | None:
        """Return a child by one of the operators."""
        draw = float(rng.random())
        for share, operator in self.operators:
            if draw < share:
                parents = [select() for _ in range(operator.parents)]
                child = operator(rng, *(each.node for each in parents))
                birth = Birth(operator.name, tuple(each.key for each in parents))
                return None if child is None else (child, birth)
            draw -= share
        return self.fresh(rng), Birth()


def standard_variation(generator: Generator, settings: GpSettings) -> WeightedOperators:
    """Return crossover, subtree and point mutation with the shares of the settings."""
    operators: list[tuple[float, VariationOperator]] = [
        (settings.crossover, Crossover(generator)),
        (settings.subtree_mutation, SubtreeMutation(generator)),
        (settings.point_mutation, PointMutation(generator)),
    ]
    return WeightedOperators(operators, lambda rng: generator.ramped(rng, int(rng.integers(settings.population))))
