"""Chains: which element-wise values need no slot, since the one value that reads them computes them on its stack."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from dfqgp.backends.chain_code import can_be_chained
from dfqgp.backends.instructions import STACK

if TYPE_CHECKING:
    from collections.abc import Container

    from dfqgp.engine.program import Program


def inline_chains(program: Program, pinned: Container[int]) -> list[bool]:
    """Return which values are computed inside the chain of the one value that reads them.

    Parameters
    ----------
    program : Program
        What is computed.
    pinned : container of int
        Values that have to stand in a slot.
    """
    chained = [opcode >= 0 and can_be_chained(program.operators[opcode]) for opcode in program.opcode]
    readers = Counter(under for inputs in program.inputs for under in inputs)  # one that reads twice counts twice
    taken, inline = [1] * len(program.nodes), [False] * len(program.nodes)
    for value, inputs in enumerate(program.inputs):
        if chained[value]:
            inside = [chained[under] and readers[under] == 1 and under not in pinned for under in inputs]
            counts = [taken[under] if flag else 1 for under, flag in zip(inputs, inside, strict=True)]
            taken[value] = _fit(counts, inside)
            for under, flag in zip(inputs, inside, strict=True):
                inline[under] = inline[under] or flag
    return inline


def _fit(counts: list[int], inside: list[bool]) -> int:
    """Return how much of the stack an operator's panels take, pushed in order; what is too much gets a slot instead."""
    while True:
        reach = [place + count for place, count in enumerate(counts)]  # those before it stand on the stack
        if max(reach) <= STACK:
            return max(reach)
        most = reach.index(max(reach))
        counts[most], inside[most] = 1, False
