"""What a formula costs by itself, and what each of its parts would save it if it were read instead of computed.

A formula's distinct parts are a graph without cycles. If a part is read, what can be reached through it alone is not
needed any more: the parts that it dominates. In an order in which readers come before what they read, the immediate
dominator of a part is the nearest common ancestor, in the tree of dominators, of those that read it; so one pass finds
all dominators, and one pass back sums what each of them saves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.expr import Call, Group

if TYPE_CHECKING:
    from collections.abc import Container

    from dfqgp.cache.costs import Costs
    from dfqgp.expr import Node


def parts_of(root: Node, entries: Container[Node]) -> list[Node]:
    """Return the distinct parts that an evaluation of a formula touches, readers first; what is under entries is not.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary, parse
    >>> words = Vocabulary.named({"close": "price"})
    >>> tree, mean = (parse(text, words) for text in ("close / ts_mean(close, 5)", "ts_mean(close, 5)"))
    >>> parts_of(tree, ()), parts_of(tree, [mean])
    ([close / ts_mean(close, 5), ts_mean(close, 5), close], [close / ts_mean(close, 5), close, ts_mean(close, 5)])
    """
    done: dict[Node, None] = {}

    def visit(node: Node) -> None:
        if node not in done and not isinstance(node, Group):
            for arg in reversed(_read_by(node, entries)):
                visit(arg)
            done[node] = None

    visit(root)
    return list(reversed(done))


def cost_of(root: Node, entries: Container[Node], costs: Costs) -> float:
    """Return what the evaluation of one formula costs when entries are read."""
    return sum(_own(node, entries, costs) for node in parts_of(root, entries))


def savings_of(root: Node, entries: Container[Node], costs: Costs) -> dict[Node, float]:
    """Return what each computed part of a formula would save as an entry; below 0 where reading it is dearer.

    Parameters
    ----------
    root : Node
        The formula.
    entries : container of Node
        Those that are there already.
    costs : Costs
        Of operators and of reading.
    """
    order = parts_of(root, entries)
    dominator = _dominators(order, entries)
    saved = {node: _own(node, entries, costs) for node in order}
    for node in reversed(order[1:]):
        saved[dominator[node]] += saved[node]
    return {node: saved[node] - costs.read for node in order if isinstance(node, Call) and node not in entries}


def _dominators(order: list[Node], entries: Container[Node]) -> dict[Node, Node]:
    """Return the immediate dominator of every part but the root."""
    above: dict[Node, Node] = {}
    level = {order[0]: 0}

    def common(left: Node, right: Node) -> Node:
        while left is not right:
            if level[left] >= level[right]:
                left = above[left]
            else:
                right = above[right]
        return left

    for reader in order:
        if reader in above:  # all that read it came before
            level[reader] = level[above[reader]] + 1
        for part in _read_by(reader, entries):
            above[part] = common(above[part], reader) if part in above else reader
    return above


def _read_by(node: Node, entries: Container[Node]) -> list[Node]:
    """Return what the computation of a part reads, each once: nothing for an entry."""
    args = () if node in entries else node.args
    return list(dict.fromkeys(arg for arg in args if not isinstance(arg, Group)))


def _own(node: Node, entries: Container[Node], costs: Costs) -> float:
    return costs.read if node in entries else costs.of(node)
