"""Subtree crossover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.expr import unit_of
from dfqgp.gp.subtrees import draw_position, replace_at

if TYPE_CHECKING:
    import numpy as np

    from dfqgp.expr import Node
    from dfqgp.gp.generate import Generator


class Crossover:
    """One of the receiver's subtrees is replaced by one of the donor's that fits in there.

    Parameters
    ----------
    generator : Generator
        Its grammar and constraints hold for children too.
    """

    name, parents = "crossover", 2

    def __init__(self, generator: Generator) -> None:
        self._constraints = generator.constraints
        self._vocabulary = generator.grammar.vocabulary

    def __call__(self, rng: np.random.Generator, *parents: Node) -> Node | None:
        """Return a child of receiver and donor, or None where a few tries find none."""
        receiver, donor = parents

        def draw() -> Node | None:
            position, graft = draw_position(rng, receiver), draw_position(rng, donor).node
            fits = position.accepts(unit_of(graft, self._vocabulary), self._vocabulary)
            return replace_at(receiver, position.path, graft) if fits else None

        return self._constraints.first_child(draw, *parents)
