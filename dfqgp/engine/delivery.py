"""Scores on their way from a session to who asked for them, a block behind what is launched.

A device works on a block while the next one is planned and launched, so what a block scored is waited for only then.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends import DailyScores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from dfqgp.backends import Plan, Session, Target
    from dfqgp.backends.instructions import Roots

    Numbers = NDArray[np.int64]


class Delivery:
    """The scores of a population, and which of them have come.

    Parameters
    ----------
    session : Session
        Where roots are scored.
    factors : int
        Size of the population.
    targets : sequence of (int, Target)
        What to score against, with its number in the session.
    keep : (R,) bool, optional
        Rows of the first target whose residual ranks are wanted.

    Attributes
    ----------
    scores : list of DailyScores
        One per target; row k is tree k.
    done : (K,) bool
        Which trees' scores have come.
    """

    def __init__(
        self, session: Session, factors: int, targets: Sequence[tuple[int, Target]], keep: NDArray[np.bool_] | None
    ) -> None:
        self._session = session
        self._targets = [number for number, _ in targets]
        self._keep = keep
        to_come = [np.empty((0, 0), dtype=np.uint16)] * factors
        self.scores = [DailyScores.empty(factors, target, to_come) for _, target in targets]
        self.done = np.zeros(factors, dtype=bool)

    def take(self, plans: Iterable[Plan], numbers: Numbers) -> None:
        """Execute plans and take what they score; ``numbers`` are those of the trees that were planned."""
        waiting: deque[tuple[Callable[[], list[DailyScores]], list[Numbers]]] = deque()
        for plan in plans:
            waiting.append(self._launch(plan, numbers))
            if len(waiting) > 1:
                self._wait(*waiting.popleft())
        for each in waiting:
            self._wait(*each)

    def _launch(self, plan: Plan, numbers: Numbers) -> tuple[Callable[[], list[DailyScores]], list[Numbers]]:
        enqueued: list[Numbers] = []

        def enqueue(roots: Roots) -> None:
            for place, target in enumerate(self._targets):
                self._session.score(roots, target, None if place else self._keep)
            enqueued.append(numbers[roots.numbers])

        self._session.execute(plan, enqueue, self._keep)
        return self._session.collect(), enqueued

    def _wait(self, collected: Callable[[], list[DailyScores]], enqueued: list[Numbers]) -> None:
        parts = iter(collected())
        for rows in enqueued:
            for whole in self.scores:
                whole.put(rows, next(parts))
            self.done[rows] = True
