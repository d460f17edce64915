"""What a backend is: it opens sessions on panels, and a session executes plans, scores and correlates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from dfqgp.backends.instructions import Emit, Plan
    from dfqgp.backends.scoring import DailyScores, Ranks, Target
    from dfqgp.ops import Operator
    from dfqgp.panel import FloatMatrix, Panel


class Session(Protocol):
    """A panel on a backend: slots of memory, the targets to score against, and what works on them.

    A session owns the memory that it works in. Between ``execute`` and ``collect`` a device may run behind the caller:
    ``collect`` is where host and device meet, once per block.
    """

    fixed: int
    """Bytes of the budget that are not slots: targets, and what was reserved."""
    slots: int
    """Panels of the session's own shape that fit its memory, beside what was reserved."""

    def execute(self, plan: Plan, block: int, emit: Emit) -> None:
        """Run the steps of a block; ``emit(roots, slots)`` is called when roots stand in slots."""

    def score(self, slots: NDArray[np.int64], target: int, keep: NDArray[np.bool_] | None = None) -> None:
        """Enqueue the scoring of slots against one of the session's targets.

        Parameters
        ----------
        slots : (K,) int64
            Slots that hold factors.
        target : int
            Number of the target.
        keep : (R,) bool, optional
            Rows of the target whose residual ranks are wanted; none by default.
        """

    def collect(self) -> list[DailyScores]:
        """Return what was scored since the last call, one entry per call of ``score``, in order."""

    def fetch(self, slot: int) -> FloatMatrix:
        """Return a copy of a slot in host memory."""

    def correlations(self, left: Sequence[Ranks], right: Sequence[Ranks]) -> NDArray[np.float64]:
        """Return the (K, M) mean daily correlations of residual ranks; 0 for two factors that share no day."""

    def largest_correlations(
        self, ranks: Sequence[Ranks], others: Sequence[Ranks] | None = None
    ) -> NDArray[np.float64]:
        """Return for each factor its largest absolute correlation to the others, or to those before it; (K,)."""


class Backend(Protocol):
    """Where kernels run. It is chosen once, by name, when a run starts, and never falls back to another one."""

    name: str

    def open(
        self,
        panel: Panel,
        *,
        targets: Sequence[Target] = (),
        operators: Iterable[Operator] | None = None,
        budget: int = 0,
        reserve: int = 0,
    ) -> Session:
        """Open a session.

        Parameters
        ----------
        panel : Panel
            T dates, N assets.
        targets : sequence of Target
            What is going to be scored against.
        operators : iterable of Operator, optional
            Operators that plans may use; all by default. A missing kernel is reported here, before any work.
        budget : int
            Bytes of the session's memory; 0 takes the backend's default.
        reserve : int
            Bytes of it to leave for residual ranks.

        Raises
        ------
        KernelMissingError
            If an operator has no kernel here.
        BudgetError
            If not even one panel fits.
        """
