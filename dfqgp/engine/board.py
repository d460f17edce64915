"""The board: which node stands in which slot while a plan is made."""

from __future__ import annotations

import heapq
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dfqgp.backends import CONSTANT, Task
from dfqgp.engine.steps import Launch, Load, Step
from dfqgp.engine.waves import inputs_of
from dfqgp.expr import Call, Constant, Field, Group, Node, panel_args
from dfqgp.ops import OPERATORS, Cost, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class NoRoomError(Exception):
    """A block takes more slots than there are."""


@dataclass
class Board:
    """Slots, and how long their values are still needed.

    Parameters
    ----------
    free : list of int
        Heap of free slots, so that low slots are used first and high ones may never be touched.
    slots : int
        Number of slots.
    groups : dict of str to int
        Index of each grouping.
    positions : dict of Node to list of int
        Positions of the roots that contain a node, ascending.
    slot_of : dict of Node to int
        Where each resident value stands.
    uses : dict of Node to int
        Uses still to come in the current block.
    stop : int
        Position of the first root after the current block.
    peak : int
        Most slots in use so far.
    """

    free: list[int]
    slots: int
    groups: dict[str, int]
    positions: dict[Node, list[int]]
    slot_of: dict[Node, int] = field(default_factory=dict)
    uses: dict[Node, int] = field(default_factory=dict)
    stop: int = 0
    peak: int = 0

    @classmethod
    def empty(cls, slots: int, group_names: tuple[str, ...], positions: dict[Node, list[int]]) -> Board:
        """Return a board with every slot free."""
        return cls(list(range(slots)), slots, {name: i for i, name in enumerate(group_names)}, positions)

    def copy(self) -> Board:
        """Return a board that can be played on without changing this one."""
        return Board(
            list(self.free), self.slots, self.groups, self.positions, dict(self.slot_of), dict(self.uses), self.stop,
            self.peak,
        )  # fmt: skip

    def restore(self, other: Board) -> None:
        """Become what ``other`` is."""
        self.__dict__.update(other.copy().__dict__)

    def drop_all(self) -> None:
        """Forget every resident value."""
        for node in list(self.slot_of):
            self._drop(node)

    def begin_block(self, roots: Sequence[Node], waves: Iterable[Iterable[Node]], stop: int) -> None:
        """Count the uses of the block's nodes; ``stop`` is the position of the first root after it."""
        self.stop = stop
        self.uses = dict.fromkeys(roots, 1)
        for wave in waves:
            for node in wave:
                for arg in inputs_of(node):
                    self.uses[arg] = self.uses.get(arg, 0) + 1

    def compute(self, wave: Sequence[Node]) -> list[Step]:
        """Give slots to the nodes of a wave, return the steps that fill them, and let go of what was used up."""
        for node in wave:
            self.slot_of[node] = self._take()
        steps = _steps(wave, self)
        for node in wave:
            for arg in inputs_of(node):
                self.used(arg)
        return steps

    def used(self, node: Node) -> None:
        """Count one use down; a value that nobody needs any more frees its slot."""
        self.uses[node] -= 1
        if self.uses[node] == 0 and self._next_use(node) is None:
            self._drop(node)

    def _take(self) -> int:
        if not self.free:
            self.make_room()
        slot = heapq.heappop(self.free)
        self.peak = max(self.peak, self.slots - len(self.free))
        return slot

    def make_room(self) -> None:
        """Drop the value that only later blocks need with the least cost / distance to its next use."""
        idle = [node for node in self.slot_of if self.uses.get(node, 0) == 0]
        if not idle:
            raise NoRoomError
        self._drop(min(idle, key=self._worth))

    def _worth(self, node: Node) -> tuple[float, str]:
        after = self._next_use(node)
        cost = node.op.cost.value if isinstance(node, Call) else Cost.PASS.value
        return (cost / (after - self.stop + 1) if after is not None else 0.0), node.key

    def _next_use(self, node: Node) -> int | None:
        positions = self.positions.get(node, [])
        index = bisect_left(positions, self.stop)
        return positions[index] if index < len(positions) else None

    def _drop(self, node: Node) -> None:
        heapq.heappush(self.free, self.slot_of.pop(node))


def _steps(wave: Sequence[Node], board: Board) -> list[Step]:
    """Return the loads of a wave's features and one launch an operator."""
    steps: list[Step] = []
    tasks: dict[str, list[Task]] = {}
    for node in wave:
        if isinstance(node, Field):
            steps.append(Load(node.name, board.slot_of[node]))
        else:
            name = node.op.name if isinstance(node, Call) else "add"
            tasks.setdefault(name, []).append(_task(node, board))
    return steps + [Launch(OPERATORS[name], tuple(those)) for name, those in tasks.items()]


def _task(node: Node, board: Board) -> Task:
    out = board.slot_of[node]
    if not isinstance(node, Call):
        number = node.value if isinstance(node, Constant) else 0.0
        return Task(out, (CONSTANT, CONSTANT), (number, 0.0))
    args = panel_args(node)
    slots = tuple(board.slot_of.get(arg, CONSTANT) for arg in args)
    numbers = tuple(arg.value if isinstance(arg, Constant) else 0.0 for arg in args)
    group = next((board.groups[arg.name] for arg in node.args if isinstance(arg, Group)), -1)
    return Task(out, slots, numbers, node.literals, group, node.lookback if node.op.kind is Kind.TIME else 0)
