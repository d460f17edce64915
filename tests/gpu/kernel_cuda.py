"""What ``cuda`` means inside a kernel that the harness runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from gpu.kernel_arrays import Local, Shared

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType
from numba.cuda.simulator.kernelapi import Dim3, FakeCUDAAtomic, FakeCUDAConst, FakeCUDAModule


class KernelCuda(FakeCUDAModule):
    """What ``cuda`` means inside a kernel.

    Parameters
    ----------
    grid, block : tuple of int
        Extents, three of each.
    dynamic : int
        Bytes of dynamic shared memory.
    """

    wait: Callable[[tuple], None]
    """Lets the thread that calls it wait at a site; whoever runs blocks sets it."""

    # Plain attributes in place of properties that ask which operating-system thread is running.
    threadIdx = blockIdx = shared = local = atomic = const = None  # noqa: N815 -- CUDA's names

    def __init__(self, grid: tuple[int, ...], block: tuple[int, ...], dynamic: int) -> None:
        self.gridDim, self.blockDim = Dim3(*grid), Dim3(*block)
        self.atomic, self.const, self.local = FakeCUDAAtomic(), FakeCUDAConst(), Local()
        self._dynamic = dynamic

    def begin_block(self, index: Dim3) -> None:
        """Start a block: nothing stands in its shared memory."""
        self.blockIdx, self.shared = index, Shared(self._dynamic)
        self.pass_barrier()

    def pass_barrier(self) -> None:
        """Forget the votes of the barrier before."""
        self._votes = []

    @property
    def laneid(self):
        """Place of the thread in its warp."""
        index, extent = self.threadIdx, self.blockDim
        return (index.x + extent.x * (index.y + extent.y * index.z)) % self.warpsize

    def syncthreads(self):
        """Wait until every thread of the block waits here."""
        self.wait(_site(sys._getframe(1)))

    def syncthreads_count(self, value):
        """Return for how many threads the value is true."""
        return self._vote(value, _site(sys._getframe(1)))

    def syncthreads_and(self, value):
        """Return 1 if the value is true for all threads."""
        return int(self._vote(not value, _site(sys._getframe(1))) == 0)

    def syncthreads_or(self, value):
        """Return 1 if the value is true for any thread."""
        return int(self._vote(value, _site(sys._getframe(1))) > 0)

    def _vote(self, value, site):
        votes = self._votes
        votes.append(bool(value))
        self.wait(site)
        return sum(votes)


def _site(frame: FrameType) -> tuple[CodeType, int, CodeType, int]:
    """Return where a barrier is, and where the function that holds it was called: helpers are called from many places.

    Whole stacks took as long as all switches between threads.
    """
    caller = frame.f_back
    return frame.f_code, frame.f_lasti, caller.f_code, caller.f_lasti
