"""In which order the nodes of a block are computed: lists of nodes that do not depend on each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.expr import Call, Constant, Group, Node
from dfqgp.ops import Kind

if TYPE_CHECKING:
    from collections.abc import Container, Iterable


def inputs_of(node: Node) -> tuple[Node, ...]:
    """Return the arguments that have to stand in slots: no groups, no numbers that element-wise operators read."""
    if not isinstance(node, Call):
        return ()
    inline = node.op.kind is Kind.ELEMENT
    slotted = (arg for arg in node.args if not isinstance(arg, Group) and not (inline and isinstance(arg, Constant)))
    return tuple(dict.fromkeys(slotted))


def needed_nodes(roots: Iterable[Node], resident: Container[Node]) -> list[Node]:
    """Return what has to be computed for the roots, arguments first; what is resident and below it stays out."""
    done: dict[Node, None] = {}

    def visit(node: Node) -> None:
        if node in done or node in resident:
            return
        for arg in inputs_of(node):
            visit(arg)
        done[node] = None

    for root in roots:
        visit(root)
    return list(done)


def waves_by_level(needed: list[Node]) -> list[list[Node]]:
    """Group nodes by level and operator: a launch each."""
    level: dict[Node, int] = {}
    waves: dict[tuple[int, str], list[Node]] = {}
    for node in needed:
        level[node] = 1 + max((level.get(arg, 0) for arg in inputs_of(node)), default=0)
        waves.setdefault((level[node], _family(node)), []).append(node)
    return [waves[place] for place in sorted(waves)]


def waves_depth_first(root: Node, needed: list[Node]) -> list[list[Node]]:
    """Compute one node at a time, of two arguments the one that takes more slots first (Sethi and Ullman, 1970)."""
    wanted, slots, waves = set(needed), _slots_taken(needed), dict[Node, None]()

    def visit(node: Node) -> None:
        if node in waves or node not in wanted:
            return
        for arg in sorted(inputs_of(node), key=lambda arg: -slots.get(arg, 0)):
            visit(arg)
        waves[node] = None

    visit(root)
    return [[node] for node in waves]


def _slots_taken(needed: list[Node]) -> dict[Node, int]:
    """Return how many slots each node takes as a tree, by Sethi and Ullman's numbering."""
    slots: dict[Node, int] = {}
    for node in needed:
        counts = sorted((slots.get(arg, 1) for arg in inputs_of(node)), reverse=True)
        slots[node] = max([len(counts) + 1, *(count + held for held, count in enumerate(counts))])
    return slots


def _family(node: Node) -> str:
    return node.op.name if isinstance(node, Call) else ""
