"""A backend that runs chains by the operators' definitions: what a session with chains has to compute."""

from __future__ import annotations

import numpy as np

from dfqgp.backends.instructions import CONSTANT, FIRST, LAST, OPCODE, OUT, PUSH, SLOT, STACK, WARMUP
from dfqgp.backends.reference import ReferenceBackend
from dfqgp.backends.reference.session import ReferenceSession


class ChainSession(ReferenceSession):
    """The reference session, for plans with chains."""

    chains = True

    def launch(self, op, tasks, constants, literals):
        assert op.form is None or type(op.form).__name__ != "Elementwise", op.name
        super().launch(op, tasks, constants, literals)

    def launch_chains(self, plan, tasks):
        for task in tasks:
            code = slice(task[FIRST], task[LAST])
            value = np.array(self._value(plan, plan.code[code], plan.numbers[code]))
            value[: task[WARMUP]] = np.nan
            self.slab[task[OUT]] = value

    def _value(self, plan, code, numbers):
        stack = []
        for (opcode, slot), row in zip(code[:, [OPCODE, SLOT]], numbers, strict=True):
            if opcode == PUSH:
                stack.append(np.full_like(self.slab[0], row[0]) if slot == CONSTANT else self.slab[slot])
            else:
                op = plan.operators[opcode]
                literals = [each.as_literal(value) for each, value in zip(op.literals, row[1:], strict=False)]
                start = len(stack) - len(op.panels)
                stack[start:] = [op.apply([*stack[start:], *literals], self.universe)]
            assert len(stack) <= STACK
        (value,) = stack
        return value


class ChainBackend(ReferenceBackend):
    """Opens ``ChainSession``."""

    def open(self, panel, *, targets=(), operators=None, room=None):  # noqa: ARG002 -- it has every one
        return ChainSession(panel, targets, room)
