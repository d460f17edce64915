"""The CPU backend: Numba kernels over one slab, shared out over threads."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from dfqgp.backends.chain_code import can_be_chained, chain_code
from dfqgp.backends.cpu.chains import BLOCK, interpreter_of
from dfqgp.backends.cpu.compile import COLUMNS
from dfqgp.backends.cpu.correlation import correlations, largest_correlations
from dfqgp.backends.cpu.kernels import kernel_of
from dfqgp.backends.cpu.scoring import Days, score_rows
from dfqgp.backends.cpu.threads import Threads
from dfqgp.backends.host import HostSession
from dfqgp.backends.memory import Room
from dfqgp.errors import KernelMissingError
from dfqgp.ops import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from dfqgp.backends.instructions import Plan
    from dfqgp.backends.scoring import DailyScores, Ranks, Target
    from dfqgp.ops import Operator
    from dfqgp.panel import Panel

_log = logging.getLogger(__name__)

_MANY = 8
"""Element-wise operators from which on one interpreter of all is compiled, instead of a loop for each that is used.

An interpreter for just those of a session would be compiled anew for every other set of formulas."""

_LEAST_COLUMNS = 64  # under this a row's overhead outweighs its work


class CpuBackend:
    """Kernels that release the GIL, run by a pool of threads over independent pieces.

    Parameters
    ----------
    threads : int
        Number of threads, 0 for all cores. Results do not depend on it, to the last bit.
    strict : bool
        An operator without a kernel is an error; else its definition computes it, and the log says so once.
    """

    name = "cpu"

    def __init__(self, threads: int = 0, *, strict: bool = True) -> None:
        self.strict = strict
        self.threads = Threads(threads)

    def open(
        self,
        panel: Panel,
        *,
        targets: Sequence[Target] = (),
        operators: Iterable[Operator] | None = None,
        room: Room = Room(),  # noqa: B008 -- it never changes
    ) -> CpuSession:
        """Open a session in host memory; raises KernelMissingError, unless ``strict`` is off."""
        used = tuple(OPERATORS.values() if operators is None else operators)
        missing = [op.name for op in used if op.form is None]
        if missing and self.strict:
            raise KernelMissingError(backend=self.name, operators=", ".join(missing))
        if missing:
            _log.warning("backend cpu has no kernel for %s: computed by the definition, slowly", ", ".join(missing))
        return CpuSession(panel, targets, used, room, self.threads)


class CpuSession(HostSession):
    """Compiled kernels over a slab; see ``dfqgp.backends.base.Session``."""

    def __init__(
        self, panel: Panel, targets: Sequence[Target], operators: Sequence[Operator], room: Room, threads: Threads
    ) -> None:
        self._days = [Days.of(target) for target in targets]
        prepared = sum(days.nbytes for days in self._days)
        super().__init__(panel, targets, replace(room, reserve=room.reserve + prepared))
        self._threads = threads
        self.chains = sum(map(can_be_chained, operators)) >= _MANY
        everywhere = (op for op in OPERATORS.values() if op.builtin)
        self._chained = tuple(dict.fromkeys(op for op in (*everywhere, *operators) if can_be_chained(op)))

    def launch(
        self, op: Operator, tasks: NDArray[np.int64], constants: NDArray[np.float64], literals: NDArray[np.float64]
    ) -> None:
        """Run an operator's kernel over instructions, cut into pieces for the threads."""
        kernel = kernel_of(op)
        if kernel is None:
            self.apply_definition(op, tasks, constants, literals)
            return
        _, rows, columns = self.slab.shape
        parts = self._threads.parts(len(tasks), columns // _LEAST_COLUMNS if kernel.axis == COLUMNS else rows)
        arguments = (
            self.slab, tasks, constants, literals, self.universe, self.groups, self.origin, kernel.member, parts,
        )  # fmt: skip
        self._threads.share_out(lambda first, last: kernel.launch(*arguments, first, last), len(tasks) * parts)

    def launch_chains(self, plan: Plan, tasks: NDArray[np.int64]) -> None:
        """Run the code of chains, each cut into pieces for the threads."""
        interpreter, code = interpreter_of(self._chained), chain_code(plan, self._chained)
        parts = self._threads.parts(len(tasks), self.slab[0].size // BLOCK)
        self._threads.share_out(
            lambda first, last: interpreter(self.slab, tasks, code, parts, first, last), len(tasks) * parts
        )

    def daily_scores(self, slots: NDArray[np.int64], target: int, keep: NDArray[np.bool_]) -> DailyScores:
        """Score slots with the fused kernel."""
        return score_rows(self.slab, slots, self._days[target], keep, self._threads)

    def correlations(self, left: Sequence[Ranks], right: Sequence[Ranks]) -> NDArray[np.float64]:
        """Return mean daily correlations; (K, M)."""
        one = self.fetch_ranks(left)  # the two sides may be one list, which is read once then
        return correlations(one, one if right is left else self.fetch_ranks(right))

    def largest_correlations(
        self, ranks: Sequence[Ranks], others: Sequence[Ranks] | None = None
    ) -> NDArray[np.float64]:
        """Return largest absolute correlations to the others, or to those before; (K,)."""
        one = self.fetch_ranks(ranks)
        return largest_correlations(one, None if others is None else self.fetch_ranks(others), self._threads)
