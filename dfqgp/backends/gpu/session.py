"""The GPU session: a slab of slots on the device, and kernels launched behind the caller.

1. The universe, groupings and targets go up when the session is opened, a feature when a plan first loads it.
2. A plan's tables go up in one copy; its steps are launches, one after the other, that nobody waits for.
3. Roots are scored where they stand; what a plan scored comes down in one copy, and only the callable that
   ``collect`` returns waits for it.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends.definitions import value_by_definition
from dfqgp.backends.gpu.correlation import correlations, largest_correlations
from dfqgp.backends.gpu.kernels.compile import as_kernel_argument
from dfqgp.backends.gpu.operators import Buffers, lacks_kernel, launch_of, launch_of_chains
from dfqgp.backends.gpu.rank_stores import RankStores
from dfqgp.backends.gpu.scores import Scores
from dfqgp.backends.gpu.tables import upload
from dfqgp.backends.instructions import CHAIN, EMIT, FILL, INPUT, LOAD, OUT, WINDOW, Roots
from dfqgp.backends.loads import matrix_named
from dfqgp.backends.memory import too_little
from dfqgp.errors import DeviceMemoryError
from dfqgp.ops import Elementwise

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from dfqgp.backends.gpu.device import Array, Device
    from dfqgp.backends.instructions import Emit, Plan
    from dfqgp.backends.memory import Room
    from dfqgp.backends.scoring import DailyScores, HostRanks, Ranks, Target
    from dfqgp.ops import Operator
    from dfqgp.panel import FloatMatrix, Panel

_log = logging.getLogger(__name__)

_SHARE_OF_FREE = 0.7
"""Of the device's free memory; the rest is for what the driver, cuBLAS and other programs take."""


