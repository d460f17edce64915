"""What a plan scores: room on the device for the scores of all its roots, one download, and the ranks that stay."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from dfqgp.backends.gpu.parts import Parts, host_scores, part_bytes
from dfqgp.backends.gpu.scoring import Scorer
from dfqgp.backends.gpu.targets import DeviceTarget
from dfqgp.backends.instructions import EMIT, GROUP

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from dfqgp.backends.gpu.device import Device
    from dfqgp.backends.gpu.operators import Buffers
    from dfqgp.backends.gpu.parts import Part
    from dfqgp.backends.gpu.rank_stores import RankStores
    from dfqgp.backends.gpu.ranks import DeviceRanks
    from dfqgp.backends.instructions import Plan, Roots
    from dfqgp.backends.scoring import DailyScores, Ranks, Target

_BLOCKS_PER_PROCESSOR = 8
"""Blocks of scoring that a multiprocessor is given: they bound the grid and the scratch, and change no result."""


class Scores:
    """Scores of the roots of plans against the session's targets.

    Parameters
    ----------
    device : Device
        Where they are made.
    targets : sequence of Target
        What is scored against.
    ranks : RankStores
        Where residual ranks stay.
    """

    def __init__(self, device: Device, targets: Sequence[Target], ranks: RankStores) -> None:
        self._device, self._ranks = device, ranks
        self._targets = [DeviceTarget(device, target) for target in targets]
        blocks = _BLOCKS_PER_PROCESSOR * device.processors()
        self._scorer = Scorer(device, self._targets, blocks) if targets else None
        self.nbytes = sum(target.nbytes for target in self._targets) + (self._scorer.nbytes if self._scorer else 0)
        self._parts: Parts | None = None
        self._scored: list[tuple[Part, list[Ranks]]] = []
        self._handles: deque[DeviceRanks] = deque()
        self._room = 0

    def begin(self, plan: Plan, keep: NDArray[np.bool_] | None) -> Plan:
        """Return a plan whose hand-overs name a row for the ranks of each root, where ranks are to be kept.

        The column ``GROUP``, which a hand-over does not use, has the row: so they go up with the plan's tables.
        """
        emits = plan.steps[plan.steps[:, 0] == EMIT]
        counts = (emits[:, 2] - emits[:, 1]).tolist()
        self._room = sum(part_bytes(count, target.days) for count in counts for target in self._targets)
        self._parts, self._handles = None, deque()
        if keep is None or not keep.any():
            return plan
        self._handles.extend(self._ranks.of(int(keep.sum())).take(sum(counts)))
        tasks, rows = plan.tasks.copy(), iter(self._handles)
        for _, start, stop in emits:
            for row in range(start, stop):
                tasks[row, GROUP] = next(rows).row
        return replace(plan, tasks=tasks)

    def enqueue(self, buffers: Buffers, roots: Roots, target: int, keep: NDArray[np.bool_] | None) -> None:
        """Enqueue the scoring of roots against one of the targets."""
        chosen, scorer = self._targets[target], self._scorer
        assert scorer is not None  # noqa: S101 -- there is a target
        if self._parts is None:
            self._parts = Parts(self._device, self._room)
        part, kept = self._parts.take(len(roots), chosen.days), None
        handles: list[Ranks] = [np.empty((0, chosen.columns), dtype=np.uint16)] * len(roots)
        if keep is not None and keep.any():
            taken = [self._handles.popleft() for _ in range(len(roots))]
            handles, kept = list[Any](taken), taken[0].store.argument
        where = buffers.slab, buffers.table, roots.first
        scorer.score(*where, part, chosen, chosen.places(keep), GROUP, kept)
        self._scored.append((part, handles))

    def collect(self) -> Callable[[], list[DailyScores]]:
        """Enqueue the download of what was scored since the last call; calling what this returns waits for it."""
        scored, self._scored = self._scored, []
        parts, self._parts = self._parts, None
        if parts is None:
            return list
        coming = self._device.start_download(parts.filled)

        def wait() -> list[DailyScores]:
            downloaded = coming.wait()
            return [host_scores(part, downloaded, handles) for part, handles in scored]

        return wait
