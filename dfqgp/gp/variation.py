"""Variation: two or one parents -> a child in its distinct form, or None where a few tries find none.

A child is a new tree: it fulfils the constraints, and it is none of its parents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.expr import Call, Constant, Field, Group, Node, call, panel_args, unit_of
from dfqgp.gp.draws import pick
from dfqgp.gp.generate import Remaining
from dfqgp.gp.subtrees import ancestor_lookback, draw_position, positions, replace_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from dfqgp.gp.generate import Generator

_SUBTREE_DEPTH = 4  # of mutation: deeper subtrees would rather replace a tree than vary it


class Variation:
    """The ways from parents to a child.

    Parameters
    ----------
    generator : Generator
        Draws new subtrees; its grammar and constraints hold for children too.
    """

    def __init__(self, generator: Generator) -> None:
        self.generator = generator
        self.grammar = generator.grammar
        self.constraints = generator.constraints
        self.vocabulary = generator.grammar.vocabulary

    def crossover(self, rng: np.random.Generator, receiver: Node, donor: Node) -> Node | None:
        """Return the receiver with one of its subtrees replaced by one of the donor's that fits in there."""

        def draw() -> Node | None:
            position, graft = draw_position(rng, receiver), draw_position(rng, donor).node
            fits = position.accepts(unit_of(graft, self.vocabulary), self.vocabulary)
            return replace_at(receiver, position.path, graft) if fits else None

        return self.constraints.first_child(draw, receiver, donor)

    def subtree_mutation(self, rng: np.random.Generator, parent: Node) -> Node | None:
        """Return the parent with one of its subtrees replaced by a random one of the same unit."""
        bounds = self.constraints.settings

        def draw() -> Node | None:
            position = draw_position(rng, parent)
            depth = min(_SUBTREE_DEPTH, bounds.max_depth - len(position.path))
            remaining = Remaining(depth, bounds.max_lookback - ancestor_lookback(parent, position.path))
            new = self.generator.subtree(rng, unit_of(position.node, self.vocabulary), remaining)
            return None if new is None else replace_at(parent, position.path, new)

        return self.constraints.first_child(draw, parent)

    def point_mutation(self, rng: np.random.Generator, parent: Node) -> Node | None:
        """Return the parent with one leaf, number, window, group or operator replaced by its like."""
        every = list(positions(parent))

        def draw() -> Node | None:
            position = pick(rng, every)
            others = list(self._alternatives(position.node))
            return replace_at(parent, position.path, pick(rng, others)) if others else None

        return self.constraints.first_child(draw, parent)

    def _alternatives(self, node: Node) -> Iterator[Node]:
        """Yield the nodes that differ from ``node`` at its top alone and have its unit."""
        if isinstance(node, Field):
            yield from self.grammar.fields(self.vocabulary.fields[node.name])
        elif isinstance(node, Constant):
            yield from self.grammar.constants
        elif isinstance(node, Call):
            yield from self._other_literals(node)
            yield from self._other_groups(node)
            yield from self._other_operators(node)

    def _other_literals(self, node: Call) -> Iterator[Node]:
        if node.literals:
            for literals in self.grammar.literals(node.op, self.constraints.settings.max_lookback):
                yield call(node.op.name, node.args, literals)

    def _other_groups(self, node: Call) -> Iterator[Node]:
        for index, arg in enumerate(node.args):
            if isinstance(arg, Group):
                for other in self.grammar.groups:
                    yield replace_at(node, (index,), other)

    def _other_operators(self, node: Call) -> Iterator[Node]:
        units = [unit_of(arg, self.vocabulary) for arg in panel_args(node)]
        unit = unit_of(node, self.vocabulary)
        for op in self.grammar.interchangeable(node.op, node.literals):
            if op.unit.result(units) == unit:
                yield call(op.name, node.args, node.literals)
