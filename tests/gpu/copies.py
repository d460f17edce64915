"""Copies between host and device that are under way, and the page-locked memory that they need.

The device computes at once, but a copy to the host shows its values only when somebody has waited for it; until then
the host reads poison. A copy to the device remembers what it read: if that changed before anybody waited, a card could
have read the new values, and it is an error.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

import numpy as np
from gpu.kernel_arrays import POISON, poisoned
from gpu.signatures import like

if TYPE_CHECKING:
    from collections.abc import Callable

_UNIT = 512


class StaleError(AssertionError):
    """Page-locked memory was overwritten or freed while a copy was under way."""


class PinnedMemoryPointer(bytearray):
    """Page-locked memory, full of poison; more than was asked for, as CuPy gives it."""

    def __init__(self, nbytes: int) -> None:
        units = -(-nbytes // _UNIT)
        size = _UNIT << max(units - 1, 0).bit_length() if nbytes else 0
        super().__init__(POISON.tobytes() * (size // POISON.itemsize))

    def size(self) -> int:
        """Return its bytes."""
        return len(self)


@like("cuda.alloc_pinned_memory")
def alloc_pinned_memory(size):
    """Return page-locked memory."""
    return PinnedMemoryPointer(size)


def pinned(host: np.ndarray) -> PinnedMemoryPointer | None:
    """Return the page-locked memory that an array is in."""
    owner: object = host
    while isinstance(owner, np.ndarray | memoryview):
        owner = owner.base if isinstance(owner, np.ndarray) else owner.obj
    return owner if isinstance(owner, PinnedMemoryPointer) else None


class Copy:
    """A copy under way.

    Parameters
    ----------
    host : ndarray
        In page-locked memory.
    stream : int
        Number of the stream that it is on.
    finish : callable
        Called with the host array when the copy is done.
    """

    def __init__(self, host: np.ndarray, stream: int, finish: Callable[[np.ndarray], None]) -> None:
        self.stream, self._finish, self._done = stream, finish, False
        # The stand-in must not keep alive what the backend has to keep alive.
        self._memory = weakref.ref(pinned(host))
        self._layout = host.shape, host.dtype, host.ctypes.data - _address(pinned(host)), host.strides

    def finish(self) -> None:
        """Do what was left to do."""
        if self._done:
            return
        self._done = True
        memory = self._memory()
        if memory is None:
            raise StaleError(
                "page-locked memory was freed while a copy from or to it was under way: keep it until then"
            )
        shape, dtype, offset, strides = self._layout
        self._finish(np.ndarray(shape, dtype, memory, offset, strides))


def _address(memory: PinnedMemoryPointer) -> int:
    return np.frombuffer(memory, np.uint8).ctypes.data


_copies: list[Copy] = []


def start_download(values: np.ndarray, host: np.ndarray, stream: int) -> None:
    """Start a copy to the host; until it is waited for, the host has poison."""

    def arrive(target: np.ndarray) -> None:
        target[...] = values

    host[...] = poisoned(host.shape, host.dtype)
    _copies.append(Copy(host, stream, arrive))


def start_upload(host: np.ndarray, stream: int, name: str) -> None:
    """Start a copy from the host; what it reads has to stay until somebody waited."""
    before = host.tobytes()

    def require_unchanged(source: np.ndarray) -> None:
        if source.tobytes() != before:
            raise StaleError(f"{name}: page-locked memory was overwritten while it was copied to the device")

    _copies.append(Copy(host, stream, require_unchanged))


def under_way(stream: int) -> list[Copy]:
    """Return the copies that a stream has not finished."""
    return [copy for copy in _copies if copy.stream == stream]


def finish(copies: list[Copy]) -> None:
    """Finish copies; they are under way no longer."""
    _copies[:] = [copy for copy in _copies if copy not in copies]
    for copy in copies:
        copy.finish()


def finish_all() -> None:
    """Finish the copies of all streams."""
    finish(list(_copies))
