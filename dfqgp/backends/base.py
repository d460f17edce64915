"""What a backend is: it opens sessions on panels, and a session executes plans, scores and correlates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from dfqgp.backends.instructions import Emit, Plan, Roots
    from dfqgp.backends.memory import Room
    from dfqgp.backends.scoring import DailyScores, HostRanks, Ranks, Target
    from dfqgp.ops import Operator
    from dfqgp.panel import FloatMatrix, Panel


class Session(Protocol):
    """A panel on a backend: slots of memory, the targets to score against, and what works on them.

    A session owns the memory that it works in. A device may run behind the caller; the two meet where what ``collect``
    returned is called, once per plan. ``execute``, ``score`` and that call raise DeviceMemoryError where the device has
    less memory left than the session was opened for.
    """

    given: Mapping[str, FloatMatrix]
    """Matrices that plans may load by name beside the panel's features; the engine sets them before it plans."""
    chains: bool
    """Whether plans save launches: every element-wise operator is in a chain, and the roots of a level are handed over
    together. Else none is, and roots are handed over after the launch that computes them, which takes fewer slots."""
    fixed: int
    """Bytes of the budget that are not slots: targets, and what was reserved."""
    slots: int
    """Panels of the session's own shape that fit its memory, beside what was reserved."""

    def execute(self, plan: Plan, emit: Emit, keep: NDArray[np.bool_] | None = None) -> None:
        """Run the steps of a plan; ``emit(roots)`` is called when roots stand in slots.

        Parameters
        ----------
        plan : Plan
            Made for this session.
        emit : callable
            Takes ``Roots``.
        keep : (R,) bool, optional
            Rows whose residual ranks ``emit`` is going to ask for when it has roots scored.
        """

    def score(self, roots: Roots, target: int, keep: NDArray[np.bool_] | None = None) -> None:
        """Enqueue the scoring of roots against one of the session's targets.

        Parameters
        ----------
        roots : Roots
            As ``emit`` got them.
        target : int
            Number of the target.
        keep : (R,) bool, optional
            Rows of the target whose residual ranks are wanted; none by default.
        """

    def collect(self) -> Callable[[], list[DailyScores]]:
        """Start to bring down what was scored since the last call, without waiting for it.

        Returns
        -------
        callable
            Waits and returns one entry per call of ``score``, in order. Further plans may be executed before it is
            called; what is never called for is dropped.
        """

    def shrink(self) -> None:
        """Give up half of the slots, and what stands in all of them; ranks that were handed out stay.

        The engine calls it after DeviceMemoryError, logs it, and plans anew for ``slots``.

        Raises
        ------
        BudgetError
            If there is one slot only.
        """

    def fetch(self, slot: int) -> FloatMatrix:
        """Return a copy of a slot in host memory."""

    def hold(self, ranks: HostRanks) -> Ranks:
        """Return residual ranks of the host as this session keeps them, in its own memory."""

    def fetch_ranks(self, ranks: Sequence[Ranks], days: NDArray[np.int64] | None = None) -> list[HostRanks]:
        """Return residual ranks in host memory: of all their days, or of those with these numbers, in this order."""

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
        room: Room = ...,
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
        room : Room
            How much memory the session may take.

        Raises
        ------
        KernelMissingError
            If an operator has no kernel here.
        BudgetError
            If not even one panel fits.
        """
