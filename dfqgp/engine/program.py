"""The intermediate form: trees lowered to instructions over numbered values, arguments before what reads them.

Equal sub-expressions are one node already, so each distinct one becomes one value, however many trees hold it, and a
repeated root is a second entry in ``roots``. Passes work on these lists alone: ``inline`` and ``chains`` say which
values need no slot of their own, ``cluster`` orders the roots, ``schedule`` orders the values of a block, ``allocate``
gives out slots.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from dfqgp.backends.instructions import CHAIN, FILL, LOAD, NOTHING
from dfqgp.engine.chains import can_be_chained, inline_chains
from dfqgp.engine.inline import inline_constants
from dfqgp.expr import Call, Constant, Field, Group, Node
from dfqgp.ops import Cost

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dfqgp.ops import Operator


@dataclass(frozen=True, eq=False)
class Program:
    """V values and K roots.

    Parameters
    ----------
    nodes : tuple of Node
        What each value is.
    operators : tuple of Operator
        By opcode.
    features : tuple of str
        By number.
    opcode : list of int
        Operator, LOAD or FILL.
    inputs : list of tuple of int
        Values that are read, in the operator's order.
    literals : list of tuple of float
        The operator's numbers; the constant itself for FILL; the number of the feature for LOAD.
    group : list of int
        Index of the grouping, NOTHING without one.
    cost : list of float
        Relative time to compute the value once more.
    inline : list of bool
        Whether the value needs no slot: its readers take the number itself, or its one reader computes it.
    roots : list of int
        Value of each root, in the order given.
    chains : bool
        Whether element-wise operators are computed in chains.
    """

    nodes: tuple[Node, ...]
    operators: tuple[Operator, ...]
    features: tuple[str, ...]
    opcode: list[int]
    inputs: list[tuple[int, ...]]
    literals: list[tuple[float, ...]]
    group: list[int]
    cost: list[float]
    inline: list[bool]
    roots: list[int]
    chains: bool = False

    @cached_property
    def step(self) -> list[int]:
        """Opcode of the step that computes each value: its own, or CHAIN."""
        chained = [CHAIN if self.chains and can_be_chained(op) else code for code, op in enumerate(self.operators)]
        return [chained[opcode] if opcode >= 0 else opcode for opcode in self.opcode]

    @cached_property
    def reads(self) -> list[tuple[int, ...]]:
        """The distinct values that each value reads from slots; what it computes itself is read through."""
        found: list[tuple[int, ...]] = []
        for inputs in self.inputs:
            through: dict[int, None] = {}
            for under in inputs:
                through.update(dict.fromkeys(found[under] if self.inline[under] else (under,)))
            found.append(tuple(through))
        return found

    def below(self, value: int) -> list[int]:
        """Return a value and all values under it that have slots, each once, arguments first."""
        found: dict[int, None] = {}

        def visit(v: int) -> None:
            if v not in found:
                for under in self.reads[v]:
                    visit(under)
                found[v] = None

        visit(value)
        return list(found)

    @cached_property
    def without_chains(self) -> Program:
        """The program in which every element-wise value has a slot: a root alone takes the fewest slots that way."""
        if not self.chains:
            return self
        inline = [flag and opcode == FILL for flag, opcode in zip(self.inline, self.opcode, strict=True)]
        return replace(self, inline=inline)


def lower(
    roots: Sequence[Node], group_names: Sequence[str] = (), resident: Iterable[Node] = (), *, chains: bool = False
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
    resident = list(resident)
    place = _in_order([*roots, *resident])
    operators = {op: code for code, op in enumerate(dict.fromkeys(n.op for n in place if isinstance(n, Call)))}
    features = {name: number for number, name in enumerate(n.name for n in place if isinstance(n, Field))}
    program = Program(
        nodes=tuple(place), operators=tuple(operators), features=tuple(features), opcode=[], inputs=[], literals=[],
        group=[], cost=[], inline=[], roots=[place[root] for root in roots], chains=chains,
    )  # fmt: skip
    for node in place:
        if isinstance(node, Call):
            inputs = tuple(place[arg] for arg in node.args if not isinstance(arg, Group))
            group = next((group_names.index(a.name) for a in node.args if isinstance(a, Group)), NOTHING)
            _add(program, operators[node.op], inputs, node.literals, group, node.op.cost)
        elif isinstance(node, Field):
            _add(program, LOAD, (), (features[node.name],))
        elif isinstance(node, Constant):
            _add(program, FILL, (), (node.value,))
    program.inline.extend(inline_constants(program))
    if chains:
        pinned = {*program.roots, *(place[node] for node in resident)}
        for value, flag in enumerate(inline_chains(program, pinned)):
            program.inline[value] = program.inline[value] or flag
        for value, inputs in enumerate(program.inputs):  # a chain costs what is computed in it
            program.cost[value] += sum(program.cost[u] for u in inputs if program.inline[u] and program.opcode[u] >= 0)
    return program


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


def _in_order(roots: Iterable[Node]) -> dict[Node, int]:
    """Return the distinct nodes of all roots but groups, arguments first, with their places."""
    found: dict[Node, int] = {}

    def visit(node: Node) -> None:
        if node in found or isinstance(node, Group):
            return
        for arg in node.args:
            visit(arg)
        found[node] = len(found)

    for root in roots:
        visit(root)
    return found
