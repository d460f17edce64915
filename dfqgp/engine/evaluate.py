"""The engine: plan a population, let a session execute the plan's blocks, hand over values or scores.

1. Trees are planned for the session's slots and what stands in them already (``Planner``).
2. A block is executed; roots are handed over as soon as they stand (``Session.execute``).
3. Values are copied out (``Engine.evaluate``), or roots are enqueued for scoring (``Engine.score``), and after the
   block the scores are collected: the one point where a device and the host meet.
"""

from __future__ import annotations

import logging
from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends import DailyScores
from dfqgp.engine.plan import Planner
from dfqgp.engine.settings import EngineSettings
from dfqgp.expr import Field

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from dfqgp.backends import Backend, Plan, Target
    from dfqgp.expr import Node
    from dfqgp.ops import Operator
    from dfqgp.panel import Panel

_log = logging.getLogger(__name__)


class Engine:
    """Evaluates and scores populations over one panel.

    Parameters
    ----------
    panel : Panel
        T dates, N assets.
    backend : Backend
        Where kernels run; the engine opens one session there.
    settings : EngineSettings, optional
        Memory budget and block size. Neither changes a value.
    targets : sequence of Target
        What is going to be scored against.
    operators : iterable of Operator, optional
        Operators that trees may hold; all by default.
    reserve : int
        Bytes of the budget to leave for residual ranks.

    Raises
    ------
    KernelMissingError
        If the backend lacks one of the operators.
    BudgetError
        If the budget does not hold the targets and one panel.
    """

    def __init__(
        self,
        panel: Panel,
        backend: Backend,
        settings: EngineSettings | None = None,
        *,
        targets: Sequence[Target] = (),
        operators: Iterable[Operator] | None = None,
        reserve: int = 0,
    ) -> None:
        settings = settings or EngineSettings()
        self.panel = panel
        self.targets = tuple(targets)
        self.session = backend.open(
            panel, targets=self.targets, operators=operators, budget=settings.budget, reserve=reserve
        )
        panel_bytes = 4 * panel.shape[0] * panel.shape[1]
        self._planner = Planner(
            self.session.slots, panel_bytes, settings.block, tuple(panel.groups), self.session.fixed
        )
        self._resident: Mapping[Node, int] = {}

    def evaluate(self, roots: Sequence[Node]) -> NDArray[np.float32]:
        """Return the (K, T, N) float32 values of K trees, equal ones computed once.

        Raises
        ------
        BudgetError
            If one tree alone does not fit the budget.
        UnknownFieldError
            If a tree reads a field that the panel lacks.
        """
        values = np.empty((len(roots), *self.panel.shape), dtype=np.float32)

        def copy(numbers: NDArray[np.int64], slots: NDArray[np.int64]) -> None:
            for number, slot in zip(numbers, slots, strict=True):
                values[number] = self.session.fetch(slot)

        for plan, block in self._blocks(roots):
            self.session.execute(plan, block, copy)
        return values

    def score(
        self, roots: Sequence[Node], targets: Sequence[int] = (0,), keep: NDArray[np.bool_] | None = None
    ) -> list[DailyScores]:
        """Score trees against some of the engine's targets, in one pass over their values.

        Parameters
        ----------
        roots : sequence of Node
            K trees.
        targets : sequence of int
            Numbers of the targets.
        keep : (R,) bool, optional
            Rows of the first target whose residual ranks are wanted.

        Returns
        -------
        list of DailyScores
            One per target; row k is tree k.
        """
        kept = 0 if keep is None else int(keep.sum())
        scores = [
            DailyScores.empty(len(roots), self.targets[target], 0 if place else kept)
            for place, target in enumerate(targets)
        ]
        enqueued: deque[tuple[DailyScores, NDArray[np.int64]]] = deque()

        def enqueue(numbers: NDArray[np.int64], slots: NDArray[np.int64]) -> None:
            for place, target in enumerate(targets):
                self.session.score(slots, target, None if place else keep)
                enqueued.append((scores[place], numbers))

        for plan, block in self._blocks(roots):
            self.session.execute(plan, block, enqueue)
            parts = self.session.collect()
            while parts:  # each part is let go as soon as it is copied: ranks are large
                whole, numbers = enqueued.popleft()
                whole.put(numbers, parts.pop(0))
        return scores

    def _blocks(self, roots: Sequence[Node]) -> Iterator[tuple[Plan, int]]:
        """Yield the blocks of a plan to execute.

        Whoever stops in between (an error, an interrupt) leaves slots in no known state: the next plan starts anew.
        """
        for root in roots:  # before anything is computed
            for name in {node.name for node in root.walk() if isinstance(node, Field)}:
                self.panel.field(name)
        plan = self._planner.plan(roots, self._resident)
        _log.debug("%d roots: %d launches, peak of %d slots", len(roots), plan.launches, plan.peak)
        self._resident = {}
        self.session.collect()
        for block in range(len(plan.ends)):
            yield plan, block
        self._resident = plan.resident
