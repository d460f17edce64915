"""Which values need no slot of their own: their readers take them as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.backends.instructions import FILL
from dfqgp.ops import Kind

if TYPE_CHECKING:
    from dfqgp.engine.program import Program


def inline_constants(program: Program) -> list[bool]:
    """Return which values are numbers that only element-wise operators read: those take the number itself."""
    inline = [opcode == FILL for opcode in program.opcode]
    for root in program.roots:
        inline[root] = False
    for opcode, inputs in zip(program.opcode, program.inputs, strict=True):
        if opcode >= 0 and program.operators[opcode].kind is not Kind.ELEMENT:
            for under in inputs:
                inline[under] = False
    return inline
