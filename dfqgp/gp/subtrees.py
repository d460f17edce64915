"""Subtrees of a tree: their positions, and the tree with another subtree at a position."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dfqgp.expr import Call, Group, call, result_unit, unit_of
from dfqgp.gp.draws import happens, pick

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from dfqgp.expr import Node, Vocabulary
    from dfqgp.ops.units import Unit

_ANY_SHARE = 0.1  # of the draws that may hit a leaf; most positions are leaves, and swapping those changes little


class Position(NamedTuple):
    """One occurrence of a subtree.

    Parameters
    ----------
    node : Node
        The subtree.
    path : tuple of int
        Indices in ``args`` on the way from the root.
    parent : Call, optional
        The operator that reads it; None for the root.
    """

    node: Node
    path: tuple[int, ...] = ()
    parent: Call | None = None

    def accepts(self, unit: Unit, vocabulary: Vocabulary) -> bool:
        """Return whether a subtree of ``unit`` here leaves the units of the rest of the tree as they are."""
        if self.parent is None:
            return True
        units = [
            unit if index == self.path[-1] else unit_of(arg, vocabulary)
            for index, arg in enumerate(self.parent.args)
            if not isinstance(arg, Group)
        ]
        return result_unit(self.parent.op, units, self.parent.literals) is unit_of(self.parent, vocabulary)


def positions(root: Node) -> Iterator[Position]:
    """Yield the root and every subtree below it (groups left out), parents first, left to right.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary, parse
    >>> words = Vocabulary.named({"close": "price"})
    >>> [(each.path, each.node) for each in positions(parse("ts_mean(close * 2, 5)", words))]
    [((), ts_mean(close * 2, 5)), ((0,), close * 2), ((0, 0), close), ((0, 1), 2)]
    """
    stack = [Position(root)]
    while stack:
        position = stack.pop()
        yield position
        node, path = position.node, position.path
        for index in range(len(node.args) - 1, -1, -1):
            arg = node.args[index]
            if not isinstance(arg, Group) and isinstance(node, Call):
                stack.append(Position(arg, (*path, index), node))


def draw_position(rng: np.random.Generator, root: Node) -> Position:
    """Return a random position, mostly one that holds an operator."""
    every = list(positions(root))
    inner = [each for each in every if isinstance(each.node, Call)]
    return pick(rng, every if not inner or happens(rng, _ANY_SHARE) else inner)


def replace_at(root: Node, path: tuple[int, ...], new: Node) -> Node:
    """Return ``root`` with ``new`` at ``path``."""
    if not path:
        return new
    if not isinstance(root, Call):
        raise TypeError(f"no argument {path[0]} below the leaf {root!r}")
    args = list(root.args)
    args[path[0]] = replace_at(args[path[0]], path[1:], new)
    return call(root.op.name, tuple(args), root.literals)


def ancestor_lookback(root: Node, path: tuple[int, ...]) -> int:
    """Return how many rows the operators on the way to ``path`` read back."""
    rows, node = 0, root
    for index in path:
        if isinstance(node, Call):
            rows += node.op.lookback(node.literals)
        node = node.args[index]
    return rows
