"""The CPU backend: Numba kernels shared out over threads."""

from __future__ import annotations

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends.base import Task, Workspace
from dfqgp.backends.cpu.compile import COLUMNS
from dfqgp.backends.cpu.fitness import score_rows
from dfqgp.backends.cpu.kernels import kernel_of
from dfqgp.backends.instructions import table
from dfqgp.backends.reference import ReferenceBackend, load_finite
from dfqgp.errors import KernelMissingError
from dfqgp.ops import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dfqgp.backends.daily import DailyScores, Target
    from dfqgp.ops import Operator
    from dfqgp.panel import FloatMatrix, Panel

_log = logging.getLogger(__name__)

_PIECES_PER_THREAD = 4  # evens out pieces of unequal cost
_LEAST_COLUMNS = 64  # under this a row's overhead outweighs its work


class CpuBackend:
    """Kernels that release the GIL, run by a pool of threads over independent pieces.

    Parameters
    ----------
    threads : int
        Number of threads, 0 for all cores. Results do not depend on it, to the last bit.
    strict : bool
        An operator without a kernel is an error; else its reference computes it, and the log says so.
    """

    name = "cpu"

    def __init__(self, threads: int = 0, *, strict: bool = True) -> None:
        self.strict = strict
        self.threads = threads or os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(max(self.threads - 1, 1), thread_name_prefix="dfqgp")

    def workspace(self, panel: Panel, slots: int) -> Workspace:
        """Allocate in host memory."""
        return Workspace.on_host(panel, slots)

    def load(self, workspace: Workspace, slot: int, matrix: FloatMatrix) -> None:
        """Copy a matrix into a slot, not-finite cells as NaN."""
        load_finite(workspace, slot, matrix)

    def launch(self, op: Operator, workspace: Workspace, tasks: Sequence[Task]) -> None:
        """Run an operator's kernel over tasks, cut into pieces for the threads."""
        kernel = kernel_of(op)
        if kernel is None:
            self._launch_reference(op, workspace, tasks)
            return
        parts = self._parts(kernel.axis, workspace, len(tasks))
        masks = (workspace.universe, workspace.groups, workspace.origin, parts)
        arguments = (workspace.slab, *table(op, tasks), *masks)
        self.share_out(lambda first, last: kernel.launch(*arguments, first, last), len(tasks) * parts)

    def share_out(self, work: Callable[[int, int], None], pieces: int) -> None:
        """Call ``work(first, last)`` over 0 .. pieces and wait; an error in any thread is raised here.

        The calling thread works too, and each takes the next chunk when it has done one: a thread of the pool that
        wakes up late has just done less. Tried: the pool alone, over fixed shares; after some idle milliseconds two
        threads were no faster than one.
        """
        chunks = min(pieces, self.threads * _PIECES_PER_THREAD)
        if self.threads == 1 or chunks <= 1:
            work(0, pieces)
            return
        bounds = np.linspace(0, pieces, chunks + 1).astype(np.int64).tolist()
        turns = count()  # next() of it is atomic

        def drain() -> None:
            for turn in turns:
                if turn >= chunks:
                    return
                work(bounds[turn], bounds[turn + 1])

        helpers = [self._pool.submit(drain) for _ in range(min(self.threads, chunks) - 1)]
        drain()
        for helper in helpers:
            if not helper.cancel():
                helper.result()

    def daily_scores(self, workspace: Workspace, slots: Sequence[int], target: Target) -> DailyScores:
        """Score slots with the fused kernel."""
        parts = max(1, min(-(-self.threads * _PIECES_PER_THREAD // max(len(slots), 1)), len(target.rows)))
        return score_rows(workspace.slab, list(slots), target, self.share_out, parts)

    def fetch(self, workspace: Workspace, slot: int) -> FloatMatrix:
        """Return a copy of a slot."""
        return np.array(workspace.slab[slot])

    def _launch_reference(self, op: Operator, workspace: Workspace, tasks: Sequence[Task]) -> None:
        if self.strict:
            raise KernelMissingError(backend=self.name, operator=op.name, known=", ".join(sorted(kernel_names())))
        _log.warning("backend cpu has no kernel for %s: computed by the reference, slowly", op.name)
        ReferenceBackend().launch(op, workspace, tasks)

    def _parts(self, axis: int, workspace: Workspace, tasks: int) -> int:
        wanted = -(-self.threads * _PIECES_PER_THREAD // tasks)
        _, rows, columns = workspace.slab.shape
        most: int = columns // _LEAST_COLUMNS if axis == COLUMNS else rows
        return max(1, min(wanted, most))


def kernel_names() -> frozenset[str]:
    """Return the names of the operators that have a kernel here."""
    return frozenset(name for name, op in OPERATORS.items() if op.form is not None)
