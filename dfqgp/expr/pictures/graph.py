"""The graph that every picture is drawn from: each distinct sub-expression of one or many trees is one vertex.

1. Numbers and groups are no vertices: they are written in the label of the call that reads them.
2. Trees are taken in their order while all their new vertices fit the limit. The first one is cut where it alone does
   not fit: what is nearest to its root is kept.
3. What is left out is said in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dfqgp.expr.node import Call, Constant, Group, Node, field
from dfqgp.expr.render import render

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HOLE = "·"
"""Stands in a label where a sub-expression is read."""


@dataclass(frozen=True)
class Vertex:
    """One distinct sub-expression.

    Parameters
    ----------
    node : Node
        What it is.
    label : str
        The call with a dot for each sub-expression, such as ``ts_corr(·, ·, 20)``.
    reads : tuple of int or None
        The vertices that it reads, in the order of its dots; None for one that is left out.
    readers : int
        How many vertices read it; being read twice by one counts once.
    ordered : bool
        Whether the order of what it reads matters.
    """

    node: Node
    label: str
    reads: tuple[int | None, ...]
    readers: int
    ordered: bool


@dataclass(frozen=True)
class Graph:
    """Vertices, the vertex of each drawn tree, and what is left out (empty where nothing is)."""

    vertices: tuple[Vertex, ...]
    roots: tuple[int, ...]
    left_out: str


def graph_of(trees: Sequence[Node], limit: int) -> Graph:
    """Return the graph of some trees, of at most ``limit`` vertices.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary, parse
    >>> words = Vocabulary.named({"close": "price", "open": "price"})
    >>> found = graph_of([parse("ts_mean(close, 5) - 2 * ts_mean(close, 5)", words)], limit=10)
    >>> [(each.label, each.reads, each.readers) for each in found.vertices]
    [('· - ·', (1, 2), 0), ('ts_mean(·, 5)', (3,), 2), ('2 * ·', (1,), 1), ('close', (), 1)]
    """
    place: dict[Node, int] = {}
    drawn: list[Node] = []
    for tree in trees:
        new = [node for node in _nearest_first(tree) if node not in place]
        room = limit - len(place)
        if len(new) > room and drawn:
            break
        place.update({node: number for number, node in enumerate(new[:room], start=len(place))})
        drawn.append(tree)
        if len(new) > room:
            break
    vertices = tuple(_vertices(place))
    return Graph(vertices, tuple(place[tree] for tree in drawn), _left_out(trees, len(drawn), set(place)))


def label_of(node: Node) -> str:
    """Return what a vertex shows: a leaf as it is written, a call with dots.

    Examples
    --------
    >>> from dfqgp.expr.node import call, group
    >>> label_of(call("group_demean", (field("close"), group("industry"))))
    'group_demean(·, industry)'
    """
    if not isinstance(node, Call):
        return render(node)
    shown = Call()  # for its text alone; ``call`` would look the operator up by name, and it may be another one by now
    shown.op, shown.literals = node.op, node.literals
    shown.args = tuple(arg if isinstance(arg, Constant | Group) else field(HOLE) for arg in node.args)
    return render(shown)


def _read_by(node: Node) -> tuple[Node, ...]:
    return tuple(arg for arg in node.args if not isinstance(arg, Constant | Group))


def _nearest_first(tree: Node) -> Iterator[Node]:
    """Yield the distinct sub-expressions of a tree, breadth first."""
    found = {tree: None}
    queue = [tree]
    for node in queue:
        yield node
        new = [each for each in dict.fromkeys(_read_by(node)) if each not in found]
        found.update(dict.fromkeys(new))
        queue.extend(new)


def _vertices(place: dict[Node, int]) -> Iterator[Vertex]:
    readers = dict.fromkeys(place, 0)
    for node in place:
        for each in set(_read_by(node)) & set(place):
            readers[each] += 1
    for node in place:
        read = _read_by(node)
        ordered = len(set(read)) > 1 and isinstance(node, Call) and not node.op.commutes
        yield Vertex(node, label_of(node), tuple(map(place.get, read)), readers[node], ordered)


def _left_out(trees: Sequence[Node], drawn: int, there: set[Node]) -> str:
    """Say what is not drawn; nothing is counted twice."""
    everything: dict[Node, None] = {}
    for tree in trees:
        everything.update(dict.fromkeys(_nearest_first(tree)))
    missing = len(everything) - len(there)
    if not missing and drawn == len(trees):
        return ""
    what = f"{missing} of {len(everything)} sub-expressions"
    if drawn < len(trees):
        what = f"{len(trees) - drawn} of {len(trees)} expressions, {what}"
    return f"left out: {what} (draw fewer expressions, or raise limit)"
