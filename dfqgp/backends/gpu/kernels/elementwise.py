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
from dfqgp.backends.gpu.kernels.compile import NAN, Kernel, cuda, form_functions, jitable, register_jitable, tuple_of
from dfqgp.backends.instructions import FIRST, INPUT, LAST, OPCODE, OUT, PUSH, SLOT, STACK, WARMUP, WINDOW
from dfqgp.backends.symbols import digest
from dfqgp.ops import Elementwise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.backends.tuples import Function
    from dfqgp.ops import Lagged, Operator


@register_jitable
def literal_of(i, code, row):
    return code[row, NUMBER + 1 + i]


@register_jitable
def finite(value):
    v = np.float32(value)
    return v if abs(v) < np.inf else NAN


def chain_kernel(operators: Sequence[Operator]) -> Kernel:
    """Return the interpreter of element-wise operators; the opcode of each is its place among them."""
    assert STACK == 4, "the kernel keeps the stack in four registers"  # noqa: S101 -- of this file, not of its callers
    texts, apply = [], _unknown
    for opcode, op in enumerate(operators):
        step, text = _step(op)
        texts.append(text)
        apply = jitable(_choose(opcode, step, apply), f"chain_{digest(*texts)}_{opcode}")

    def kernel(cells, table, code, first):
        cell = cuda.blockIdx.x * CELLS + cuda.threadIdx.x
        task = first + cuda.blockIdx.y
        if cell < cells.shape[1]:
            a = b = c = d = np.float32(0.0)
            for row in range(int(table[task, FIRST]), int(table[task, LAST])):
                opcode = int(code[row, OPCODE])
                if opcode == PUSH:
                    slot = int(code[row, SLOT])
                    value = cells[slot, cell] if slot >= 0 else np.float32(code[row, NUMBER])
                    a, b, c, d = value, a, b, c
                else:
                    a, b, c, d = apply(opcode, a, b, c, d, code, row)
            cells[int(table[task, OUT]), cell] = a

    return Kernel(kernel, "chain", *texts)


@register_jitable
def _unknown(opcode, a, b, c, d, code, row):
    """No operator of that number: programs come from a plan, which holds none."""
    return NAN, b, c, d


def _choose(opcode: int, this: Function, rest: Function) -> Function:
    def apply(wanted, a, b, c, d, code, row):
        if wanted == opcode:
            return this(a, b, c, d, code, row)
        return rest(wanted, a, b, c, d, code, row)

    return apply


def _step(op: Operator) -> tuple[Function, str]:
    """Return the function that takes an operator's inputs from the stack and puts its value there, and its text."""
    form = op.form
    if not isinstance(form, Elementwise):
        raise TypeError(f"chains hold element-wise operators, and {op.name} is not one")
    text, cell, literals = form_functions(form), form.cell, tuple_of(len(op.literals), literal_of)

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


def lagged_kernel(form: Lagged, op: Operator) -> Kernel:
    """Return ``out[t] = cell(x[t], x[t-d])``, NaN before row d and where that is not finite."""
    text, cell = form_functions(form), form.cell

    def kernel(slab, table, first, literal):
        j = cuda.blockIdx.x * cuda.blockDim.x + cuda.threadIdx.x
        t = cuda.blockIdx.y * cuda.blockDim.y + cuda.threadIdx.y
        task = first + cuda.blockIdx.z
        if j < slab.shape[2] and t < slab.shape[1]:
            value = NAN
            if t >= int(table[task, WARMUP]):
                x, d = int(table[task, INPUT]), int(table[task, WINDOW]) - 1
                value = finite(cell(slab[x, t, j], slab[x, t - d, j]))
            slab[int(table[task, OUT]), t, j] = value

    return Kernel(kernel, op.name, text)
