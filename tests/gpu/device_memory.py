"""Memory of the pretended device, and how much of it there is."""

from __future__ import annotations

import weakref
from dataclasses import dataclass

from gpu.signatures import like, real

_UNIT = 512


@dataclass
class Machine:
    """What is pretended to be there; tests change it.

    Attributes
    ----------
    devices : int
        Number of devices; without any, CuPy's calls raise as they do there.
    total : int
        Bytes of a device. All of it may be filled, so it is small.
    processors : int
        Multiprocessors of a device: few, so that blocks of small panels too have several items each.
    driver, runtime : int
        Versions, as CUDA writes them.
    compute_capability : str
        Of each device.
    """

    devices: int = 1
    total: int = 256 << 20
    processors: int = 4
    driver: int = 12090
    runtime: int = 12090
    compute_capability: str = "90"


machine = Machine()


class MemoryPool:
    """Counts the bytes of the device: those in use, and those that were and are kept for reuse."""

    def __init__(self) -> None:
        self._used = self._kept = self._limit = 0

    def take(self, nbytes: int) -> int:
        """Take memory, return how much; raises CuPy's OutOfMemoryError."""
        size = -(-nbytes // _UNIT) * _UNIT
        if self._used + size > min(self._limit or machine.total, machine.total):
            raise real("cuda.memory.OutOfMemoryError")(size, self._used, self._limit)
        self._used += size
        self._kept = max(self._kept, self._used)
        return size

    def give_back(self, size: int) -> None:
        """Return memory to the pool."""
        self._used -= size

    @like("cuda.MemoryPool.used_bytes")
    def used_bytes(self):
        """Return the bytes in use."""
        return self._used

    @like("cuda.MemoryPool.total_bytes")
    def total_bytes(self):
        """Return the bytes in use or kept."""
        return self._kept

    @like("cuda.MemoryPool.free_bytes")
    def free_bytes(self):
        """Return the bytes that are kept and not in use."""
        return self._kept - self._used

    @like("cuda.MemoryPool.free_all_blocks")
    def free_all_blocks(self, stream=None):
        """Keep nothing that is not in use."""
        self._kept = self._used

    @like("cuda.MemoryPool.set_limit")
    def set_limit(self, size=None, fraction=None):
        """Set how many bytes may be in use; 0 or None for all there are."""
        self._limit = size or int((fraction or 0) * machine.total)

    @like("cuda.MemoryPool.get_limit")
    def get_limit(self):
        """Return how many bytes may be in use, 0 for all there are."""
        return self._limit


pool = MemoryPool()


class Memory:
    """A piece of device memory; it goes back to the pool with the last array on it."""

    def __init__(self, nbytes: int) -> None:
        self.size = pool.take(nbytes)
        weakref.finalize(self, pool.give_back, self.size).atexit = False
