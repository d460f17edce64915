"""The intermediate form: instructions over numbered values, arguments before what reads them.

Passes work on its lists alone: ``inline`` and ``chains`` say which values need no slot of their own, ``cluster`` orders
the roots, ``schedule`` orders the values of a block, ``allocate`` gives out slots.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from dfqgp.backends.chain_code import can_be_chained
from dfqgp.backends.instructions import CHAIN, FILL
from dfqgp.expr import Field
from dfqgp.ops.families import family_of

if TYPE_CHECKING:
    from dfqgp.expr import Node
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
    def numbers_of(self) -> dict[int, list[int]]:
        """The numbers under which each root was given."""
        found: dict[int, list[int]] = {}
        for number, root in enumerate(self.roots):
            found.setdefault(root, []).append(number)
        return found

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

    def is_feature(self, value: int) -> bool:
        """Say whether a value is a feature of the panel, which stays for the session."""
        return isinstance(self.nodes[value], Field)

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
    def families(self) -> dict[int, tuple[str, ...]]:
        """By opcode of a step, the names of the operators that a backend may compute in the same launch."""
        return {code: tuple(each.name for each in family_of(op)) for code, op in enumerate(self.operators)}

    @cached_property
    def without_chains(self) -> Program:
        """The program in which every element-wise value has a slot: a root alone takes the fewest slots that way."""
        if not self.chains:
            return self
        inline = [flag and opcode == FILL for flag, opcode in zip(self.inline, self.opcode, strict=True)]
        return replace(self, inline=inline)
