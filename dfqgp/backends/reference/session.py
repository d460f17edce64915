"""The reference backend: the NumPy definitions themselves, one instruction after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.backends.host import HostSession
from dfqgp.backends.memory import Room
from dfqgp.backends.reference.correlation import correlations, largest_correlations
from dfqgp.backends.reference.rank_ic import score_factor
from dfqgp.backends.scoring import DailyScores, no_ranks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from dfqgp.backends.scoring import Ranks, Target
    from dfqgp.ops import Operator
    from dfqgp.panel import Panel


class ReferenceBackend:
    """Slow and obvious; what every other backend is compared with. It has every operator by its definition."""

    name = "reference"

    def open(
        self,
        panel: Panel,
        *,
        targets: Sequence[Target] = (),
        operators: Iterable[Operator] | None = None,  # noqa: ARG002 -- it has every one
        room: Room = Room(),  # noqa: B008 -- it never changes
    ) -> ReferenceSession:
        """Open a session in host memory."""
        return ReferenceSession(panel, targets, room)


class ReferenceSession(HostSession):
    """Definitions over a slab; see ``dfqgp.backends.base.Session``."""

    def launch(
        self, op: Operator, tasks: NDArray[np.int64], constants: NDArray[np.float64], literals: NDArray[np.float64]
    ) -> None:
        """Apply the operator's definition to each instruction."""
        self.apply_definition(op, tasks, constants, literals)

    def daily_scores(self, slots: NDArray[np.int64], target: int, keep: NDArray[np.bool_]) -> DailyScores:
        """Score by the definition, factor by factor."""
        chosen = self.targets[target]
        ranks = no_ranks(len(slots), chosen, keep)
        scores = DailyScores.empty(len(slots), chosen, ranks)
        for k, slot in enumerate(slots):
            score_factor(self.slab[slot], chosen, keep, scores, k, ranks[k])
        return scores

    def correlations(self, left: Sequence[Ranks], right: Sequence[Ranks]) -> NDArray[np.float64]:
        """Return mean daily correlations by the definition; (K, M)."""
        return correlations(self.fetch_ranks(left), self.fetch_ranks(right))

    def largest_correlations(
        self, ranks: Sequence[Ranks], others: Sequence[Ranks] | None = None
    ) -> NDArray[np.float64]:
        """Return largest absolute correlations by the definition; (K,)."""
        return largest_correlations(self.fetch_ranks(ranks), None if others is None else self.fetch_ranks(others))
