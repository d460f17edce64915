"""The library: good factors that do not repeat one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.errors import LibraryError
from dfqgp.library.admission import Decision, Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from dfqgp.backends.scoring import HostRanks
    from dfqgp.library.member import Candidate, Member
    from dfqgp.library.settings import LibrarySettings

    Correlate = Callable[[Sequence[HostRanks], Sequence[HostRanks]], NDArray[np.float64]]


class Library:
    """Members, their residual ranks, and the rules of admission.

    Parameters
    ----------
    settings : LibrarySettings
        The thresholds of admission.
    correlate : callable
        (K factors' ranks, M factors' ranks) -> (K, M) correlations, as a session of a backend computes them.

    Attributes
    ----------
    members : tuple of Member
        In the order of admission. Every two correlate by less than ``max_corr`` in absolute value.
    ranks : tuple of (D, N) uint16
        Their residual ranks in the same order.
    """

    def __init__(self, settings: LibrarySettings, correlate: Correlate) -> None:
        self.settings = settings
        self._correlate = correlate
        self._members: list[Member] = []
        self._ranks: list[HostRanks] = []

    @property
    def members(self) -> tuple[Member, ...]:
        """The members in the order of admission."""
        return tuple(self._members)

    @property
    def ranks(self) -> tuple[HostRanks, ...]:
        """The members' residual ranks in the order of admission."""
        return tuple(self._ranks)

    def restore(self, members: Sequence[Member], ranks: Sequence[HostRanks]) -> None:
        """Become the library that held these members, from their recomputed ranks.

        Raises
        ------
        LibraryError
            If members and ranks are not as many.
        """
        if len(members) != len(ranks):
            got = f"{len(members)} members and {len(ranks)} rank panels"
            raise LibraryError(key="members", got=got, expected="as many of both", hint="")
        self._members, self._ranks = list(members), list(ranks)

    def consider(self, candidates: Sequence[Candidate], *, round_number: int = 0) -> list[Decision]:
        """Admit or reject candidates, the best first.

        Parameters
        ----------
        candidates : sequence of Candidate
            In any order: ties are broken by key, so that the order does not matter.
        round_number : int
            Round of the run, stored with the members that it admits.

        Returns
        -------
        list of Decision
            In the order of the decisions: by score, the best first.

        Raises
        ------
        LibraryError
            If a score is not finite, an orientation is not 1 or -1, or a metric is infinite.
        """
        scored = [(each.as_member(round_number), each.ranks) for each in candidates]
        scored.sort(key=lambda pair: (-pair[0].score, pair[0].key))
        panels = [ranks for _, ranks in scored]
        # One pass over all panels: with the members first, then with each other.
        table = np.hstack([self._correlate(panels, self._ranks), self._correlate(panels, panels)])
        columns = list(range(len(self._members)))
        decisions = []
        for index, (candidate, ranks) in enumerate(scored):
            decision = judge(candidate, self._members, table[index, columns], self.settings)
            if decision.displaced is not None:
                columns.pop(self._drop(decision.displaced))
            if decision.verdict is not Verdict.REJECTED:
                self._members.append(candidate)
                self._ranks.append(ranks)
                columns.append(len(table[index]) - len(scored) + index)
            decisions.append(decision)
        return decisions

    def _drop(self, member: Member) -> int:
        index = next(index for index, other in enumerate(self._members) if other is member)
        del self._members[index]
        del self._ranks[index]
        return index
