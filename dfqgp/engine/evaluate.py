"""The engine: plan a population block by block, let a session execute the plans, hand over values or scores.

1. A block of trees is planned for the session's slots and what stands in them already (``Planner``).
2. The plan is executed; roots are handed over as soon as they stand (``Session.execute``).
3. Values are copied out (``Engine.evaluate``), or roots are enqueued for scoring (``Engine.score``).
4. A block's scores are waited for after the next one has been planned and launched (``Delivery``): the one point where
   a device and the host meet.
5. Where a device has less memory left than it had, the session gives up half of its slots, and the trees that were not
   delivered are planned anew (``Engine._until``).
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends import Room
from dfqgp.engine.counts import Counts
from dfqgp.engine.delivery import Delivery
from dfqgp.engine.given import find_given, given_name
from dfqgp.engine.plan import Planner
from dfqgp.engine.settings import EngineSettings
from dfqgp.errors import DeviceMemoryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from dfqgp.backends import Backend, DailyScores, Plan, Target
    from dfqgp.backends.instructions import Roots
    from dfqgp.engine.given import Given
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
    slots : int
        Most slots to make, however many the budget holds.
    given : Given, optional
        Values that are loaded instead of being computed, such as entries of a cache. They never change a value.

    Attributes
    ----------
    counts : Counts
        What was asked for since whoever reads them last put new ones there.

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
        slots: int = Room.slots,
        given: Given | None = None,
    ) -> None:
        settings = settings or EngineSettings()
        self.panel = panel
        self.targets = tuple(targets)
        room = Room(settings.budget, reserve, slots)
        self.session = backend.open(panel, targets=self.targets, operators=operators, room=room)
        panel_bytes = 4 * panel.shape[0] * panel.shape[1]
        self._planner = Planner(
            self.session.slots,
            panel_bytes,
            settings.block,
            tuple(panel.groups),
            self.session.fixed,
            self.session.chains,
        )
        self._resident: Mapping[Node, int] = {}
        self._given = given
        self.counts = Counts()

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
        done = np.zeros(len(roots), dtype=bool)

        def attempt(numbers: NDArray[np.int64]) -> None:
            def copy(found: Roots) -> None:
                for number, slot in zip(numbers[found.numbers], found.slots.tolist(), strict=True):
                    values[number] = self.session.fetch(slot)
                    done[number] = True

            for plan in self._plans([roots[number] for number in numbers]):
                self.session.execute(plan, copy)

        self._until(done, attempt)
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
        delivery = Delivery(self.session, len(roots), [(each, self.targets[each]) for each in targets], keep)

        def attempt(numbers: NDArray[np.int64]) -> None:
            delivery.take(self._plans([roots[number] for number in numbers]), numbers)

        self._until(delivery.done, attempt)
        return delivery.scores

    def _until(self, done: NDArray[np.bool_], attempt: Callable[[NDArray[np.int64]], None]) -> None:
        """Attempt what is not done, with half of the slots each time that the device runs out of memory."""
        while not done.all():
            try:
                attempt(np.flatnonzero(~done))
            except DeviceMemoryError as error:
                before = self.session.slots
                self.session.shrink()
                self._planner = replace(self._planner, slots=self.session.slots)
                fewer = f"{self.session.slots} slots instead of {before}"
                _log.warning("%s; %d of %d trees go on in %s", error, (~done).sum(), len(done), fewer)

    def _plans(self, roots: Sequence[Node]) -> Iterator[Plan]:
        """Yield plans to execute.

        Whoever stops in between (an error, an interrupt) leaves slots in no known state: the next plan starts anew, and
        what was scored is dropped.
        """
        for name in self.counts.ask(roots):  # before anything is computed
            self.panel.field(name)
        resident, self._resident = self._resident, {}
        self.session.collect()
        given = {} if self._given is None else find_given(roots, self._given, self.panel.shape)
        self.session.given = {given_name(node): matrix for node, matrix in given.items()}
        for plan in self._planner.plan(roots, resident, given):
            self.counts.execute(plan)
            yield plan
            resident = plan.resident
        self._resident = resident
        self.session.given = {}
