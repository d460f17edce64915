"""A stand-in for CuPy on NumPy: ``xp`` admits what the installed CuPy has, and nothing that hides a copy or a wait.

1. Names, signatures and keywords are those of the installed package (``signatures.py``).
2. Host arrays are not mixed with device arrays; nothing is converted, iterated or indexed from the host
   (``device_array.py``, ``operations.py``).
3. Launches, copies and waits are counted (``stats.py``); in ``with stats.hot():`` only those announced may happen.
4. Copies are under way until somebody waits (``device_memory.py``, ``streams.py``).
5. Memory runs out at ``machine.total`` or at the pool's limit, by CuPy's own error.

What CuPy has and this has not raises AttributeError: add it here.
"""

from __future__ import annotations

from typing import Any

import cupy
import numpy as np
from gpu.cuda_calls import cuda
from gpu.device_array import computed, ndarray, on_device, unwrap
from gpu.device_memory import machine, pool
from gpu.kernel_arrays import poisoned
from gpu.operations import FUNCTIONS, function, ufunc
from gpu.signatures import StrictError, like, real
from gpu.stats import stats

__all__ = ["StrictError", "machine", "stats", "xp"]


class StrictCupy:
    """What the backend takes as its array module."""

    ndarray = ndarray
    cuda = cuda

    def __getattr__(self, name: str) -> Any:
        found = real(name)
        if isinstance(found, cupy.ufunc) and hasattr(np, name):
            return ufunc(name)
        if name in FUNCTIONS:
            return function(name)
        if found is getattr(np, name, None) or isinstance(found, float):
            return found  # types and constants
        raise AttributeError(f"the stand-in has no {name}, though CuPy has: add it in {__file__}")

    @staticmethod
    @like("empty")
    def empty(shape, dtype=float, order="C"):
        """Return an array full of poison."""
        values = poisoned(shape, np.dtype(dtype))
        return ndarray(values if order == "C" else np.array(values, order=order))

    @staticmethod
    @like("zeros")
    def zeros(shape, dtype=float, order="C"):
        """Return an array of zeros."""
        stats.launch("cupy.zeros")
        return ndarray(np.zeros(shape, dtype, order))

    @staticmethod
    @like("full")
    def full(shape, fill_value, dtype=None, order="C"):
        """Return an array of one number."""
        stats.launch("cupy.full")
        return ndarray(np.full(shape, unwrap("cupy.full", fill_value), dtype, order))

    @staticmethod
    @like("empty_like")
    def empty_like(prototype, dtype=None, order="K", subok=None, shape=None):
        """Return an array of the same shape and type, full of poison."""
        return xp.empty(prototype.shape if shape is None else shape, dtype or prototype.dtype)

    @staticmethod
    @like("zeros_like")
    def zeros_like(a, dtype=None, order="K", subok=None, shape=None):
        """Return zeros of the same shape and type."""
        return xp.zeros(a.shape if shape is None else shape, dtype or a.dtype)

    @staticmethod
    @like("arange")
    def arange(start, stop=None, step=1, dtype=None):
        """Return numbers one step apart."""
        stats.launch("cupy.arange")
        return ndarray(np.arange(*((start,) if stop is None else (start, stop, step)), dtype=dtype))

    @staticmethod
    @like("asarray")
    def asarray(a, dtype=None, order=None, *, copy=None, blocking=False):
        """Return an array of the device: the same one, or a copy of what is on the host."""
        if isinstance(a, ndarray):
            return a if dtype in {None, a.dtype} else a.astype(dtype)
        if on_device(a):
            raise StrictError("cupy.asarray of a list of device arrays: use stack or concatenate")
        values = np.array(a, dtype, order=order)
        stats.upload("cupy.asarray", values.nbytes)
        if blocking:
            stats.wait("cupy.asarray")
        return ndarray(values)

    @staticmethod
    @like("ascontiguousarray")
    def ascontiguousarray(a, dtype=None):
        """Return the same array, or a contiguous copy of it."""
        if not isinstance(a, ndarray):
            return xp.asarray(a, dtype)
        same = a.flags.c_contiguous and dtype in {None, a.dtype}
        return a if same else computed("ascontiguousarray", np.ascontiguousarray, (a,), {"dtype": dtype})

    @staticmethod
    @like("asnumpy")
    def asnumpy(a, stream=None, order="C", out=None, *, blocking=True):
        """Return a copy on the host."""
        return a.get(stream=stream, order=order, out=out, blocking=blocking)

    @staticmethod
    @like("broadcast_to")
    def broadcast_to(array, shape):
        """Return a view in which elements stand repeatedly."""
        return ndarray(np.broadcast_to(array._values, shape), array._memory)

    @staticmethod
    @like("get_default_memory_pool")
    def get_default_memory_pool():
        """Return what counts the bytes of the device."""
        return pool

    @staticmethod
    @like("get_default_pinned_memory_pool")
    def get_default_pinned_memory_pool():
        """Return what keeps page-locked memory."""
        return _PinnedMemoryPool()


class _PinnedMemoryPool:
    @like("cuda.PinnedMemoryPool.free_all_blocks")
    def free_all_blocks(self):
        """Keep nothing."""


xp = StrictCupy()
"""The stand-in, in place of ``import cupy as xp``."""
