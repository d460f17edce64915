"""Which values need no slot of their own: their readers take them as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends.instructions import FILL, NOTHING
from dfqgp.ops import Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dfqgp.engine.program import Program


def inline_constants(program: Program) -> NDArray[np.bool_]:
    """Return which values are numbers that only element-wise operators read: those take the number itself."""
    inline: NDArray[np.bool_] = np.asarray(program.opcode == FILL)
    inline[program.roots] = False
    for v in np.flatnonzero(program.opcode >= 0):
        if program.operators[program.opcode[v]].kind is not Kind.ELEMENT:
            inline[program.inputs[v][program.inputs[v] != NOTHING]] = False
    return inline
