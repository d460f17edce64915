"""The search: ``ask`` for a population, ``tell`` its results, and again. It knows trees and numbers alone.

1. ``ask`` breeds a generation (``breeding.Breeder``): survivors that are asked again, then trees never asked before;
   the first generation is ramped half-and-half.
2. ``tell`` takes results in any order and number; with the last one, or by ``advance``, the generation ends.
3. Then the survival policy says what the next generation is bred from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.errors import ConfigError, SearchError
from dfqgp.gp.breeding import Breeder
from dfqgp.gp.dedup import distinct_form
from dfqgp.gp.generate import Generator
from dfqgp.gp.generation import Generation, checked_results, refused
from dfqgp.gp.individual import best
from dfqgp.gp.selection import SELECTIONS
from dfqgp.gp.state import SearchState
from dfqgp.gp.survival import SURVIVALS
from dfqgp.gp.variation import standard_variation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dfqgp.expr import Node, Vocabulary
    from dfqgp.gp.individual import Individual
    from dfqgp.gp.selection import Selection
    from dfqgp.gp.settings import GpSettings
    from dfqgp.gp.survival import Survival
    from dfqgp.gp.variation import Variation


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
    selection, survival, variation : policies, optional
        In place of those that the settings name.
    seen : iterable of str
        Keys of trees that are never to be asked, such as those of an earlier search.

    Attributes
    ----------
    generation : int
        Generations ended so far.
    population : tuple of Individual
        What the next generation is bred from; empty at first.

    Raises
    ------
    ConfigError
        If there is no feature, or the seed is not valid.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary
    >>> from dfqgp.gp import GpSettings
    >>> words = Vocabulary.named({"close": "price", "open": "price", "volume": "shares"})
    >>> search = Evolution(words, GpSettings(population=20, elites=2), seed=[1])
    >>> trees = search.ask()
    >>> search.tell(trees[:15], [-float(node.size) for node in trees[:15]])
    >>> search.generation, len(search.pending())
    (0, 5)
    >>> search.tell(trees[15:], [-float(node.size) for node in trees[15:]])
    >>> search.generation, len(search.ask())
    (1, 20)
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        settings: GpSettings,
        seed: Sequence[int],
        *,
        selection: Selection | None = None,
        survival: Survival | None = None,
        variation: Variation | None = None,
        seen: Iterable[str] = (),
    ) -> None:
        self.seed = _checked_seed(seed)
        self.generation = 0
        self.population: tuple[Individual, ...] = ()
        generator = Generator.of(vocabulary, settings)
        self._constraints = generator.constraints
        self._breeder = Breeder(
            generator,
            selection or SELECTIONS[settings.selection](settings),
            survival or SURVIVALS[settings.survival](settings),
            variation or standard_variation(generator, settings),
            settings.population,
        )
        self._asked: Generation | None = None
        self._seen = dict.fromkeys(seen)
        self._immigrants: dict[str, Node] = {}

    @property
    def seen(self) -> tuple[str, ...]:
        """Keys of every tree asked so far, in that order, after those that the search began with."""
        return tuple(self._seen)

    def ask(self) -> list[Node]:
        """Return the trees of the generation: survivors first, then trees that were never asked before.

        Returns
        -------
        list of Node
            ``population`` canonical trees, no two with the same score form; fewer, with a warning in the log, where
            bounded tries find no more. The same list until the generation ends.
        """
        return [each.node for each in self._current().individuals]

    def pending(self) -> list[Individual]:
        """Return the individuals asked and not told yet, with their births; all of a generation after ``ask``."""
        return self._asked.pending() if self._asked else []

    def tell(self, nodes: Sequence[Node], results: Sequence[float | Sequence[float]]) -> None:
        """Take results of trees asked, in any order and number; the generation ends with the last one.

        Parameters
        ----------
        nodes : sequence of Node
            Trees that ``ask`` returned and that were not told yet, each once.
        results : sequence of float, or of sequences of float
            A number or a vector per tree, of one length in the whole search. Higher is better; NaN and -inf say that
            the evaluation failed.

        Raises
        ------
        SearchError
            If nothing was asked, a tree was not asked or told before, or a result is +inf or of another length. Nothing
            is taken then.
        """
        told = checked_results(nodes, results)
        if self._asked is None:
            raise refused("a call before ask", "trees that were asked", "call ask first")
        self._asked.tell(told, self.population)
        if self._asked.complete:
            self.advance()

    def advance(self) -> None:
        """End the generation with the results told so far.

        A survivor that was not told keeps the objectives it had. A new tree that was not told is dropped, and not asked
        again.

        Raises
        ------
        SearchError
            If nothing was asked.
        """
        if self._asked is None:
            raise SearchError(what="advance", got="a call before ask", expected="a generation", remedy="call ask first")
        evaluated = self._asked.evaluated(self.population)
        self.population = tuple(self._breeder.survival.survivors(self.population, evaluated))
        self._asked = None
        self.generation += 1

    def immigrate(self, nodes: Iterable[Node]) -> list[Node]:
        """Add trees from outside to the next generation that is bred, after the survivors.

        Those for which that generation has no space wait for the one after it.

        Parameters
        ----------
        nodes : iterable of Node
            Trees of another search, of a library, or written by hand.

        Returns
        -------
        list of Node
            The distinct forms that will be asked; those asked before are left out.

        Raises
        ------
        SearchError
            If a tree is not one that this search could make. None of them enters then.
        """
        forms = list(dict.fromkeys(map(distinct_form, nodes)))
        for form in forms:
            if problem := self._constraints.problem(form):
                expected, remedy = "a tree within the search's settings", "leave it out or widen the settings"
                raise SearchError(what="an immigrant", got=f"{form!r} ({problem})", expected=expected, remedy=remedy)
        new = [form for form in forms if form.key not in self._seen]
        self._immigrants.update((form.key, form) for form in new)
        return new

    @property
    def waiting(self) -> tuple[Node, ...]:
        """Trees from outside for which there was no space yet."""
        return tuple(self._immigrants.values())

    def problem(self, node: Node) -> str | None:
        """Return why a tree from outside may not enter, or None where it may."""
        return self._constraints.problem(distinct_form(node))

    def best(self, count: int) -> list[Individual]:
        """Return the best of the population, the best first; failed ones are left out."""
        return best(self.population, count)

    def state(self) -> dict[str, object]:
        """Return strict JSON values from which ``restore`` goes on, also between two calls of ``tell``."""
        return SearchState(
            self.seed,
            self.generation,
            self.population,
            self._asked.individuals if self._asked else (),
            tuple(self._immigrants.values()),
            self.seen,
        ).to_json()

    @classmethod
    def restore(
        cls,
        vocabulary: Vocabulary,
        settings: GpSettings,
        state: object,
        *,
        selection: Selection | None = None,
        survival: Survival | None = None,
        variation: Variation | None = None,
    ) -> Evolution:
        """Return a search that asks the same trees as the one whose ``state`` this is; it needs the same policies.

        Raises
        ------
        CheckpointError
            If the state is damaged or does not fit the vocabulary.
        """
        search = cls(vocabulary, settings, [0], selection=selection, survival=survival, variation=variation)
        read = SearchState.from_json(state, search._constraints)
        search.seed, search.generation, search.population = read.seed, read.generation, read.population
        search._seen = dict.fromkeys(read.seen)
        search._immigrants = {node.key: node for node in read.immigrants}
        search._asked = Generation(read.asked) if read.asked else None
        return search

    def _current(self) -> Generation:
        if self._asked is None:
            # Random numbers start anew with every generation: what was asked before, or how often, cannot change them.
            sequence = np.random.SeedSequence([len(self.seed), *self.seed], spawn_key=(self.generation,))
            rng = np.random.Generator(np.random.PCG64(sequence))
            migrants = self._immigrants.values()
            bred = self._breeder.breed(rng, self.population, migrants, self.generation, self._seen)
            self._seen.update(dict.fromkeys(bred))
            self._asked = Generation(bred.values())
            self._immigrants = {key: node for key, node in self._immigrants.items() if key not in self._seen}
        return self._asked


def _checked_seed(seed: Sequence[int]) -> tuple[int, ...]:
    numbers = tuple(seed)
    if not numbers or any(isinstance(n, bool) or not isinstance(n, int) or n < 0 for n in numbers):
        raise ConfigError(key="seed", got=repr(seed), expected="whole numbers of at least 0, one or more", hint="")
    return numbers
