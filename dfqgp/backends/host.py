"""What sessions in host memory have in common: the slab, the masks, and the walk through a plan's steps."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends.definitions import value_by_definition
from dfqgp.backends.instructions import CHAIN, EMIT, FILL, INPUT, LOAD, OUT, Roots
from dfqgp.backends.loads import matrix_named
from dfqgp.backends.memory import default_budget, too_little

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from dfqgp.backends.instructions import Emit, Plan
    from dfqgp.backends.memory import Room
    from dfqgp.backends.scoring import DailyScores, HostRanks, Ranks, Target
    from dfqgp.ops import Operator
    from dfqgp.panel import FloatMatrix, Panel


class HostSession(ABC):
    """One slab of equal slots in host memory; pages are touched only when a slot is first written.

    Parameters
    ----------
    panel : Panel
        T dates, N assets.
    targets : sequence of Target
        What is scored against; their bytes count.
    room : Room
        How much memory it may take.

    Attributes
    ----------
    chains : bool
        Whether plans hold element-wise operators in chains; else every operator is launched by itself.
    slots, fixed : int
        Number of slots; bytes of the budget that are no slots.
    slab : (S, T, N) float32
        Slot s is ``slab[s]``; cells are finite or NaN.
    universe : (T, N) bool
    groups : (G, T, N) int16
        Codes of each grouping in the panel's order, -1 unknown.
    origin : int
        Calendar ordinal of row 0; blocks in time align to it.
    """

    chains: bool = False

    def __init__(self, panel: Panel, targets: Sequence[Target], room: Room) -> None:
        budget = room.budget or default_budget()
        self._panel_bytes = 4 * panel.shape[0] * panel.shape[1]
        self.fixed = room.reserve + sum(target.nbytes for target in targets)
        self.slots = min((budget - self.fixed) // self._panel_bytes, room.slots)
        if self.slots < 1:
            raise too_little(budget, 1, self._panel_bytes, self.fixed)
        self.panel = panel
        self.targets = tuple(targets)
        self.slab = np.empty((self.slots, *panel.shape), dtype=np.float32)
        self.universe = np.array(panel.universe, order="C")
        self.groups = np.array(list(panel.groups.values()), dtype=np.int16).reshape(-1, *panel.shape)
        self.origin = panel.origin
        self.given: Mapping[str, FloatMatrix] = {}
        self._scored: list[DailyScores] = []

    def execute(self, plan: Plan, emit: Emit, keep: NDArray[np.bool_] | None = None) -> None:  # noqa: ARG002
        """Run the steps of a plan; ``emit(roots)`` is called when roots stand in slots."""
        for opcode, start, stop in plan.steps.tolist():
            tasks = plan.tasks[start:stop]
            if opcode == LOAD:
                for task in tasks:
                    self._load(task[OUT], matrix_named(plan.features[task[INPUT]], self.panel, self.given))
            elif opcode == FILL:
                self.slab[tasks[:, OUT]] = plan.constants[start:stop, 0, None, None]
            elif opcode == EMIT:
                emit(Roots(tasks[:, INPUT], tasks[:, OUT], start))
            elif opcode == CHAIN:
                self.launch_chains(plan, tasks)
            else:
                self.launch(plan.operators[opcode], tasks, plan.constants[start:stop], plan.literals[start:stop])

    def launch_chains(self, plan: Plan, tasks: NDArray[np.int64]) -> None:
        """Run the code of chains; a session with ``chains`` has it."""
        raise NotImplementedError(f"{type(self).__name__} has chains={self.chains}; plan with the same")

    @abstractmethod
    def launch(
        self, op: Operator, tasks: NDArray[np.int64], constants: NDArray[np.float64], literals: NDArray[np.float64]
    ) -> None:
        """Run an operator over instructions that do not read each other's results."""

    def apply_definition(
        self, op: Operator, tasks: NDArray[np.int64], constants: NDArray[np.float64], literals: NDArray[np.float64]
    ) -> None:
        """Compute instructions by the operator's NumPy definition, one after the other."""
        for row in zip(tasks, constants, literals, strict=True):
            self.slab[row[0][OUT]] = value_by_definition(op, row, self.slab.__getitem__, self.groups, self.universe)

    @abstractmethod
    def daily_scores(self, slots: NDArray[np.int64], target: int, keep: NDArray[np.bool_]) -> DailyScores:
        """Return the daily scores of slots against one of the targets, and the residual ranks of the rows to keep."""

    def score(self, roots: Roots, target: int, keep: NDArray[np.bool_] | None = None) -> None:
        """Score roots against one of the targets, at once."""
        rows = np.zeros(len(self.targets[target].rows), dtype=bool) if keep is None else keep
        self._scored.append(self.daily_scores(roots.slots, target, rows))

    def collect(self) -> Callable[[], list[DailyScores]]:
        """Return what returns what was scored since the last call, in order."""
        scored, self._scored = self._scored, []
        return lambda: scored

    def shrink(self) -> None:
        """Give up half of the slots; raises BudgetError if there is one only."""
        if self.slots == 1:
            raise too_little(self.fixed + self._panel_bytes, 2, self._panel_bytes, self.fixed)
        self.slots //= 2
        self.slab = np.empty((self.slots, *self.panel.shape), dtype=np.float32)

    def fetch(self, slot: int) -> FloatMatrix:
        """Return a copy of a slot."""
        return np.array(self.slab[slot])

    def hold(self, ranks: HostRanks) -> Ranks:
        """Return the ranks as they are."""
        return ranks

    def fetch_ranks(self, ranks: Sequence[Ranks], days: NDArray[np.int64] | None = None) -> list[HostRanks]:
        """Return the ranks as they are, or copies of some of their days."""
        whole = [np.asarray(each, dtype=np.uint16) for each in ranks]
        return whole if days is None else [each[days] for each in whole]

    def _load(self, slot: int, matrix: FloatMatrix) -> None:
        out = self.slab[slot]
        np.copyto(out, matrix)
        out[~np.isfinite(out)] = np.nan
