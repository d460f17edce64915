"""The threads of a block as greenlets: one runs at a time, from barrier to barrier, in an order that a test chooses.

A greenlet runs threads one after the other as plain calls. One that comes to a barrier keeps the greenlet, and the
next thread gets a new one. So a kernel without barriers costs one greenlet a block. At later barriers each thread
switches to the next one, and the last to the hub, which looks whether all wait at the same place.
"""

from __future__ import annotations

import random
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from greenlet import getcurrent, greenlet
from numba.cuda.simulator.kernelapi import Dim3

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import CodeType

    from gpu.kernel_cuda import KernelCuda


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
        self._hub = getcurrent()
        self._waiting: list[_Waiting] = []
        self._next: list[_Waiting] = []

    def run(self, index: Dim3) -> None:
        """Run one block."""
        self._cuda.begin_block(index)
        try:
            self._run_to_first_barrier()
            while self._waiting:
                self._require_one_barrier()
                self._cuda.pass_barrier()
                self._next, self._waiting = _Chosen.order(self._waiting)[::-1], []
                while self._next:  # also when a thread has ended: then the hub goes on
                    self._resume()
        finally:
            for _, worker, _ in self._waiting + self._next:
                worker.throw()

    def _run_to_first_barrier(self) -> None:
        """Run every thread to its first barrier or its end."""
        pending = iter(_Chosen.order(self._threads))
        worker = None
        while worker is None or not worker.dead:
            worker = greenlet(self._run_threads)
            worker.switch(pending)

    def _resume(self) -> None:
        """Let the next thread go on."""
        self._cuda.threadIdx, worker, _ = self._next.pop()
        worker.switch()

    def wait(self, site: tuple) -> None:
        """Let the thread that calls it wait: the next one goes on, without the hub's help."""
        self._waiting.append((self._cuda.threadIdx, getcurrent(), site))
        if self._next:
            self._resume()
        else:
            self._hub.switch()

    def _run_threads(self, pending: Iterator[Dim3]) -> None:
        """Run threads until one that has waited ends."""
        with np.errstate(all="ignore"):  # a card says nothing either; each greenlet has settings of its own
            for thread in pending:
                self._cuda.threadIdx = thread
                try:
                    self._function(*self._arguments)
                except Exception as error:
                    error.add_note(f"in kernel {self._name}, thread {thread} of block {self._cuda.blockIdx}")
                    raise

    def _require_one_barrier(self) -> None:
        first, ended = self._waiting[0][2], len(self._threads) - len(self._waiting)
        if not ended and all(site == first for _, _, site in self._waiting):
            return
        sites = Counter(site for _, _, site in self._waiting)
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
    cuda.wait = block.wait
    try:
        for index in _Chosen.order(points(cuda.gridDim)):
            block.run(index)
    finally:
        del cuda.wait  # a cycle would keep the arguments' memory, and so the device's, until Python looks for cycles


def _text(site: tuple) -> str:
    """Return the lines of a barrier and of the call that leads to it."""
    code, last, caller, caller_last = site
    text = _line(code, last)
    return text if caller is Block._run_threads.__code__ else f"{text}, called from {_line(caller, caller_last)}"


def _line(code: CodeType, last: int) -> str:
    line = next(line for start, stop, line in code.co_lines() if start <= last < stop)
    return f"{code.co_filename}:{line} ({code.co_name})"
