"""Arrays as kernels see them: an index that leaves the array is an error, and so is a read of what nobody wrote."""

from __future__ import annotations

import math
import sys
from functools import cache

import numpy as np
from numba.cuda import types
from numba.cuda.np.numpy_support import as_dtype

POISON = np.uint16(0xFFFD)
"""What fills fresh memory, 16 bits at a time: NaN in every float type, negative in every signed one."""

SHARED_BYTES = 48 << 10
"""Shared memory that a block has without asking for more, which numba-cuda never does."""


class OutOfBoundsError(IndexError):
    """An index outside its array. A card would read other memory; NumPy would count a negative one from the end."""


class UnwrittenError(AssertionError):
    """A read of shared or local memory that nothing was written to."""


def poisoned(shape: int | tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Return an array full of poison."""
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    count = math.prod(shape)
    words = np.full(count * dtype.itemsize // 8 * 4 + 4, POISON)
    return words.view(np.uint8)[: count * dtype.itemsize].view(dtype).reshape(shape)


class KernelArray:
    """An array in device memory, inside a kernel.

    Parameters
    ----------
    array : ndarray
        Its memory.
    name : str
        What messages call it.
    """

    __slots__ = ("_array", "_name", "dtype", "ndim", "shape", "size")

    def __init__(self, array: np.ndarray, name: str) -> None:
        self._array, self._name = array, name
        self.dtype, self.ndim, self.shape, self.size = array.dtype, array.ndim, array.shape, array.size

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, index):
        try:  # the one way that nearly all reads take: whole numbers, none of them negative
            if (min(index) if type(index) is tuple else index) < 0:
                self._refuse(index)
            value = self._array[index]
        except (IndexError, TypeError):
            value = self._array[self._checked(index)]
        return type(self)(value, self._name) if type(value) is np.ndarray else value

    def __setitem__(self, index, value):
        try:
            if (min(index) if type(index) is tuple else index) < 0:
                self._refuse(index)
            self._array[index] = value
        except (IndexError, TypeError):
            self._array[self._checked(index)] = value

    def view(self, dtype):
        """Return the same memory as another type."""
        return type(self)(self._array.view(as_dtype(dtype) if isinstance(dtype, types.Type) else dtype), self._name)

    def reshape(self, *shape):
        """Return the same memory in another shape."""
        return type(self)(self._array.reshape(*shape), self._name)

    def _checked(self, index):
        """Return an index with slices in it; raise if it is not inside."""
        parts = index if type(index) is tuple else (index,)
        if len(parts) > self.ndim:
            self._refuse(index)
        for part, extent in zip(parts, self.shape, strict=False):
            if not isinstance(part, slice) and not (isinstance(part, int | np.integer) and 0 <= part < extent):
                self._refuse(index)
        return index

    def _refuse(self, index):
        parts = index if type(index) is tuple else (index,)
        text = ", ".join(str(part) if isinstance(part, int | np.integer) else repr(part) for part in parts)
        raise OutOfBoundsError(f"{self._name}[{text}] is outside its shape {self.shape}")


class FreshFloats(KernelArray):
    """Floats in shared or local memory: a read of one that nobody wrote is an error."""

    __slots__ = ()

    def __getitem__(self, index):
        try:  # as above, and not by a call of it: half of the time that most kernels take is spent here
            if (min(index) if type(index) is tuple else index) < 0:
                self._refuse(index)
            value = self._array[index]
        except (IndexError, TypeError):
            value = self._array[self._checked(index)]
        if type(value) is np.ndarray:
            return FreshFloats(value, self._name)
        if value != value and value.tobytes() == POISON.tobytes() * (value.itemsize // 2):
            _refuse_unwritten(self._name, index)
        return value


class FreshNumbers(KernelArray):
    """Whole numbers in shared or local memory; of two bytes or less, any may have been written."""

    __slots__ = ()

    def __getitem__(self, index):
        value = KernelArray.__getitem__(self, index)
        if isinstance(value, np.integer) and value.itemsize > 2 and value == _poison(value.dtype):
            _refuse_unwritten(self._name, index)
        return value


def fresh(array: np.ndarray, name: str) -> KernelArray:
    """Return poisoned memory as kernels see it."""
    return (FreshFloats if array.dtype.kind == "f" else FreshNumbers)(array, name)


def _refuse_unwritten(name, index):
    raise UnwrittenError(f"{name}[{index}] is read, and nothing was written to it")


@cache
def _poison(dtype: np.dtype) -> np.generic:
    """Return poison as a number."""
    return poisoned(1, dtype)[0]


class Shared:
    """``cuda.shared`` of one block: an array is known by the place in the code that makes it.

    Parameters
    ----------
    dynamic : int
        Bytes that the launch gave.
    """

    def __init__(self, dynamic: int) -> None:
        self._dynamic = dynamic
        self._words = poisoned(-(-dynamic // 8) * 8, np.dtype(np.uint8))
        self._arrays: dict[tuple[object, ...], KernelArray] = {}
        self._used = dynamic

    def array(self, shape, dtype):
        """Return the block's array of this place, or dynamic memory if the shape is 0."""
        frame = sys._getframe(1)
        key = id(frame.f_code), frame.f_lasti, shape, dtype
        found = self._arrays.get(key)
        if found is None:
            found = self._arrays[key] = self._make(shape, _numpy_type(dtype), f"shared array of {place_of(frame)}")
        return found

    def _make(self, shape, dtype, name):
        if shape == 0:
            count = self._dynamic // dtype.itemsize
            return fresh(self._words[: count * dtype.itemsize].view(dtype), name)
        array = poisoned(shape, dtype)
        self._used += array.nbytes
        if self._used > SHARED_BYTES:
            raise MemoryError(f"{name}: with it the block has {self._used} bytes, at most {SHARED_BYTES} fit")
        return fresh(array, name)


class Local:
    """``cuda.local``: a new array for each thread that comes by."""

    def array(self, shape, dtype):
        """Return an array of this thread."""
        return fresh(poisoned(shape, _numpy_type(dtype)), f"local array of {place_of(sys._getframe(1))}")


def _numpy_type(dtype) -> np.dtype:
    return as_dtype(dtype) if isinstance(dtype, types.Type) else np.dtype(dtype)


def place_of(frame) -> str:
    """Return file, line and function of a frame."""
    return f"{frame.f_code.co_filename}:{frame.f_lineno} ({frame.f_code.co_name})"
