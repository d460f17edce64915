"""The library: good factors that do not repeat one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.errors import LibraryError
from dfqgp.library.admission import Decision, Verdict, judge
from dfqgp.library.correlation import RankPanels, cross_correlations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.library.correlation import RankPanel
    from dfqgp.library.member import Candidate, Member
    from dfqgp.library.settings import LibrarySettings


class Library:
    """Members, their rank panels, and the rules of admission.

    Parameters
    ----------
    settings : LibrarySettings
        The thresholds of admission.

    Attributes
    ----------
    members : tuple of Member
        In the order of admission. Every two correlate by less than ``max_corr`` in absolute value.
    ranks : RankPanels
        Their rank panels in the same order.
    """

    def __init__(self, settings: LibrarySettings) -> None:
        self.settings = settings
        self.ranks = RankPanels()
        self._members: list[Member] = []

    @property
    def members(self) -> tuple[Member, ...]:
        """The members in the order of admission."""
        return tuple(self._members)

    @classmethod
    def rebuilt(cls, settings: LibrarySettings, members: Sequence[Member], ranks: Sequence[RankPanel]) -> Library:
        """Return the library that held these members, from their recomputed rank panels.

        Raises
        ------
        LibraryError
            If members and panels are not as many.
        PanelError
            If a panel is not of standardised ranks.
        """
        if len(members) != len(ranks):
            got = f"{len(members)} members and {len(ranks)} rank panels"
            raise LibraryError(key="members", got=got, expected="as many of both", hint="")
        library = cls(settings)
        library._members = list(members)
        library.ranks = RankPanels(ranks)
        return library

    def consider(self, candidates: Sequence[Candidate], *, round_number: int = 0) -> list[Decision]:
        """Let candidates in or turn them away, the best first.

        Parameters
        ----------
        candidates : sequence of Candidate
            In any order: ties are broken by key, so that the order does not matter.
        round_number : int
            Round of the run, kept with whom it admits.

        Returns
        -------
        list of Decision
            In the order of the decisions: by score, the best first.

        Raises
        ------
        LibraryError
            If a score is not finite, an orientation is not 1 or -1, or a metric is infinite.
        PanelError
            If rank panels are not standardised or of different shapes.
        """
        scored = [(each.as_member(round_number), each.ranks) for each in candidates]
        scored.sort(key=lambda pair: (-pair[0].score, pair[0].key))
        panels = [ranks for _, ranks in scored]
        # One pass over all panels: with the members first, then with each other.
        table = np.hstack([self.ranks.correlations(panels), cross_correlations(panels, panels)])
        columns = list(range(len(self._members)))
        decisions = []
        for index, (candidate, ranks) in enumerate(scored):
            decision = judge(candidate, self._members, table[index, columns], self.settings)
            if decision.displaced is not None:
                columns.pop(self._drop(decision.displaced))
            if decision.verdict is not Verdict.REJECTED:
                self._members.append(candidate)
                self.ranks.add(ranks)
                columns.append(len(table[index]) - len(scored) + index)
            decisions.append(decision)
        return decisions

    def _drop(self, member: Member) -> int:
        index = next(index for index, other in enumerate(self._members) if other is member)
        del self._members[index]
        self.ranks.remove(index)
        return index
