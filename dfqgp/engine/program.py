"""The intermediate form: trees lowered to instructions over numbered values, arguments before what reads them.

Equal sub-expressions are one node already, so each distinct one becomes one value, however many trees hold it, and a
repeated root is a second entry in ``roots``. Passes work on these arrays alone: ``inline`` says which values need no
slot of their own, ``cluster`` orders the roots, ``schedule`` orders the values of a block, ``allocate`` gives out
slots.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends.instructions import FILL, LOAD, NOTHING
from dfqgp.engine.inline import inline_constants
from dfqgp.expr import Call, Constant, Field, Group, Node
from dfqgp.ops import Cost

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

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
    opcode : (V,) int64
        Operator, LOAD or FILL.
    inputs : (V, A) int64
        Values that are read, NOTHING in the columns left; the number of the feature for LOAD.
    literals : (V, P) float64
        The operator's numbers; the constant itself for FILL.
    group : (V,) int64
        Index of the grouping, NOTHING without one.
    cost : (V,) float64
        Relative time to compute the value once more.
    inline : (V,) bool
        Whether the value needs no slot: its readers take the number itself.
    roots : (K,) int64
        Value of each root, in the order given.
    """

    nodes: tuple[Node, ...]
    operators: tuple[Operator, ...]
    features: tuple[str, ...]
    opcode: NDArray[np.int64]
    inputs: NDArray[np.int64]
    literals: NDArray[np.float64]
    group: NDArray[np.int64]
    cost: NDArray[np.float64]
    inline: NDArray[np.bool_]
    roots: NDArray[np.int64]

    def read_by(self, value: int) -> list[int]:
        """Return the distinct values that an instruction reads from slots."""
        if self.opcode[value] < 0:
            return []
        return [v for v in dict.fromkeys(self.inputs[value].tolist()) if v != NOTHING and not self.inline[v]]

    def below(self, value: int) -> list[int]:
        """Return a value and all values under it, each once, arguments first."""
        found: dict[int, None] = {}

        def visit(v: int) -> None:
            if v not in found:
                for under in self.read_by(v):
                    visit(under)
                found[v] = None

        visit(value)
        return list(found)


def lower(roots: Sequence[Node], group_names: Sequence[str] = (), resident: Iterable[Node] = ()) -> Program:
    """Lower trees to a program.

    Parameters
    ----------
    roots : sequence of Node
        Trees; equal ones may come more than once.
    group_names : sequence of str
        Groupings of the session, in order.
    resident : iterable of Node
        What has a slot already; it gets a value too, whether a root reads it or not.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary, parse
    >>> words = Vocabulary.named({"close": "price"})
    >>> program = lower([parse(text, words) for text in ("ts_mean(close, 5)", "-ts_mean(close, 5)", "2 * close")])
    >>> [repr(node) for node in program.nodes], program.roots.tolist(), program.inline.astype(int).tolist()
    (['close', 'ts_mean(close, 5)', '-ts_mean(close, 5)', '2', '2 * close'], [1, 2, 4], [0, 0, 0, 1, 0])
    """
    nodes = _in_order([*roots, *resident])
    place = {node: v for v, node in enumerate(nodes)}
    calls = [node for node in nodes if isinstance(node, Call)]
    operators = tuple(dict.fromkeys(node.op for node in calls))
    features = tuple(node.name for node in nodes if isinstance(node, Field))
    codes, numbers = {op: code for code, op in enumerate(operators)}, {name: n for n, name in enumerate(features)}
    program = Program(
        nodes=tuple(nodes),
        operators=operators,
        features=features,
        opcode=np.array(
            [codes[n.op] if isinstance(n, Call) else LOAD if isinstance(n, Field) else FILL for n in nodes]
        ),
        inputs=np.full((len(nodes), max((len(op.panels) for op in operators), default=1)), NOTHING),
        literals=np.zeros((len(nodes), max((len(op.literals) for op in operators), default=1) or 1)),
        group=np.full(len(nodes), NOTHING),
        cost=np.array([n.op.cost.value if isinstance(n, Call) else Cost.PASS.value for n in nodes]),
        inline=np.zeros(len(nodes), dtype=bool),
        roots=np.array([place[root] for root in roots], dtype=np.int64),
    )
    for v, node in enumerate(nodes):
        if isinstance(node, Field):
            program.inputs[v, 0] = numbers[node.name]
        elif isinstance(node, Constant):
            program.literals[v, 0] = node.value
        elif isinstance(node, Call):
            panels = [place[arg] for arg in node.args if not isinstance(arg, Group)]
            program.inputs[v, : len(panels)] = panels
            program.literals[v, : len(node.literals)] = node.literals
            program.group[v] = next((group_names.index(a.name) for a in node.args if isinstance(a, Group)), NOTHING)
    program.inline[:] = inline_constants(program)
    return program


def _in_order(roots: Sequence[Node]) -> list[Node]:
    """Return the distinct nodes of all roots but groups, arguments first."""
    found: dict[Node, None] = {}

    def visit(node: Node) -> None:
        if node in found or isinstance(node, Group):
            return
        for arg in node.args:
            visit(arg)
        found[node] = None

    for root in roots:
        visit(root)
    return list(found)
