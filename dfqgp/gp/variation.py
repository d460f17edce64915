"""Variation: two or one parents -> a child in its distinct form, or None where a few tries find none.

A child is a new tree: it passes the door of ``Limits``, and it is none of its parents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.expr import Call, Constant, Field, Group, Node, call, panel_args, unit_of
from dfqgp.gp.generate import Room, happens, pick
from dfqgp.gp.places import Place, lookback_above, places, put
from dfqgp.ops import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np

    from dfqgp.gp.generate import Generator
    from dfqgp.ops import Operator

_TRIES = 16  # most of those that fail do so early, at a unit that does not fit
_LEAF_SHARE = 0.1  # of the places drawn to cut at; most places are leaves, and swapping those changes little
_SUBTREE_DEPTH = 4  # of mutation: deeper sub-trees would rather replace a tree than vary it


class Variation:
    """The ways from parents to a child.

    Parameters
    ----------
    generator : Generator
        Draws new sub-trees; its grammar and limits hold for children too.
    """

    def __init__(self, generator: Generator) -> None:
        self.generator = generator
        self.grammar = generator.grammar
        self.limits = generator.limits
        self.vocabulary = generator.grammar.vocabulary

    def crossover(self, rng: np.random.Generator, receiver: Node, donor: Node) -> Node | None:
        """Return the receiver with one of its sub-trees replaced by one of the donor's that fits in there."""

        def try_once() -> Node | None:
            place, graft = _cut(rng, receiver), _cut(rng, donor).node
            fits = place.takes(unit_of(graft, self.vocabulary), self.vocabulary)
            return put(receiver, place.path, graft) if fits else None

        return self._first_child(try_once, (receiver, donor))

    def subtree_mutation(self, rng: np.random.Generator, parent: Node) -> Node | None:
        """Return the parent with one of its sub-trees replaced by a random one of the same unit."""
        bounds = self.limits.settings

        def try_once() -> Node | None:
            place = _cut(rng, parent)
            depth = min(_SUBTREE_DEPTH, bounds.max_depth - len(place.path))
            room = Room(depth, bounds.max_lookback - lookback_above(parent, place.path))
            new = self.generator.subtree(rng, unit_of(place.node, self.vocabulary), room)
            return None if new is None else put(parent, place.path, new)

        return self._first_child(try_once, (parent,))

    def point_mutation(self, rng: np.random.Generator, parent: Node) -> Node | None:
        """Return the parent with one leaf, number, window, group or operator replaced by its like."""
        spots = list(places(parent))

        def try_once() -> Node | None:
            place = pick(rng, spots)
            others = list(self._likes(place.node))
            return put(parent, place.path, pick(rng, others)) if others else None

        return self._first_child(try_once, (parent,))

    def _first_child(self, try_once: Callable[[], Node | None], parents: tuple[Node, ...]) -> Node | None:
        for _ in range(_TRIES):
            child = self.limits.admit(try_once())
            if child is not None and child not in parents:
                return child
        return None

    def _likes(self, node: Node) -> Iterator[Node]:
        """Yield the nodes that differ from ``node`` at its top alone and have its unit."""
        if isinstance(node, Field):
            yield from self.grammar.fields(self.vocabulary.fields[node.name])
        elif isinstance(node, Constant):
            yield from self.grammar.constants
        elif isinstance(node, Call):
            yield from self._other_days(node)
            yield from self._other_groups(node)
            yield from self._other_operators(node)

    def _other_days(self, node: Call) -> Iterator[Node]:
        if node.literals:
            for literals in self.grammar.literals(node.op, self.limits.settings.max_lookback):
                yield call(node.op.name, node.args, literals)

    def _other_groups(self, node: Call) -> Iterator[Node]:
        for position, arg in enumerate(node.args):
            if isinstance(arg, Group):
                for other in self.grammar.groups:
                    yield put(node, (position,), other)

    def _other_operators(self, node: Call) -> Iterator[Node]:
        units = [unit_of(arg, self.vocabulary) for arg in panel_args(node)]
        unit = unit_of(node, self.vocabulary)
        for op in OPERATORS.values():
            if _are_alike(op, node) and op.unit.result(units) == unit:
                yield call(op.name, node.args, node.literals)


def _are_alike(op: Operator, node: Call) -> bool:
    """Tell whether an operator takes the arguments of a call as they stand."""
    roles = [each.role for each in op.arguments] == [each.role for each in node.op.arguments]
    legal = all(each.accepts(value) for each, value in zip(op.literals, node.literals, strict=False))
    return roles and legal and op.boolean is node.op.boolean


def _cut(rng: np.random.Generator, root: Node) -> Place:
    """Draw a place, mostly one that holds an operator."""
    every = list(places(root))
    inner = [place for place in every if isinstance(place.node, Call)]
    return pick(rng, every if not inner or happens(rng, _LEAF_SHARE) else inner)
