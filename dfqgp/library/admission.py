"""Admission: which candidates become members, which members they replace, and why others are rejected.

1. A candidate that is a member already is rejected, and so is one whose score is not above ``min_score``.
2. A candidate that correlates with no member by ``max_corr`` or more is admitted. In a full library it has to beat the
   worst member's score by the margin, and replaces that member.
3. A candidate that correlates with one member replaces it if it beats its score by the margin.
4. A candidate that correlates with two or more is rejected: it would replace several members by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dfqgp.library.member import Member
    from dfqgp.library.settings import LibrarySettings


class Verdict(Enum):
    """What became of a candidate."""

    ADMITTED = "admitted"
    REPLACED = "replaced"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Decision:
    """A verdict and its reason.

    Parameters
    ----------
    member : Member
        The candidate as the member that it is or would have been.
    verdict : Verdict
        REPLACED: it was admitted in place of ``displaced``.
    reason : str
        In words, with the numbers and the member that decided.
    displaced : Member, optional
        The member that it replaced.
    """

    member: Member
    verdict: Verdict
    reason: str
    displaced: Member | None = None


def judge(
    candidate: Member, members: Sequence[Member], correlations: NDArray[np.float64], settings: LibrarySettings
) -> Decision:
    """Decide on one candidate.

    Parameters
    ----------
    candidate : Member
        The factor to decide on.
    members : sequence of Member
        The members so far.
    correlations : (M,) float64
        Of the candidate with each of them.
    settings : LibrarySettings
        The thresholds.
    """
    if any(candidate.key == member.key for member in members):
        return Decision(candidate, Verdict.REJECTED, "it is a member already")
    if not candidate.score > settings.min_score:
        reason = f"its score {candidate.score:.4g} is not above min_score {settings.min_score:.4g}"
        return Decision(candidate, Verdict.REJECTED, reason)
    near = [int(index) for index in np.flatnonzero(np.abs(correlations) >= settings.max_corr)]
    if len(near) > 1:
        nearest = max(near, key=lambda index: abs(correlations[index]))
        reason = f"it correlates with {len(near)} members, most with {_named(members, correlations, nearest)}"
        return Decision(candidate, Verdict.REJECTED, reason)
    if near:
        why = f"it correlates with {_named(members, correlations, near[0])}"
        return _challenge(candidate, members[near[0]], why, settings)
    if len(members) >= settings.max_size:
        worst = min(members, key=lambda member: (member.score, member.key))
        return _challenge(candidate, worst, f"the library is full and its worst member is {worst.expression}", settings)
    return Decision(candidate, Verdict.ADMITTED, f"it correlates with no member by {settings.max_corr:g} or more")


def _challenge(candidate: Member, incumbent: Member, why: str, settings: LibrarySettings) -> Decision:
    hurdle = settings.replace_margin * incumbent.score
    wins = candidate.score > hurdle
    relation = "beats" if wins else "does not beat"
    reason = f"{why}; its score {candidate.score:.4g} {relation} {settings.replace_margin:g} x {incumbent.score:.4g}"
    return Decision(candidate, Verdict.REPLACED if wins else Verdict.REJECTED, reason, incumbent if wins else None)


def _named(members: Sequence[Member], correlations: NDArray[np.float64], index: int) -> str:
    return f"{members[index].expression} ({correlations[index]:.3f})"