class GpuSession:
    """See ``dfqgp.backends.base.Session``.

    Parameters
    ----------
    panel : Panel
        T dates, N assets.
    targets : sequence of Target
        What is scored against.
    operators : sequence of Operator
        Operators that plans may hold.
    device : Device
        Where all of it lives.
    room : Room
        How much memory it may take; by default 70 % of what is free.
    """

    chains = True

    def __init__(
        self,
        panel: Panel,
        targets: Sequence[Target],
        operators: Sequence[Operator],
        device: Device,
        room: Room,
    ) -> None:
        budget = room.budget or int(_SHARE_OF_FREE * device.free())
        self.panel, self.device = panel, device
        self.given: Mapping[str, FloatMatrix] = {}
        self._panel_bytes = 4 * panel.shape[0] * panel.shape[1]
        self._elementwise = tuple(op for op in operators if isinstance(op.form, Elementwise) and not lacks_kernel(op))
        masks = panel.universe, np.array(list(panel.groups.values()), dtype=np.int16).reshape(-1, *panel.shape)
        self._masks = [as_kernel_argument(device.upload(np.ascontiguousarray(each))) for each in masks]
        self._buckets = int(masks[1].max(initial=0)) + 1
        self.slab: Array
        self._buffers: Buffers
        self._ranks = RankStores(device, panel.shape[1])
        self._scores = Scores(device, targets, self._ranks)
        self.fixed = room.reserve + self._scores.nbytes + sum(each.nbytes for each in masks)
        self.slots = min((budget - self.fixed) // self._panel_bytes, room.slots)
        if self.slots < 1:
            raise too_little(budget, 1, self._panel_bytes, self.fixed)
        self._allocate()

    def execute(self, plan: Plan, emit: Emit, keep: NDArray[np.bool_] | None = None) -> None:
        """Enqueue the steps of a plan; ``emit(roots)`` is called when roots will stand in slots."""
        tables = upload(self._scores.begin(plan, keep), self._elementwise, self.device)
        table, code = as_kernel_argument(tables.table), as_kernel_argument(tables.code)
        self._buffers = replace(self._buffers, table=table, code=code, literal=tables.literal)
        for steps in plan.by_launch():
            opcode, start, stop = steps[0][0], steps[0][1], steps[-1][2]
            if opcode == EMIT:
                emit(Roots(plan.tasks[start:stop, INPUT], plan.tasks[start:stop, OUT], start))
            else:
                self._enqueue(plan, opcode, start, stop)

    def score(self, roots: Roots, target: int, keep: NDArray[np.bool_] | None = None) -> None:
        """Enqueue the scoring of roots against one of the session's targets."""
        self._scores.enqueue(self._buffers, roots, target, keep)

    def collect(self) -> Callable[[], list[DailyScores]]:
        """Enqueue the download of what was scored since the last call; calling what this returns waits for it."""
        return self._scores.collect()

    def shrink(self) -> None:
        """Give up half of the slots; raises BudgetError if there is one only."""
        if self.slots == 1:
            raise too_little(self.fixed + self._panel_bytes, 2, self._panel_bytes, self.fixed)
        self.slots //= 2
        self._allocate()

    def fetch(self, slot: int) -> FloatMatrix:
        """Return a copy of a slot, and wait for it."""
        return np.array(self.device.download(self.slab[int(slot)]))

    def hold(self, ranks: HostRanks) -> Ranks:
        """Return residual ranks of the host as a handle of the device's."""
        return self._ranks.put(ranks)

    def fetch_ranks(self, ranks: Sequence[Ranks], days: NDArray[np.int64] | None = None) -> list[HostRanks]:
        """Return residual ranks in host memory, of all their days or of some."""
        return self._ranks.fetch(ranks, days)

    def correlations(self, left: Sequence[Ranks], right: Sequence[Ranks]) -> NDArray[np.float64]:
        """Return mean daily correlations; (K, M)."""
        return correlations(left, right)

    def largest_correlations(
        self, ranks: Sequence[Ranks], others: Sequence[Ranks] | None = None
    ) -> NDArray[np.float64]:
        """Return largest absolute correlations to the others, or to those before; (K,)."""
        return largest_correlations(ranks, others)

    def _allocate(self) -> None:
        """Allocate the slots, or as many as the device gives: half, a quarter, ..."""
        self.slab = self._buffers = None  # type: ignore[assignment] # the memory goes back before more is asked for
        wanted, error = self.slots, None
        while True:
            try:
                self.slab = self.device.empty((self.slots, *self.panel.shape), np.float32)
                break
            except DeviceMemoryError as found:
                error = error or str(found)
                if self.slots == 1:
                    raise too_little(self.device.free(), 1, self._panel_bytes, self.fixed) from None
                self.slots //= 2
        if error:
            _log.warning("%s: going on with %d slots instead of %d", error, self.slots, wanted)
        flat = self.slab.reshape(self.slots, -1)
        universe, groups = self._masks
        self._buffers = Buffers(
            as_kernel_argument(self.slab), as_kernel_argument(flat), universe, groups, self._buckets, self.panel.origin
        )

    def _enqueue(self, plan: Plan, opcode: int, start: int, stop: int) -> None:
        """Enqueue what computes or loads: steps of one family, by the opcode of the first."""
        tasks, count = plan.tasks[start:stop], stop - start
        if opcode == LOAD:
            for task in tasks:
                self._load(task[OUT], matrix_named(plan.features[task[INPUT]], self.panel, self.given))
        elif opcode == FILL:
            for slot, number in zip(tasks[:, OUT], plan.constants[start:stop, 0], strict=True):
                self.slab[int(slot)].fill(np.float32(number))
        elif opcode == CHAIN:
            launch_of_chains(self._elementwise, self._buffers, start, count).enqueue()
        elif lacks_kernel(plan.operators[opcode]):
            self._define(plan, opcode, start, stop)
        else:
            window = int(tasks[:, WINDOW].min())
            launch_of(plan.operators[opcode], self._buffers, start, count, window).enqueue()

    def _load(self, slot: int, matrix: FloatMatrix) -> None:
        values = np.array(matrix, dtype=np.float32)
        values[~np.isfinite(values)] = np.nan
        self.device.copy_up(values, self.slab[int(slot)])

    def _define(self, plan: Plan, opcode: int, start: int, stop: int) -> None:
        """Compute instructions of an operator without a kernel by its definition, on the host."""
        groups = np.array(list(self.panel.groups.values()), dtype=np.int16).reshape(-1, *self.panel.shape)
        for row in zip(*(each[start:stop] for each in (plan.tasks, plan.constants, plan.literals)), strict=True):
            value = value_by_definition(plan.operators[opcode], row, self.fetch, groups, self.panel.universe)
            self._load(row[0][OUT], value)
