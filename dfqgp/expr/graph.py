"""Many trees -> one DAG in which every distinct sub-expression stands once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dfqgp.expr.node import Node


@dataclass(frozen=True)
class Graph:
    """Distinct sub-expressions of some roots.

    Parameters
    ----------
    nodes : tuple of Node
        Arguments before the terms that use them.
    roots : tuple of Node
        Distinct roots in the order first given.
    users : dict of Node to int
        How many distinct terms use a node as an argument; a root counts one more.
    """

    nodes: tuple[Node, ...]
    roots: tuple[Node, ...]
    users: dict[Node, int]

    @classmethod
    def of(cls, roots: Iterable[Node]) -> Graph:
        """Build the DAG; equal terms are already the same object, so this only walks.

        Examples
        --------
        >>> from dfqgp.expr import Vocabulary, parse
        >>> words = Vocabulary.named({"close": "price"})
        >>> graph = Graph.of(parse(text, words) for text in ("ts_mean(close, 5)", "-ts_mean(close, 5)"))
        >>> len(graph.nodes), graph.users[graph.nodes[1]]
        (3, 2)
        """
        distinct = tuple(dict.fromkeys(roots))
        users: dict[Node, int] = {}
        nodes: list[Node] = []
        for root in distinct:
            _visit(root, users, nodes)
        for root in distinct:
            users[root] += 1
        return cls(tuple(nodes), distinct, users)


def _visit(node: Node, users: dict[Node, int], nodes: list[Node]) -> None:
    if node in users:
        return
    users[node] = 0
    for arg in dict.fromkeys(node.args):
        _visit(arg, users, nodes)
        users[arg] += 1
    nodes.append(node)
