"""Loops of element-wise operators and of delays."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numba.extending import register_jitable

from dfqgp.backends.cpu.compile import LITERAL, OUT, WARMUP, A, B, compile_kernel
from dfqgp.backends.scalars.element import BINARY, SHIFT, UNARY

if TYPE_CHECKING:
    from collections.abc import Callable


BLOCK = 4096  # cells a pass: two inputs and the output stay in L1


@register_jitable
def operand(flat, slot, number, filled, lo, hi):
    """Return cells lo to hi of a slot, or as many of a number."""
    if slot >= 0:
        return flat[slot, lo:hi]
    filled[: hi - lo] = number
    return filled[: hi - lo]


def unary_kernel(name: str, scalar: Callable[..., Any]) -> Callable[..., None]:
    """Compile ``out = scalar(x)``, NaN where that is not finite."""

    def kernel(slab, tasks, constants, universe, groups, origin, parts, first, last):
        flat = slab.reshape(slab.shape[0], slab.shape[1] * slab.shape[2])
        filled = np.empty(BLOCK, dtype=np.float32)
        for piece in range(first, last):
            task, part = piece // parts, piece % parts
            for lo in range(flat.shape[1] * part // parts, flat.shape[1] * (part + 1) // parts, BLOCK):
                hi = min(lo + BLOCK, flat.shape[1] * (part + 1) // parts)
                x = operand(flat, tasks[task, A], constants[task, 0], filled, lo, hi)
                out = flat[tasks[task, OUT], lo:hi]
                for j in range(out.shape[0]):
                    value = np.float32(scalar(x[j]))
                    out[j] = value if abs(value) < np.inf else np.nan

    return compile_kernel(kernel, name, scalar)


def binary_kernel(name: str, scalar: Callable[..., Any]) -> Callable[..., None]:
    """Compile ``out = scalar(x, y)``, NaN where that is not finite."""

    def kernel(slab, tasks, constants, universe, groups, origin, parts, first, last):
        flat = slab.reshape(slab.shape[0], slab.shape[1] * slab.shape[2])
        fill_x, fill_y = np.empty(BLOCK, dtype=np.float32), np.empty(BLOCK, dtype=np.float32)
        for piece in range(first, last):
            task, part = piece // parts, piece % parts
            for lo in range(flat.shape[1] * part // parts, flat.shape[1] * (part + 1) // parts, BLOCK):
                hi = min(lo + BLOCK, flat.shape[1] * (part + 1) // parts)
                x = operand(flat, tasks[task, A], constants[task, 0], fill_x, lo, hi)
                y = operand(flat, tasks[task, B], constants[task, 1], fill_y, lo, hi)
                out = flat[tasks[task, OUT], lo:hi]
                for j in range(out.shape[0]):
                    value = np.float32(scalar(x[j], y[j]))
                    out[j] = value if abs(value) < np.inf else np.nan

    return compile_kernel(kernel, name, scalar)


def shift_kernel(name: str, scalar: Callable[..., Any]) -> Callable[..., None]:
    """Compile ``out[t] = scalar(x[t], x[t-d])``, NaN before row d and where that is not finite."""

    def kernel(slab, tasks, constants, universe, groups, origin, parts, first, last):
        rows = slab.shape[1]
        for piece in range(first, last):
            task, part = piece // parts, piece % parts
            x, out, d = slab[tasks[task, A]], slab[tasks[task, OUT]], tasks[task, LITERAL]
            for t in range(rows * part // parts, rows * (part + 1) // parts):
                if t < max(d, tasks[task, WARMUP]):
                    out[t] = np.nan
                    continue
                now, before, value_row = x[t], x[t - d], out[t]
                for j in range(value_row.shape[0]):
                    value = np.float32(scalar(now[j], before[j]))
                    value_row[j] = value if abs(value) < np.inf else np.nan

    return compile_kernel(kernel, name, scalar)


@cache
def element_kernels() -> dict[str, Callable[..., None]]:
    """Return the kernel of every element-wise operator and delay, compiled at its first launch."""
    return {
        **{name: unary_kernel(name, scalar) for name, scalar in UNARY.items()},
        **{name: binary_kernel(name, scalar) for name, scalar in BINARY.items()},
        **{name: shift_kernel(name, scalar) for name, scalar in SHIFT.items()},
    }
