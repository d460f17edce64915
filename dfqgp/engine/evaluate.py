"""The engine: plan a population, walk through the plan's steps, hand each root over as soon as it stands.

1. Take distinct roots and plan them for the workspace (``Planner``).
2. Walk the steps: load features, launch kernels, consume roots (``Engine.stream``).
3. A consumer reads roots in the workspace itself (scoring) or copies them out (``Engine.evaluate``).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.engine.memory import default_budget
from dfqgp.engine.plan import Planner
from dfqgp.engine.settings import EngineSettings
from dfqgp.engine.steps import Consume, Launch, Load, Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from dfqgp.backends import Backend, Workspace
    from dfqgp.expr import Node
    from dfqgp.panel import Panel

    Consumer = Callable[[Workspace, Sequence[tuple[int, int]]], None]

_log = logging.getLogger(__name__)

_MOST_SLOTS = 4096


class Engine:
    """Evaluates populations over one panel.

    Parameters
    ----------
    panel : Panel
        T dates, N assets.
    backend : Backend
        Where kernels run.
    settings : EngineSettings, optional
        Memory budget and block size. Neither changes a value.
    """

    def __init__(self, panel: Panel, backend: Backend, settings: EngineSettings | None = None) -> None:
        settings = settings or EngineSettings()
        self.panel = panel
        self.backend = backend
        panel_bytes = 4 * panel.shape[0] * panel.shape[1]
        slots = min((settings.budget or default_budget()) // panel_bytes, _MOST_SLOTS)
        self.planner = Planner(slots, panel_bytes, settings.block, tuple(panel.groups))
        self._workspace: Workspace | None = None

    def stream(self, roots: Sequence[Node], consume: Consumer) -> Plan:
        """Evaluate distinct roots and hand them over in batches.

        Parameters
        ----------
        roots : sequence of Node
            Distinct trees over the panel's fields and groups.
        consume : callable
            Gets the workspace and pairs (index into ``roots``, slot), each index once; the slots are written again
            after it returns.

        Returns
        -------
        Plan
            What was done.

        Raises
        ------
        BudgetError
            If one root alone does not fit the budget.
        UnknownFieldError
            If a root reads a field that the panel lacks.
        """
        plan = self.planner.plan(roots)
        if self._workspace is None:
            self._workspace = self.backend.workspace(self.panel, self.planner.slots)
        for step in plan.steps:
            match step:
                case Launch(op, tasks):
                    self.backend.launch(op, self._workspace, tasks)
                case Load(name, slot):
                    self.backend.load(self._workspace, slot, self.panel.field(name))
                case Consume(pairs):
                    consume(self._workspace, pairs)
        _log.debug("%d roots: %d launches, peak of %d slots", len(roots), plan.launches, plan.peak)
        return plan

    def evaluate(self, roots: Sequence[Node]) -> NDArray[np.float32]:
        """Return the (K, T, N) float32 values of K trees, equal ones computed once."""
        distinct = list(dict.fromkeys(roots))
        values = np.empty((len(distinct), *self.panel.shape), dtype=np.float32)

        def copy(workspace: Workspace, pairs: Sequence[tuple[int, int]]) -> None:
            for index, slot in pairs:
                values[index] = self.backend.fetch(workspace, slot)

        self.stream(distinct, copy)
        place = {root: index for index, root in enumerate(distinct)}
        return values if len(distinct) == len(roots) else values[[place[root] for root in roots]]
