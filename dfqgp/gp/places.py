"""Places in a tree: where a sub-tree stands, and the tree with another one there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dfqgp.expr import Call, Group, call, unit_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dfqgp.expr import Node, Vocabulary
    from dfqgp.ops.units import Unit


class Place(NamedTuple):
    """One occurrence of a sub-tree.

    Parameters
    ----------
    node : Node
        What stands there.
    path : tuple of int
        Positions in ``args`` on the way from the root.
    parent : Call, optional
        The operator that reads it; None for the root.
    """

    node: Node
    path: tuple[int, ...] = ()
    parent: Call | None = None

    def takes(self, unit: Unit, vocabulary: Vocabulary) -> bool:
        """Tell whether a sub-tree of ``unit`` here leaves the units of the rest of the tree as they are."""
        if self.parent is None:
            return True
        units = [
            unit if position == self.path[-1] else unit_of(arg, vocabulary)
            for position, arg in enumerate(self.parent.args)
            if not isinstance(arg, Group)
        ]
        return self.parent.op.unit.result(units) == unit_of(self.parent, vocabulary)


def places(root: Node) -> Iterator[Place]:
    """Yield the root and every numeric sub-tree below it (groups left out), parents first, left to right.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary, parse
    >>> words = Vocabulary.named({"close": "price"})
    >>> [(place.path, place.node) for place in places(parse("ts_mean(close * 2, 5)", words))]
    [((), ts_mean(close * 2, 5)), ((0,), close * 2), ((0, 0), close), ((0, 1), 2)]
    """
    stack = [Place(root)]
    while stack:
        place = stack.pop()
        yield place
        node, path = place.node, place.path
        for position in range(len(node.args) - 1, -1, -1):
            arg = node.args[position]
            if not isinstance(arg, Group) and isinstance(node, Call):
                stack.append(Place(arg, (*path, position), node))


def put(root: Node, path: tuple[int, ...], new: Node) -> Node:
    """Return ``root`` with ``new`` at ``path``."""
    if not path:
        return new
    if not isinstance(root, Call):
        raise TypeError(f"no argument {path[0]} below the leaf {root!r}")
    args = list(root.args)
    args[path[0]] = put(args[path[0]], path[1:], new)
    return call(root.op.name, tuple(args), root.literals)


def lookback_above(root: Node, path: tuple[int, ...]) -> int:
    """Return how many rows the operators on the way to ``path`` read back."""
    rows, node = 0, root
    for position in path:
        if isinstance(node, Call):
            rows += node.op.lookback(node.literals)
        node = node.args[position]
    return rows
