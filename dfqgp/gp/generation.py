"""One generation between ask and its end: the individuals asked, and the results told so far."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from dfqgp.errors import SearchError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dfqgp.expr import Node
    from dfqgp.gp.individual import Individual


class Generation:
    """The individuals asked, by key.

    Parameters
    ----------
    individuals : iterable of Individual
        In the order asked; objectives are None where there is no result yet.
    """

    def __init__(self, individuals: Iterable[Individual]) -> None:
        self._individuals = {each.key: each for each in individuals}
        self._missing = len(self.pending())

    @property
    def individuals(self) -> tuple[Individual, ...]:
        """Everyone, in the order asked."""
        return tuple(self._individuals.values())

    @property
    def complete(self) -> bool:
        """Whether all results are there."""
        return self._missing == 0

    def pending(self) -> list[Individual]:
        """Return those without a result."""
        return [each for each in self._individuals.values() if each.objectives is None]

    def tell(self, told: Mapping[Node, tuple[float, ...]], earlier: Iterable[Individual]) -> None:
        """Take some results, or none of them; ``earlier`` individuals say how many objectives there are.

        Raises
        ------
        SearchError
            If a tree was not asked or told before, or its result is of another length.
        """
        for node in told:
            if node.key not in self._individuals:
                raise refused(f"{node!r}, which was not asked", "trees of this generation", "tell those of pending")
            if self._individuals[node.key].objectives is not None:
                raise refused(f"{node!r} again", "one result per tree", "tell those of pending")
        known = (each.objectives or () for each in chain(earlier, self._individuals.values()))
        length = next((len(values) for values in chain(known, told.values()) if values), 0)
        for node, values in told.items():
            if values and len(values) != length:
                got = f"{len(values)} objectives for {node!r}"
                raise refused(got, f"{length} as for other trees", "give all trees the same objectives")
        for node, values in told.items():
            self._individuals[node.key] = replace(self._individuals[node.key], objectives=values)
        self._missing -= len(told)

    def evaluated(self, earlier: Iterable[Individual]) -> list[Individual]:
        """Return those with a result; a survivor without one keeps what it had among the ``earlier`` ones."""
        known = {each.key: each.objectives for each in earlier}
        full = (
            replace(each, objectives=known.get(each.key)) if each.objectives is None else each
            for each in self._individuals.values()
        )
        return [each for each in full if each.objectives is not None]


def checked_results(nodes: Sequence[Node], results: Sequence[float | Sequence[float]]) -> dict[Node, tuple[float, ...]]:
    """Return the objectives of each tree, empty where its evaluation failed.

    Parameters
    ----------
    nodes : sequence of Node
        Every tree once.
    results : sequence of float, or of sequences of float
        One result per tree, a number or a vector; NaN or -inf anywhere in it says that the evaluation failed.

    Raises
    ------
    SearchError
        If a tree stands there twice, the numbers of trees and results differ, or a result is empty or has +inf.

    Examples
    --------
    >>> from dfqgp.expr import field
    >>> checked_results([field("open"), field("close")], [0.5, float("nan")])
    {open: (0.5,), close: ()}
    """
    if len(nodes) != len(results) or len(set(nodes)) != len(nodes):
        got = f"{len(nodes)} trees ({len(set(nodes))} distinct) and {len(results)} results"
        raise refused(got, "one result per tree, every tree once", "tell trees that ask returned")
    return {node: _objectives(node, result) for node, result in zip(nodes, results, strict=True)}


def _objectives(node: Node, result: float | Sequence[float]) -> tuple[float, ...]:
    numbers = tuple(float(value) for value in (result if isinstance(result, Iterable) else (result,)))
    if not numbers or math.inf in numbers:
        got = f"{'inf' if numbers else 'an empty vector'} for {node!r}"
        raise refused(got, "finite numbers, or NaN or -inf for a failure", "fix the evaluation")
    return numbers if all(math.isfinite(value) for value in numbers) else ()


def refused(got: str, expected: str, remedy: str) -> SearchError:
    """Return the error for results that do not belong."""
    return SearchError(what="tell", got=got, expected=expected, remedy=remedy)
