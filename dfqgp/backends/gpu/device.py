"""The one module that talks to CuPy: memory of the device, copies up and down, and running out of it.

Copies go through page-locked host memory, since only those run behind the caller. Everything is enqueued on the default
stream, one after the other; ``Download.wait`` is the only place that waits for the device.
"""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dfqgp.errors import DeviceMemoryError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from numpy.typing import DTypeLike, NDArray

    Array = Any
    """An array of the device; CuPy has no types."""


class Device:
    """A CUDA device, as the array module sees it.

    Parameters
    ----------
    number : int
        Number of the device.
    xp : module
        CuPy, or what stands in for it.
    """

    def __init__(self, number: int, xp: ModuleType) -> None:
        self.number, self.xp = number, xp
        xp.cuda.Device(number).use()
        self._stream = xp.cuda.Stream.null
        self._staged: list[object] = []
        self._under_way: deque[Download] = deque()

    def free(self) -> int:
        """Return the bytes that may still be allocated: what CuPy keeps for reuse is given back before."""
        pool = self.xp.get_default_memory_pool()
        pool.free_all_blocks()
        free, limit = int(self.xp.cuda.runtime.memGetInfo()[0]), int(pool.get_limit())  # 0 is no limit
        return min(free, limit - int(pool.used_bytes())) if limit else free

    def processors(self) -> int:
        """Return the number of multiprocessors."""
        return int(self.xp.cuda.Device(self.number).attributes["MultiProcessorCount"])

    def empty(self, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
        """Allocate; raises DeviceMemoryError."""
        needed = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
        with self.out_of_memory(needed, what=f"{shape} {np.dtype(dtype)}"):
            return self.xp.empty(shape, dtype=dtype)

    def upload(self, host: NDArray[Any]) -> Array:
        """Allocate an array and enqueue the copy of a host array into it; raises DeviceMemoryError."""
        device = self.empty(host.shape, host.dtype)
        self.copy_up(host, device)
        return device

    def copy_up(self, host: NDArray[Any], device: Array) -> None:
        """Enqueue the copy of a host array into one of the device of the same shape and dtype.

        The host array may be changed as soon as this returns.
        """
        if not host.size:
            return
        staged = self._page_locked(host.shape, host.dtype)
        staged[...] = host
        device.set(staged, stream=self._stream)
        self._staged.append(staged)  # until the device has read it: see Download.wait

    def start_download(self, device: Array) -> Download:
        """Enqueue the copy of a device array to the host."""
        host = self._page_locked(device.shape, device.dtype)
        if host.size:
            device.get(stream=self._stream, out=host, blocking=False)
        done = self.xp.cuda.Event(disable_timing=True)
        done.record(self._stream)
        staged, self._staged = self._staged, []
        download = Download(host, done, staged, self._under_way)
        self._under_way.append(download)
        return download

    def download(self, device: Array) -> NDArray[Any]:
        """Copy a device array to the host and wait for it."""
        return self.start_download(device).wait()

    @contextmanager
    def out_of_memory(self, needed: int, what: str) -> Iterator[None]:
        """Turn CuPy's error into DeviceMemoryError."""
        try:
            yield
        except self.xp.cuda.memory.OutOfMemoryError:
            raise DeviceMemoryError(backend="gpu", needed=needed, what=what, free=self.free()) from None

    def _page_locked(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        count = int(np.prod(shape, dtype=np.int64))
        memory = self.xp.cuda.alloc_pinned_memory(max(count * np.dtype(dtype).itemsize, 1))
        return np.frombuffer(memory, dtype, count).reshape(shape)


@dataclass(frozen=True, eq=False)
class Download:
    """A copy to the host that runs behind the caller.

    Parameters
    ----------
    host : array
        Where it arrives.
    done : event
        Recorded behind the copy.
    staged : list
        Host memory of uploads that were enqueued before: they are done when the copy is.
    under_way : deque of Download
        All that nobody has waited for yet, in order: one that its caller dropped keeps its memory here, since the
        device may still write to it.
    """

    host: NDArray[Any]
    done: Any
    staged: list[object]
    under_way: deque[Download]

    def wait(self) -> NDArray[Any]:
        """Wait for the copy, and so for all that was enqueued before it."""
        self.done.synchronize()
        while self in self.under_way:
            self.under_way.popleft()
        return self.host
