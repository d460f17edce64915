"""Trees lowered to a program.

Equal sub-expressions are one node already, so each distinct one becomes one value, however many trees hold it, and a
repeated root is a second entry in ``roots``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.backends.instructions import FILL, LOAD, NOTHING
from dfqgp.engine.chains import inline_chains
from dfqgp.engine.given import given_name
from dfqgp.engine.inline import inline_constants
from dfqgp.engine.program import Program
from dfqgp.expr import Call, Constant, Field, Group, Node
from dfqgp.ops import Cost

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence


def lower(
    roots: Sequence[Node],
    group_names: Sequence[str] = (),
    resident: Iterable[Node] = (),
    given: Collection[Node] = (),
    *,
    chains: bool = False,
) -> Program:
    """Lower trees to a program.

    Parameters
    ----------
    roots : sequence of Node
        Trees; equal ones may come more than once.
    group_names : sequence of str
        Groupings of the session, in order.
    resident : iterable of Node
        What has a slot already; it gets a value too, whether a root reads it or not.
    given : collection of Node
        What is loaded as a feature is, under the name ``given_name``; nothing below it is computed for it.
    chains : bool
        Whether element-wise operators are computed in chains.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary, parse
    >>> words = Vocabulary.named({"close": "price"})
    >>> program = lower([parse(text, words) for text in ("ts_mean(close, 5)", "-ts_mean(close, 5)", "2 * close")])
    >>> [repr(node) for node in program.nodes], program.roots, [int(flag) for flag in program.inline]
    (['close', 'ts_mean(close, 5)', '-ts_mean(close, 5)', '2', '2 * close'], [1, 2, 4], [0, 0, 0, 1, 0])
    """
    kept = list(resident)
    place = _in_order([*roots, *kept], given)
    computed = (n.op for n in place if isinstance(n, Call) and n not in given)
    operators = {op: code for code, op in enumerate(dict.fromkeys(computed))}
    loaded = [n.name for n in place if isinstance(n, Field)] + [given_name(n) for n in place if n in given]
    features = {name: number for number, name in enumerate(loaded)}
    program = Program(
        nodes=tuple(place), operators=tuple(operators), features=tuple(features), opcode=[], inputs=[], literals=[],
        group=[], cost=[], inline=[], roots=[place[root] for root in roots], chains=chains,
    )  # fmt: skip
    for node in place:
        if node in given:
            _add(program, LOAD, (), (features[given_name(node)],))
        elif isinstance(node, Call):
            inputs = tuple(place[arg] for arg in node.args if not isinstance(arg, Group))
            group = next((group_names.index(a.name) for a in node.args if isinstance(a, Group)), NOTHING)
            _add(program, operators[node.op], inputs, node.literals, group, node.op.cost)
        elif isinstance(node, Field):
            _add(program, LOAD, (), (features[node.name],))
        elif isinstance(node, Constant):
            _add(program, FILL, (), (node.value,))
    program.inline.extend(inline_constants(program))
    if chains:
        _chain(program, {*program.roots, *(place[node] for node in kept)})
    return program


def _chain(program: Program, pinned: set[int]) -> None:
    """Mark what is computed inside chains; a chain costs what all of it costs."""
    inside = inline_chains(program, pinned)
    for value, inputs in enumerate(program.inputs):
        program.inline[value] = program.inline[value] or inside[value]
        program.cost[value] += sum(program.cost[under] for under in inputs if inside[under])


def _add(
    program: Program,
    opcode: int,
    inputs: tuple[int, ...],
    literals: tuple[float, ...],
    group: int = NOTHING,
    cost: Cost = Cost.PASS,
) -> None:
    program.opcode.append(opcode)
    program.inputs.append(inputs)
    program.literals.append(literals)
    program.group.append(group)
    program.cost.append(cost.value)


def _in_order(roots: Iterable[Node], given: Collection[Node]) -> dict[Node, int]:
    """Return the places of the distinct nodes of all roots, arguments first, without groups and what is under given."""
    found: dict[Node, int] = {}

    def visit(node: Node) -> None:
        if node in found or isinstance(node, Group):
            return
        for arg in node.args if node not in given else ():
            visit(arg)
        found[node] = len(found)

    for root in roots:
        visit(root)
    return found
