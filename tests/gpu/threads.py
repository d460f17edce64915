"""The threads of a block as greenlets: one runs at a time, from barrier to barrier, in an order that a test chooses.

A greenlet runs threads one after the other as plain calls. One that comes to a barrier keeps the greenlet, and the
next thread gets a new one. So a kernel without barriers costs one greenlet a block.
"""

from __future__ import annotations

import random
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from gpu.kernel_cuda import KernelCuda
from greenlet import greenlet
from numba.cuda.simulator.kernelapi import Dim3

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_Waiting = tuple[Dim3, greenlet, tuple]
"""A thread at a barrier: its index, the greenlet that it keeps, and where it waits."""


class DivergentBarrierError(AssertionError):
    """Threads of one block wait at different barriers, or some have ended while others wait."""


def forward(items: list) -> list:
    """Return them as they are."""
    return items


def backward(items: list) -> list:
    """Return the last one first."""
    return items[::-1]


def shuffled(seed: int) -> Callable[[list], list]:
    """Return an order that is another one at each barrier, the same in each run."""
    dice = random.Random(seed)  # noqa: S311 -- nothing secret
    return lambda items: dice.sample(items, len(items))


class _Chosen:
    order = staticmethod(forward)


@contextmanager
def ordered(order: Callable[[list], list]) -> Iterator[None]:
    """Run blocks, and threads between barriers, in an order."""
    before, _Chosen.order = _Chosen.order, staticmethod(order)
    try:
        yield
    finally:
        _Chosen.order = before


class Block:
    """Runs a kernel, block by block.

    Parameters
    ----------
    cuda : KernelCuda
        What ``cuda`` means in it.
    function : callable
        The kernel.
    arguments : tuple
        As kernels take them.
    """

    def __init__(self, cuda: KernelCuda, function: Callable[..., None], arguments: tuple) -> None:
        self._cuda, self._function, self._arguments = cuda, function, arguments
        self._threads = points(cuda.blockDim)
        self._name = function.__name__

    def run(self, index: Dim3) -> None:
        """Run one block."""
        self._cuda.begin_block(index)
        waiting: list[_Waiting] = []
        try:
            self._start(waiting)
            while waiting:
                self._require_one_barrier(waiting)
                waiting = self._go_on(_Chosen.order(waiting))
        finally:
            for _, worker, _ in waiting:
                if not worker.dead:
                    worker.throw()

    def _start(self, waiting: list[_Waiting]) -> None:
        """Run every thread to its first barrier or its end; add those that wait."""
        pending = iter(_Chosen.order(self._threads))
        while True:
            worker = greenlet(self._run_threads)
            site = worker.switch(pending)
            if worker.dead:
                return
            waiting.append((self._running, worker, site))

    def _go_on(self, waiting: list[_Waiting]) -> list[_Waiting]:
        """Run threads that waited to their next barrier or their end; return those that wait again."""
        self._cuda.pass_barrier()
        again = []
        for thread, worker, _ in waiting:
            self._cuda.threadIdx = thread
            site = worker.switch()
            if not worker.dead:
                again.append((thread, worker, site))
        return again

    def _run_threads(self, pending) -> None:
        """Run threads until one that has waited ends."""
        with np.errstate(all="ignore"):  # a card says nothing either; each greenlet has settings of its own
            for thread in pending:
                self._running = self._cuda.threadIdx = thread
                try:
                    self._function(*self._arguments)
                except Exception as error:
                    where = f"thread {thread} of block {self._cuda.blockIdx}"
                    error.add_note(f"in kernel {self._name}, {where}")
                    raise

    def _require_one_barrier(self, waiting) -> None:
        first, ended = waiting[0][2], len(self._threads) - len(waiting)
        if not ended and all(site == first for _, _, site in waiting):
            return
        sites = Counter(site for _, _, site in waiting)
        parts = [f"{count} wait at {_text(site)}" for site, count in sites.items()]
        parts += [f"{ended} have ended"] * bool(ended)
        raise DivergentBarrierError(
            f"kernel {self._name}, block {self._cuda.blockIdx}: of {len(self._threads)} threads "
            f"{'; '.join(parts)}. Every thread of a block has to reach each barrier"
        )


def points(extent: Dim3) -> list[Dim3]:
    """Return all indices below an extent, x fastest."""
    return [Dim3(x, y, z) for z in range(extent.z) for y in range(extent.y) for x in range(extent.x)]


def run_grid(cuda: KernelCuda, function: Callable[..., None], arguments: tuple) -> None:
    """Run all blocks of a grid."""
    block = Block(cuda, function, arguments)
    for index in _Chosen.order(points(cuda.gridDim)):
        block.run(index)


def _text(site: tuple) -> str:
    """Return the lines of a barrier and of the calls that lead to it."""
    lines = []
    for code, last in site:
        line = next(line for start, stop, line in code.co_lines() if start <= last < stop)
        if code is not KernelCuda.syncthreads_count.__code__:
            lines.append(f"{code.co_filename}:{line} ({code.co_name})")
    return ", called from ".join(lines)
