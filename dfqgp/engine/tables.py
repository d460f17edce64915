"""From the groups of values of a block to the arrays that a session executes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends.instructions import (
    CHAIN,
    CONSTANT,
    EMIT,
    FILL,
    FIRST,
    GROUP,
    INPUT,
    LAST,
    LOAD,
    NEEDED,
    NOTHING,
    OUT,
    PUSH,
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
    Code = list[tuple[int, int, tuple[float, ...]]]


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
        for number, root in enumerate(program.roots):
            self._numbers.setdefault(root, []).append(number)
        self._inputs = max((len(op.panels) for op in program.operators), default=1)
        self._literals = max((len(op.literals) for op in program.operators), default=1) or 1

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
        waiting, code = set(roots), list[tuple[int, int, tuple[float, ...]]]()
        steps = [self._hand_over([root for root in roots if root in slots.slot_of], waiting, slots)]
        for group in groups:
            for value in group:  # all before any input is freed: the group is one launch, in no order
                slots.take(value)
            steps.append([self._instruction(value, slots, code) for value in group])
            for value in group:
                for under in self.program.reads[value]:
                    slots.used(under)
            steps.append(self._hand_over([value for value in group if value in waiting], waiting, slots))
        return self._as_plan([step for step in steps if step], code, slots)

    def _hand_over(self, ready: list[int], waiting: set[int], slots: Slots) -> list[Row]:
        rows = [self._row(EMIT, slots.slot_of[root], first=n) for root in ready for n in self._numbers[root]]
        for root in ready:
            waiting.discard(root)
            slots.used(root)
        return rows

    def _instruction(self, value: int, slots: Slots, code: Code) -> Row:
        program, opcode, out = self.program, self.program.step[value], slots.slot_of[value]
        if opcode == LOAD:
            return self._row(opcode, out, first=int(program.literals[value][0]))
        if opcode == FILL:
            return self._row(opcode, out, number=program.literals[value][0])
        row = self._row(opcode, out)
        _, whole, constants, literals = row
        if opcode == CHAIN:
            whole[FIRST] = len(code)
            self._write_code(value, slots, code)
            whole[LAST] = len(code)
            return row
        op, given = program.operators[opcode], program.literals[value]
        whole[GROUP], whole[NEEDED] = program.group[value], op.needed(given)
        whole[WINDOW] = op.lookback(given) + 1
        # A window that reaches into the warm-up of its own input is not yet what it will be with more history.
        whole[WARMUP] = program.nodes[value].lookback if op.kind is Kind.TIME else 0
        literals[: len(given)] = given
        for place, under in enumerate(program.inputs[value]):
            inline = program.inline[under]
            whole[INPUT + place] = CONSTANT if inline else slots.slot_of[under]
            constants[place] = program.literals[under][0] if inline else 0.0
        return row

    def _write_code(self, value: int, slots: Slots, code: Code) -> None:
        """Push the panels of an element-wise value in order, computing those that have no slot, and apply it."""
        program = self.program
        for under in program.inputs[value]:
            if not program.inline[under]:
                code.append((PUSH, slots.slot_of[under], (0.0,)))
            elif program.opcode[under] == FILL:
                code.append((PUSH, CONSTANT, program.literals[under]))
            else:
                self._write_code(under, slots, code)
        code.append((program.opcode[value], NOTHING, (0.0, *program.literals[value])))

    def _row(self, opcode: int, out: int, first: int = 0, number: float = 0.0) -> Row:
        whole, constants = [0] * (INPUT + self._inputs), [0.0] * self._inputs
        whole[OUT], whole[GROUP], whole[INPUT], constants[0] = out, NOTHING, first, number
        return opcode, whole, constants, [0.0] * self._literals

    def _as_plan(self, steps: list[list[Row]], code: Code, slots: Slots) -> Plan:
        program = self.program
        rows = [row for step in steps for row in step]
        stops = np.cumsum([len(step) for step in steps], dtype=np.int64)
        opcodes = np.array([step[0][0] for step in steps], dtype=np.int64)
        numbers = np.zeros((len(code), 1 + self._literals))
        for number, (_, _, given) in zip(numbers, code, strict=True):
            number[: len(given)] = given
        return Plan(
            operators=program.operators,
            features=program.features,
            steps=np.stack([opcodes, np.concatenate([[0], stops[:-1]]) if len(stops) else stops, stops], axis=1),
            tasks=np.array([row[1] for row in rows], dtype=np.int64).reshape(-1, INPUT + self._inputs),
            constants=np.array([row[2] for row in rows]).reshape(-1, self._inputs),
            literals=np.array([row[3] for row in rows]).reshape(-1, self._literals),
            code=np.array([row[:2] for row in code], dtype=np.int64).reshape(-1, 2),
            numbers=numbers,
            peak=slots.peak,
            resident={program.nodes[value]: slot for value, slot in slots.slot_of.items()},
        )
