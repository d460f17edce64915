"""One generation after another: survivors, then migrants, then offspring, then fresh trees."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dfqgp.gp.individual import ELITE, MIGRANT, Birth, Individual

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Sequence

    import numpy as np

    from dfqgp.expr import Node
    from dfqgp.gp.generate import Generator
    from dfqgp.gp.selection import Selection
    from dfqgp.gp.survival import Survival
    from dfqgp.gp.variation import Variation

log = logging.getLogger(__name__)

_TRIES_A_TREE = 20


@dataclass(frozen=True)
class Breeder:
    """Makes the individuals that a generation asks.

    Parameters
    ----------
    generator : Generator
        Draws fresh trees.
    selection, survival, variation : policies
        Which individuals become parents, which are asked again, and how children are made.
    size : int
        Individuals of a generation.
    """

    generator: Generator
    selection: Selection
    survival: Survival
    variation: Variation
    size: int

    def breed(
        self,
        rng: np.random.Generator,
        population: Sequence[Individual],
        migrants: Iterable[Node],
        generation: int,
        seen: Container[str],
    ) -> dict[str, Individual]:
        """Return a generation by key: survivors that are asked again, then trees that are not in ``seen``.

        Migrants enter as far as there is space. Fewer than ``size``, with a warning in the log, where a bounded number
        of tries finds no more.
        """
        chosen = {each.key: _again(each) for each in self.survival.asked_again(population)}
        for node in migrants:
            if len(chosen) < self.size and node.key not in seen:
                chosen[node.key] = Individual(node, Birth(MIGRANT), generation)
        parents = [each for each in population if each.objectives]

        def fill(draw: Callable[[int], tuple[Node, Birth] | None]) -> None:
            for index in range(_TRIES_A_TREE * self.size):
                if len(chosen) >= self.size:
                    return
                drawn = draw(index)
                if drawn is not None and drawn[0].key not in seen:
                    chosen.setdefault(drawn[0].key, Individual(*drawn, generation))

        if parents:
            fill(lambda _: self.variation.offspring(rng, lambda: self.selection.parent(rng, parents)))
        fill(lambda index: (self.generator.ramped(rng, index), Birth()))
        if len(chosen) < self.size:
            log.warning(
                "generation %d has %d trees of %d: no more new ones were found within these constraints",
                generation,
                len(chosen),
                self.size,
            )
        return chosen


def _again(survivor: Individual) -> Individual:
    return replace(survivor, birth=Birth(ELITE, (survivor.key,)), objectives=None)
