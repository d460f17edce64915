"""One interpreter for element-wise operators: a chain is computed block by block, its stack in the core's own cache.

A chain is a program of a stack machine (``dfqgp.backends.instructions``). Its code is decoded once a block of cells,
and each operator is one loop over the block. An operator computes what its own loop (``elementwise.py``) would, to the
last bit: a value of the stack is a float32 that is finite or NaN, as a cell of a slot is.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numba.extending import register_jitable

from dfqgp.backends.chain_code import NUMBER
from dfqgp.backends.cpu.compile import chosen_of, compile_kernel, item_of, jitable, tuple_of
from dfqgp.backends.instructions import CONSTANT, FIRST, LAST, OPCODE, OUT, PUSH, SLOT, STACK, WARMUP
from dfqgp.backends.symbols import digest, symbol_of
from dfqgp.ops import Elementwise
from dfqgp.ops.forms import form_of
from dfqgp.ops.source import functions_of

if TYPE_CHECKING:
    from dfqgp.backends.cpu.compile import Function
    from dfqgp.ops import Operator

BLOCK = 2048
"""Cells at a time: the stack's rows take 40 KiB, and decoding a row of code costs little beside a loop over them."""


@register_jitable
def operand(place, refs, flat, stack, start, stop):
    """Return a value of the stack: cells of a slot where they stand, else the row that was written."""
    ref = refs[place]
    return flat[ref, start:stop] if ref >= 0 else stack[-1 - ref, : stop - start]


@cache
def interpreter_of(operators: tuple[Operator, ...]) -> Function:
    """Return the kernel that runs chains of these operators; code numbers them by their place here."""
    sources = [op.source for op in operators]
    apply = chosen_of([_step(op) for op in operators], f"chain_{digest(*sources)}")

    def kernel(slab, tasks, code, parts, first, last):
        flat = slab.reshape(slab.shape[0], slab.shape[1] * slab.shape[2])
        # One row more than the stack has: a loop that writes over what it reads would not vectorise.
        stack, rows = np.empty((STACK + 1, BLOCK), dtype=np.float32), np.arange(STACK + 1)
        refs = np.zeros(2 * STACK, dtype=np.int64)
        for piece in range(first, last):
            task, part = tasks[piece // parts], piece % parts
            lo, hi = flat.shape[1] * part // parts, flat.shape[1] * (part + 1) // parts
            blank = min(max(task[WARMUP] * slab.shape[2], lo), hi)
            out = flat[task[OUT]]
            out[lo:blank] = np.nan
            for start in range(blank, hi, BLOCK):
                stop, top = min(start + BLOCK, hi), 0
                for row in range(task[FIRST], task[LAST]):
                    opcode, slot = int(code[row, OPCODE]), int(code[row, SLOT])
                    if opcode == PUSH:
                        refs[top] = slot
                        if slot == CONSTANT:
                            refs[top] = -1 - rows[top]
                            stack[rows[top]] = code[row, NUMBER]
                        top += 1
                        continue
                    top -= slot  # how many values the operator takes; it reads no more of the four that it gets
                    a = operand(top, refs, flat, stack, start, stop)
                    b = operand(top + 1, refs, flat, stack, start, stop)
                    c = operand(top + 2, refs, flat, stack, start, stop)
                    d = operand(top + 3, refs, flat, stack, start, stop)
                    result = out[start:stop] if row == task[LAST] - 1 else stack[rows[STACK], : stop - start]
                    apply(opcode, a, b, c, d, code[row, NUMBER + 1 :], result)
                    rows[top], rows[STACK] = rows[STACK], rows[top]
                    refs[top] = -1 - rows[top]
                    top += 1

    return compile_kernel(kernel, "chain", *sources)


def _step(op: Operator) -> Function:
    """Return what applies an operator to as many of four rows as it takes."""
    for function in functions_of(op.form):
        jitable(function, symbol_of(function))
    cell, numbers = form_of(op, Elementwise).cell, tuple_of(len(op.literals), item_of)

    def one(a, b, c, d, literals, result):
        given = numbers(literals)
        for j in range(result.shape[0]):
            value = np.float32(cell(a[j], *given))
            result[j] = value if abs(value) < np.inf else np.nan

    def two(a, b, c, d, literals, result):
        given = numbers(literals)
        for j in range(result.shape[0]):
            value = np.float32(cell(a[j], b[j], *given))
            result[j] = value if abs(value) < np.inf else np.nan

    def three(a, b, c, d, literals, result):
        given = numbers(literals)
        for j in range(result.shape[0]):
            value = np.float32(cell(a[j], b[j], c[j], *given))
            result[j] = value if abs(value) < np.inf else np.nan

    def four(a, b, c, d, literals, result):
        given = numbers(literals)
        for j in range(result.shape[0]):
            value = np.float32(cell(a[j], b[j], c[j], d[j], *given))
            result[j] = value if abs(value) < np.inf else np.nan

    return jitable((one, two, three, four)[len(op.panels) - 1], f"{op.name}_{digest(op.source)}_step")
