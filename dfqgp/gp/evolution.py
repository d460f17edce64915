"""The search: ``ask`` for a population, ``tell`` its scores, and again. It knows trees and scores alone.

1. The first population is ramped half-and-half (``_first``).
2. A later one starts with the elites of the one before (``_elites``).
3. Offspring of parents chosen by tournament follow: crossover, subtree mutation, point mutation, and fresh trees for
   the rest (``_offspring``).
4. Only trees that were never asked before get in, whichever way they came (``_fill``): a score known already is not
   worth an evaluation. Where varying finds too few, fresh trees fill up.
"""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.errors import ConfigError, SearchError
from dfqgp.gp.generate import Generator
from dfqgp.gp.selection import Scored, best, tournament
from dfqgp.gp.state import SearchState
from dfqgp.gp.variation import Variation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dfqgp.expr import Node, Vocabulary
    from dfqgp.gp.settings import GpSettings

log = logging.getLogger(__name__)

_TRIES_A_TREE = 20


class Evolution:
    """Genetic search over typed expression trees.

    Parameters
    ----------
    vocabulary : Vocabulary
        Features and groupings to build from; their order does not matter.
    settings : GpSettings
        How trees are drawn, varied and selected.
    seed : sequence of int
        Whole numbers of at least 0, such as the run's seed and the round. Same seed, same trees in every process.

    Raises
    ------
    ConfigError
        If there is no feature, or the seed is none.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary
    >>> from dfqgp.gp import GpSettings
    >>> words = Vocabulary.named({"close": "price", "open": "price", "volume": "shares"})
    >>> search = Evolution(words, GpSettings(population=20, elites=2), seed=[1])
    >>> population = search.ask()
    >>> search.tell(population, [-float(node.size) for node in population])
    >>> search.generation, len(search.ask())
    (1, 20)
    """

    def __init__(self, vocabulary: Vocabulary, settings: GpSettings, seed: Sequence[int]) -> None:
        self.settings = settings
        self.seed = _checked_seed(seed)
        self.generation = 0
        self._generator = Generator.of(vocabulary, settings)
        self._variation = Variation(self._generator)
        self._vocabulary = self._generator.grammar.vocabulary
        self._scored: tuple[Scored, ...] = ()
        self._seen: dict[str, None] = {}
        self._asked: tuple[Node, ...] | None = None

    def ask(self) -> list[Node]:
        """Return the trees to score: elites first, then trees that were never asked before.

        Returns
        -------
        list of Node
            ``population`` canonical trees of which no two score alike by form; fewer, with a warning in the log, where
            bounded tries find no more. The same list until ``tell`` is called.
        """
        if self._asked is None:
            self._asked = tuple(self._population())
        return list(self._asked)

    def tell(self, nodes: Sequence[Node], scores: Sequence[float]) -> None:
        """Take the scores of the trees last asked, in any order, and move on by one generation.

        Parameters
        ----------
        nodes : sequence of Node
            Every tree that ``ask`` returned, once.
        scores : sequence of float
            Higher is better; NaN and -inf say that scoring failed.

        Raises
        ------
        SearchError
            If nothing was asked, the trees are not those asked, or a score is +inf.
        """
        by_node = _paired(nodes, scores)
        if self._asked is None or set(by_node) != set(self._asked):
            got = f"{len(by_node)} trees" if self._asked is not None else "a call before ask"
            raise SearchError(what="tell", got=got, expected="every tree that was asked", remedy="call ask first")
        self._scored = tuple(Scored(node, by_node[node]) for node in self._asked)
        self._seen.update(dict.fromkeys(node.key for node in self._asked))
        self._asked = None
        self.generation += 1

    def best(self, count: int) -> list[Scored]:
        """Return the best trees of the generation last told, the best first; failed ones are left out."""
        return best(self._scored, count)

    def state(self) -> dict[str, object]:
        """Return strict JSON values from which ``restore`` goes on; taken between ask and tell, it asks anew."""
        return SearchState(self.seed, self.generation, self._scored, tuple(self._seen)).to_json()

    @classmethod
    def restore(cls, vocabulary: Vocabulary, settings: GpSettings, state: object) -> Evolution:
        """Return a search that asks the same trees as the one whose ``state`` this is.

        Raises
        ------
        CheckpointError
            If the state is damaged or does not fit the vocabulary.
        """
        search = cls(vocabulary, settings, [0])
        read = SearchState.from_json(state, search._vocabulary)
        search.seed, search.generation, search._scored = _checked_seed(read.seed), read.generation, read.scored
        search._seen = dict.fromkeys(read.seen)
        return search

    def _population(self) -> list[Node]:
        # Random numbers start anew with every generation: what was asked before, or how often, cannot change them.
        sequence = np.random.SeedSequence([len(self.seed), *self.seed], spawn_key=(self.generation,))
        rng = np.random.Generator(np.random.PCG64(sequence))
        wanted = self.settings.population
        chosen = {each.node.key: each.node for each in self.best(self.settings.elites)}
        parents = [each for each in self._scored if not each.failed]
        if parents:
            self._fill(chosen, lambda _: self._offspring(rng, parents))
        self._fill(chosen, lambda index: self._generator.ramped(rng, index))
        if len(chosen) < wanted:
            log.warning(
                "generation %d has %d trees of %d: no more new ones were found within these constraints",
                self.generation,
                len(chosen),
                wanted,
            )
        return list(chosen.values())

    def _fill(self, chosen: dict[str, Node], draw: Callable[[int], Node | None]) -> None:
        """Add distinct, never asked trees until the population is full or the tries are used up."""
        wanted = self.settings.population
        for index in range(_TRIES_A_TREE * wanted):
            if len(chosen) >= wanted:
                return
            node = draw(index)
            if node is not None and node.key not in self._seen:
                chosen.setdefault(node.key, node)

    def _offspring(self, rng: np.random.Generator, parents: Sequence[Scored]) -> Node | None:
        shares, size = self.settings, self.settings.tournament
        draw = float(rng.random())
        if draw < shares.crossover:
            return self._variation.crossover(rng, tournament(rng, parents, size), tournament(rng, parents, size))
        draw -= shares.crossover
        if draw < shares.subtree_mutation:
            return self._variation.subtree_mutation(rng, tournament(rng, parents, size))
        if draw - shares.subtree_mutation < shares.point_mutation:
            return self._variation.point_mutation(rng, tournament(rng, parents, size))
        return self._generator.ramped(rng, int(rng.integers(shares.population)))


def _checked_seed(seed: Sequence[int]) -> tuple[int, ...]:
    numbers = tuple(seed)
    if not numbers or any(isinstance(n, bool) or not isinstance(n, int) or n < 0 for n in numbers):
        raise ConfigError(key="seed", got=repr(seed), expected="whole numbers of at least 0, one or more", hint="")
    return numbers


def _paired(nodes: Sequence[Node], scores: Sequence[float]) -> dict[Node, float]:
    if len(nodes) != len(scores) or len(set(nodes)) != len(nodes):
        raise SearchError(
            what="tell",
            got=f"{len(nodes)} trees ({len(set(nodes))} distinct) and {len(scores)} scores",
            expected="one score a tree, every tree once",
            remedy="tell the list that ask returned",
        )
    numbers = [float(score) for score in scores]
    if math.inf in numbers:
        node = nodes[numbers.index(math.inf)]
        raise SearchError(
            what=f"score of {node!r}", got="inf", expected="a finite number, NaN or -inf", remedy="fix it"
        )
    return {node: -math.inf if math.isnan(score) else score for node, score in zip(nodes, numbers, strict=True)}
