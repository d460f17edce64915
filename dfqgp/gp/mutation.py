"""Mutation of a subtree, and of a single node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.expr import Call, Constant, Field, Group, call, panel_args, result_unit, unit_of
from dfqgp.gp.draws import pick
from dfqgp.gp.generate import Remaining
from dfqgp.gp.subtrees import ancestor_lookback, draw_position, positions, replace_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from dfqgp.expr import Node
    from dfqgp.gp.generate import Generator

_SUBTREE_DEPTH = 4  # deeper subtrees would rather replace a tree than vary it


class SubtreeMutation:
    """One of the parent's subtrees is replaced by a random one of the same unit.

    Parameters
    ----------
    generator : Generator
        Draws new subtrees; its constraints hold for children too.
    """

    name, parents = "subtree_mutation", 1

    def __init__(self, generator: Generator) -> None:
        self._generator = generator

    def __call__(self, rng: np.random.Generator, *parents: Node) -> Node | None:
        """Return a child, or None where a few tries find none."""
        (parent,) = parents
        constraints = self._generator.constraints
        bounds = constraints.settings

        def draw() -> Node | None:
            position = draw_position(rng, parent)
            depth = min(_SUBTREE_DEPTH, bounds.max_depth - len(position.path))
            remaining = Remaining(depth, bounds.max_lookback - ancestor_lookback(parent, position.path))
            new = self._generator.subtree(rng, unit_of(position.node, constraints.vocabulary), remaining)
            return None if new is None else replace_at(parent, position.path, new)

        return constraints.first_child(draw, parent)


class PointMutation:
    """One leaf, number, window, group or operator of the parent is replaced by another of the same kind.

    Parameters
    ----------
    generator : Generator
        Its grammar and constraints hold for children too.
    """

    name, parents = "point_mutation", 1

    def __init__(self, generator: Generator) -> None:
        self._grammar = generator.grammar
        self._constraints = generator.constraints
        self._vocabulary = generator.grammar.vocabulary

    def __call__(self, rng: np.random.Generator, *parents: Node) -> Node | None:
        """Return a child, or None where a few tries find none."""
        (parent,) = parents
        every = list(positions(parent))

        def draw() -> Node | None:
            position = pick(rng, every)
            others = list(self._alternatives(position.node))
            return replace_at(parent, position.path, pick(rng, others)) if others else None

        return self._constraints.first_child(draw, parent)

    def _alternatives(self, node: Node) -> Iterator[Node]:
        """Yield the nodes that differ from ``node`` at its top alone and have its unit."""
        if isinstance(node, Field):
            yield from self._grammar.fields(self._vocabulary.fields[node.name])
        elif isinstance(node, Constant):
            yield from self._grammar.constants
        elif isinstance(node, Call):
            yield from self._other_literals(node)
            yield from self._other_groups(node)
            yield from self._other_operators(node)

    def _other_literals(self, node: Call) -> Iterator[Node]:
        if node.literals:
            for literals in self._grammar.literals(node.op, self._constraints.settings.max_lookback):
                yield call(node.op.name, node.args, literals)

    def _other_groups(self, node: Call) -> Iterator[Node]:
        for index, arg in enumerate(node.args):
            if isinstance(arg, Group):
                for other in self._grammar.groups:
                    yield replace_at(node, (index,), other)

    def _other_operators(self, node: Call) -> Iterator[Node]:
        units = [unit_of(arg, self._vocabulary) for arg in panel_args(node)]
        unit = unit_of(node, self._vocabulary)
        for op in self._grammar.interchangeable(node.op, node.literals):
            if result_unit(op, units, node.literals) is unit:
                yield call(op.name, node.args, node.literals)
