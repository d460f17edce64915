"""Element-wise operators: one interpreter runs chains of them, a cell a thread. Delays have kernels of their own.

A chain is a program of a stack machine (``dfqgp.backends.instructions``). The stack is four numbers in registers, the
top in ``a``: an index into it would put it into memory. All threads of a launch's block run the same program, so that
its branches never diverge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends.chain_code import NUMBER
from dfqgp.backends.gpu.geometry import CELLS
from dfqgp.backends.gpu.kernels.arguments import finite, own_cell
from dfqgp.backends.gpu.kernels.compile import NAN, Kernel, cuda, form_functions, jitable, register_jitable, tuple_of
from dfqgp.backends.gpu.kernels.members import choice_of, member_of
from dfqgp.backends.instructions import FIRST, INPUT, LAST, OPCODE, OUT, PUSH, SLOT, STACK, WARMUP, WINDOW
from dfqgp.backends.symbols import digest
from dfqgp.ops import Elementwise, Lagged
from dfqgp.ops.forms import form_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.backends.tuples import Function
    from dfqgp.ops import Operator


@register_jitable
def literal_of(i, code, row):
    return code[row, NUMBER + 1 + i]


def chain_kernel(operators: Sequence[Operator]) -> Kernel:
    """Return the interpreter of element-wise operators; the opcode of each is its place among them."""
    assert STACK == 4, "the kernel keeps the stack in four registers"  # noqa: S101 -- of this file, not of its callers
    steps, texts = zip(*map(_step, operators), strict=True)
    apply = choice_of(steps, f"chain_{digest(*texts)}")

    def kernel(cells, table, code, first, columns):
        cell = cuda.blockIdx.x * CELLS + cuda.threadIdx.x
        task = first + cuda.blockIdx.y
        if cell < cells.shape[1]:
            a = b = c = d = NAN
            begin, end = int(table[task, FIRST]), int(table[task, LAST])
            if cell < int(table[task, WARMUP]) * columns:
                end = begin
            for row in range(begin, end):
                opcode = int(code[row, OPCODE])
                if opcode == PUSH:
                    slot = int(code[row, SLOT])
                    value = cells[slot, cell] if slot >= 0 else np.float32(code[row, NUMBER])
                    a, b, c, d = value, a, b, c
                else:
                    a, b, c, d = apply(opcode, a, b, c, d, code, row)
            cells[int(table[task, OUT]), cell] = a

    return Kernel(kernel, "chain", *texts)


def _step(op: Operator) -> tuple[Function, str]:
    """Return the function that takes an operator's inputs from the stack and puts its value there, and its text."""
    text, cell, literals = form_functions(op), form_of(op, Elementwise).cell, tuple_of(len(op.literals), literal_of)

    def one(a, b, c, d, code, row):
        return finite(cell(a, *literals(code, row))), b, c, d

    def two(a, b, c, d, code, row):
        return finite(cell(b, a, *literals(code, row))), c, d, d

    def three(a, b, c, d, code, row):
        return finite(cell(c, b, a, *literals(code, row))), d, d, d

    def four(a, b, c, d, code, row):
        return finite(cell(d, c, b, a, *literals(code, row))), d, d, d

    step = (one, two, three, four)[len(op.panels) - 1]
    return jitable(step, f"{op.name}_{digest(op.source)}_step"), text


def lagged_kernel(family: Sequence[Operator]) -> Kernel:
    """Return ``out[t] = cell(x[t], x[t-d])``, NaN before row d and where that is not finite."""
    texts = [form_functions(op) for op in family]
    cells = choice_of([form_of(op, Lagged).cell for op in family], f"{family[0].name}_{digest(*texts)}_cells")

    def kernel(slab, table, first, literal):
        task, t, j = own_cell(first)
        if j < slab.shape[2] and t < slab.shape[1]:
            value = NAN
            if t >= int(table[task, WARMUP]):
                x, d = int(table[task, INPUT]), int(table[task, WINDOW]) - 1
                value = finite(cells(member_of(table, task, literal), slab[x, t, j], slab[x, t - d, j]))
            slab[int(table[task, OUT]), t, j] = value

    return Kernel(kernel, family[0].name, *texts)
