"""What ``cuda`` means inside a kernel that the harness runs."""

from __future__ import annotations

import sys

from gpu.kernel_arrays import Local, Shared
from greenlet import getcurrent
from numba.cuda.simulator.kernelapi import Dim3, FakeCUDAAtomic, FakeCUDAConst, FakeCUDAModule

RUNNER = "_run_threads"
"""Name of the function that calls kernels: where the calls that lead to a barrier begin."""


class KernelCuda(FakeCUDAModule):
    """What ``cuda`` means inside a kernel.

    Parameters
    ----------
    grid, block : tuple of int
        Extents, three of each.
    dynamic : int
        Bytes of dynamic shared memory.
    """

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
        getcurrent().parent.switch(_stack(sys._getframe(1)))

    def syncthreads_count(self, value):
        """Return for how many threads the value is true."""
        votes = self._votes
        votes.append(bool(value))
        self.syncthreads()
        return sum(votes)

    def syncthreads_and(self, value):
        """Return 1 if the value is true for all threads."""
        return int(self.syncthreads_count(not value) == 0)

    def syncthreads_or(self, value):
        """Return 1 if the value is true for any thread."""
        return int(self.syncthreads_count(value) > 0)


def _stack(frame) -> tuple:
    """Return the calls that lead from the kernel to a barrier: its place in each function, innermost first."""
    calls = []
    while frame.f_code.co_name != RUNNER:
        calls.append((frame.f_code, frame.f_lasti))
        frame = frame.f_back
    return tuple(calls)
