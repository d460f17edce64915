"""Which value stands in which slot, and for how long.

A slot is free again after the value's last use. A value that only a later block needs stays while slots are free; when
they run out, the value with the least cost for the longest wait is dropped, and computed again when it is needed.
Features stay for the session: they are dropped last of all, and only where a budget is too small to hold them.
"""

from __future__ import annotations

import heapq
import math
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dfqgp.engine.program import Program


class NoRoomError(Exception):
    """A block takes more slots than there are."""


@dataclass
class Slots:
    """Slots, and how long their values are still needed.

    Parameters
    ----------
    program : Program
        What is computed.
    number : int
        Number of slots.
    positions : dict of int to list of int
        Positions of the roots that contain a value, ascending.
    slot_of : dict of int to int
        Where each resident value stands.
    free : list of int
        Heap of free slots, so that low slots are used first and high ones may never be touched.
    uses : dict of int to int
        Uses still to come in the current block.
    stop : int
        Position of the first root after the current block.
    peak : int
        Most slots in use so far in the current block.
    """

    program: Program
    number: int
    positions: dict[int, list[int]]
    slot_of: dict[int, int] = field(default_factory=dict)
    free: list[int] = field(default_factory=list)
    uses: dict[int, int] = field(default_factory=dict)
    stop: int = 0
    peak: int = 0

    def __post_init__(self) -> None:
        if not self.free:
            self.free = sorted(set(range(self.number)) - set(self.slot_of.values()))

    def copy(self) -> Slots:
        """Return slots that can be given out without changing these."""
        return Slots(
            self.program, self.number, self.positions, dict(self.slot_of), list(self.free), dict(self.uses), self.stop
        )

    def drop_all(self) -> None:
        """Free every slot."""
        for value in list(self.slot_of):
            self._drop(value)

    def begin_block(self, roots: Sequence[int], groups: Iterable[Iterable[int]], stop: int) -> None:
        """Count the uses of the block's values; ``stop`` is the position of the first root after it."""
        self.stop, self.peak = stop, len(self.slot_of)
        self.uses = dict.fromkeys(roots, 1)
        for group in groups:
            for value in group:
                for under in self.program.reads[value]:
                    self.uses[under] = self.uses.get(under, 0) + 1

    def take(self, value: int) -> int:
        """Return the slot that a value gets, dropping another one if there is no free slot; raises NoRoomError."""
        if not self.free:
            self._make_room()
        self.slot_of[value] = slot = heapq.heappop(self.free)
        self.peak = max(self.peak, self.number - len(self.free))
        return slot

    def used(self, value: int) -> None:
        """Count one use down; a value that nobody needs any more frees its slot, a feature's excepted."""
        self.uses[value] -= 1
        if self.uses[value] == 0 and self._next_use(value) is None and not self.program.is_feature(value):
            self._drop(value)

    def _make_room(self) -> None:
        idle = [value for value in self.slot_of if self.uses.get(value, 0) == 0]
        if not idle:
            raise NoRoomError
        self._drop(min(idle, key=self._worth))

    def _worth(self, value: int) -> tuple[float, float, str]:
        """Return what dropping costs: cost over distance to the next use; a feature is worth more than any other value.

        A feature is loaded from outside the session, and nearly every block reads it. Keys break ties, so that a plan
        is the same in every process.
        """
        after = self._next_use(value)
        worth = 0.0 if after is None else float(self.program.cost[value]) / (after - self.stop + 1)
        pinned = math.inf if self.program.is_feature(value) else 0.0
        return pinned, worth, self.program.nodes[value].key

    def _next_use(self, value: int) -> int | None:
        positions = self.positions.get(value, [])
        index = bisect_left(positions, self.stop)
        return positions[index] if index < len(positions) else None

    def _drop(self, value: int) -> None:
        heapq.heappush(self.free, self.slot_of.pop(value))
