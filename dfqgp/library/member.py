"""Candidates and members of the library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator

from dfqgp.errors import LibraryError
from dfqgp.expr import canonicalize, render
from dfqgp.records import Figure, record

if TYPE_CHECKING:
    from dfqgp.backends.scoring import HostRanks
    from dfqgp.expr import Node


def _sign(value: int) -> int:
    if value not in {1, -1}:
        raise ValueError("Input should be 1 or -1")
    return value


@record("member", LibraryError)
class Member:
    """A factor of the library.

    Parameters
    ----------
    expression : str
        Canonical text.
    key : str
        Key of the canonical tree.
    orientation : int
        1, or -1 where small values of the expression go with high returns.
    score : float
        Fitness by which it was admitted, above 0.
    train, valid : mapping of str to float
        Metrics by name; NaN is unknown.
    round : int
        Round of the run in which it was admitted.

    Raises
    ------
    LibraryError
        If the orientation is another, the score is not finite or a metric infinite.
    """

    expression: str
    key: str
    orientation: Annotated[int, AfterValidator(_sign)]
    score: float
    train: Mapping[str, Figure]
    valid: Mapping[str, Figure]
    round: int


@dataclass(frozen=True, eq=False)
class Candidate:
    """A scored factor that is proposed for the library.

    Parameters
    ----------
    node : Node
        Its tree.
    score : float
        Fitness, finite, higher is better.
    orientation : int
        1 or -1.
    train, valid : mapping of str to float
        Metrics by name.
    ranks : (D, N) uint16
        Residual ranks on the training days, not yet oriented.
    """

    node: Node
    score: float
    orientation: int
    train: Mapping[str, float]
    valid: Mapping[str, float]
    ranks: HostRanks

    def as_member(self, round_number: int) -> Member:
        """Return the member that this candidate would be; raises LibraryError for facts that none can have."""
        node = canonicalize(self.node)
        train, valid = ({name: float(value) for name, value in part.items()} for part in (self.train, self.valid))
        return Member(render(node), node.key, self.orientation, float(self.score), train, valid, round_number)
