"""The steps, instructions and chains of one block, as the arrays that a session executes."""

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
    from collections.abc import Mapping, Sequence

    from dfqgp.engine.program import Program

    Row = tuple[list[int], list[float], list[float]]


class Tables:
    """What is written of a block so far.

    Parameters
    ----------
    program : Program
        What is computed.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self._steps: list[tuple[int, int, int]] = []
        self._rows: list[Row] = []
        self._code: list[tuple[int, int]] = []
        self._numbers: list[list[float]] = []
        self._inputs = max((len(op.panels) for op in program.operators), default=1)
        self._literals = max((len(op.literals) for op in program.operators), default=1) or 1

    def hand_over(self, roots: Sequence[int], slot_of: Mapping[int, int]) -> None:
        """Add the step that hands over roots, each under all of its numbers."""
        numbers = self.program.numbers_of
        self._add_step(EMIT, [self._row(slot_of[root], first=number) for root in roots for number in numbers[root]])

    def compute(self, values: Sequence[int], slot_of: Mapping[int, int]) -> None:
        """Add the step that computes values of one opcode."""
        self._add_step(self.program.step[values[0]], [self._instruction(value, slot_of) for value in values])

    def as_plan(self, peak: int, slot_of: Mapping[int, int]) -> Plan:
        """Return what was written; ``slot_of`` says what stands where when all is done."""
        program, width = self.program, 1 + self._literals
        whole, constants, literals = zip(*self._rows, strict=True) if self._rows else ((), (), ())
        return Plan(
            operators=program.operators,
            features=program.features,
            steps=np.array(self._steps, dtype=np.int64).reshape(-1, 3),
            tasks=np.array(whole, dtype=np.int64).reshape(-1, INPUT + self._inputs),
            constants=np.array(constants, dtype=np.float64).reshape(-1, self._inputs),
            literals=np.array(literals, dtype=np.float64).reshape(-1, self._literals),
            code=np.array(self._code, dtype=np.int64).reshape(-1, 2),
            numbers=np.array(self._numbers, dtype=np.float64).reshape(-1, width),
            peak=peak,
            resident={program.nodes[value]: slot for value, slot in slot_of.items()},
        )

    def _add_step(self, opcode: int, rows: list[Row]) -> None:
        if rows:
            first = len(self._rows)
            self._steps.append((opcode, first, first + len(rows)))
            self._rows += rows

    def _instruction(self, value: int, slot_of: Mapping[int, int]) -> Row:
        program, opcode, out = self.program, self.program.step[value], slot_of[value]
        if opcode == LOAD:
            return self._row(out, first=int(program.literals[value][0]))
        if opcode == FILL:
            return self._row(out, number=program.literals[value][0])
        if opcode == CHAIN:
            return self._chain(value, slot_of)
        row = whole, constants, literals = self._row(out)
        op, given = program.operators[opcode], program.literals[value]
        whole[GROUP], whole[NEEDED] = program.group[value], op.needed(given)
        whole[WINDOW] = op.lookback(given) + 1
        # A window that reaches into the warm-up of its own input is not yet what it will be with more history, and a
        # choice may have a value while what it did not choose is in its warm-up. Across stocks NaN comes of NaN.
        whole[WARMUP] = program.nodes[value].lookback if op.kind is not Kind.CROSS else 0
        literals[: len(given)] = given
        for place, under in enumerate(program.inputs[value]):
            whole[INPUT + place], constants[place] = self._operand(under, slot_of)
        return row

    def _chain(self, value: int, slot_of: Mapping[int, int]) -> Row:
        row = whole, _, _ = self._row(slot_of[value])
        whole[FIRST] = len(self._code)
        self._write_code(value, slot_of)
        whole[LAST], whole[WARMUP] = len(self._code), self.program.nodes[value].lookback
        return row

    def _write_code(self, value: int, slot_of: Mapping[int, int]) -> None:
        """Push the panels of an element-wise value in order, computing those that have no slot, and apply it."""
        program = self.program
        for under in program.inputs[value]:
            if program.inline[under] and program.opcode[under] != FILL:
                self._write_code(under, slot_of)
            else:
                slot, number = self._operand(under, slot_of)
                self._add_code(PUSH, slot, (number,))
        self._add_code(program.opcode[value], len(program.inputs[value]), (0.0, *program.literals[value]))

    def _add_code(self, opcode: int, slot: int, numbers: Sequence[float]) -> None:
        self._code.append((opcode, slot))
        self._numbers.append([*numbers, *[0.0] * (1 + self._literals - len(numbers))])

    def _operand(self, value: int, slot_of: Mapping[int, int]) -> tuple[int, float]:
        inline = self.program.inline[value]
        return (CONSTANT, self.program.literals[value][0]) if inline else (slot_of[value], 0.0)

    def _row(self, out: int, first: int = 0, number: float = 0.0) -> Row:
        whole, constants = [0] * (INPUT + self._inputs), [0.0] * self._inputs
        whole[OUT], whole[GROUP], whole[INPUT], constants[0] = out, NOTHING, first, number
        return whole, constants, [0.0] * self._literals
