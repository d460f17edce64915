"""From the groups of values of a block to the arrays that a session executes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends.instructions import (
    CONSTANT,
    EMIT,
    FILL,
    GROUP,
    INPUT,
    LOAD,
    NEEDED,
    NOTHING,
    OUT,
    WARMUP,
    WINDOW,
    Plan,
)
from dfqgp.ops import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.engine.allocate import Slots
    from dfqgp.engine.program import Program

    Row = tuple[int, list[int], list[float], list[float]]


class Tables:
    """Writes the blocks of a program, one plan each.

    Parameters
    ----------
    program : Program
        What is computed.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self._numbers: dict[int, list[int]] = {}
        for number, root in enumerate(program.roots.tolist()):
            self._numbers.setdefault(root, []).append(number)

    def write(self, slots: Slots, roots: Sequence[int], groups: Sequence[Sequence[int]], stop: int) -> Plan:
        """Write a block: compute its groups, hand over each root as soon as it stands.

        Parameters
        ----------
        slots : Slots
            As they are before the block; afterwards they are as it leaves them.
        roots : sequence of int
            The block's roots.
        groups : sequence of sequence of int
            The values to compute.
        stop : int
            Position of the first root after the block.

        Raises
        ------
        NoRoomError
            If there are too few slots; ``slots`` are of no use then.
        """
        slots.begin_block(roots, groups, stop)
        waiting = set(roots)
        steps = [self._hand_over([root for root in roots if root in slots.slot_of], waiting, slots)]
        for group in groups:
            for value in group:  # all before any input is freed: the group is one launch, in no order
                slots.take(value)
            steps.append([self._instruction(value, slots) for value in group])
            for value in group:
                for under in self.program.read_by(value):
                    slots.used(under)
            steps.append(self._hand_over([value for value in group if value in waiting], waiting, slots))
        return self._as_plan([step for step in steps if step], slots)

    def _hand_over(self, ready: list[int], waiting: set[int], slots: Slots) -> list[Row]:
        rows = [self._row(EMIT, slots.slot_of[root], first=n) for root in ready for n in self._numbers[root]]
        for root in ready:
            waiting.discard(root)
            slots.used(root)
        return rows

    def _instruction(self, value: int, slots: Slots) -> Row:
        program, node = self.program, self.program.nodes[value]
        opcode, out = int(program.opcode[value]), slots.slot_of[value]
        if opcode == LOAD:
            return self._row(opcode, out, first=int(program.inputs[value, 0]))
        if opcode == FILL:
            return self._row(opcode, out, number=float(program.literals[value, 0]))
        op = program.operators[opcode]
        row = self._row(opcode, out)
        _, whole, constants, literals = row
        given = program.literals[value, : len(op.literals)].tolist()
        whole[GROUP], whole[NEEDED] = int(program.group[value]), op.needed(given)
        whole[WINDOW] = op.lookback(given) + 1
        # A window that reaches into the warm-up of its own input is not yet what it will be with more history.
        whole[WARMUP] = node.lookback if op.kind is Kind.TIME else 0
        literals[: len(given)] = given
        for place, under in enumerate(program.inputs[value].tolist()):
            if under != NOTHING:
                whole[INPUT + place] = CONSTANT if program.inline[under] else slots.slot_of[under]
                constants[place] = float(program.literals[under, 0]) if program.inline[under] else 0.0
        return row

    def _row(self, opcode: int, out: int, first: int = 0, number: float = 0.0) -> Row:
        inputs, literals = self.program.inputs.shape[1], self.program.literals.shape[1]
        whole, constants = [0] * (INPUT + inputs), [0.0] * inputs
        whole[OUT], whole[GROUP], whole[INPUT], constants[0] = out, NOTHING, first, number
        return opcode, whole, constants, [0.0] * literals

    def _as_plan(self, steps: list[list[Row]], slots: Slots) -> Plan:
        program = self.program
        rows = [row for step in steps for row in step]
        stops = np.cumsum([len(step) for step in steps], dtype=np.int64)
        codes = np.array([step[0][0] for step in steps], dtype=np.int64)
        inputs, literals = program.inputs.shape[1], program.literals.shape[1]
        return Plan(
            operators=program.operators,
            features=program.features,
            steps=np.stack([codes, np.concatenate([[0], stops[:-1]]) if len(stops) else stops, stops], axis=1),
            tasks=np.array([row[1] for row in rows], dtype=np.int64).reshape(-1, INPUT + inputs),
            constants=np.array([row[2] for row in rows]).reshape(-1, inputs),
            literals=np.array([row[3] for row in rows]).reshape(-1, literals),
            code=np.empty((0, 2), dtype=np.int64),
            numbers=np.empty((0, 1 + literals)),
            peak=slots.peak,
            resident={program.nodes[value]: slot for value, slot in slots.slot_of.items()},
        )
