"""Who asks to get into the library, and who is in it."""

from __future__ import annotations

import math
from collections.abc import Mapping  # noqa: TC003 - dfqgp.schema reads members back by their hints
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dfqgp.errors import LibraryError
from dfqgp.expr import canonicalize, render

if TYPE_CHECKING:
    from dfqgp.expr import Node
    from dfqgp.backends.scoring import Ranks


@dataclass(frozen=True)
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
        If a number is none that a member can have.
    """

    expression: str
    key: str
    orientation: int
    score: float
    train: Mapping[str, float] = field(default_factory=dict)
    valid: Mapping[str, float] = field(default_factory=dict)
    round: int = 0

    def __post_init__(self) -> None:
        check_facts(self.expression, self.orientation, self.train, self.valid)
        if not math.isfinite(self.score):
            _refuse(self.expression, f"score {self.score}", "a finite one")


@dataclass(frozen=True, eq=False)
class Candidate:
    """A scored factor that asks to get in.

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
    ranks: Ranks

    def __post_init__(self) -> None:
        check_facts(repr(self.node), self.orientation, self.train, self.valid)

    def as_member(self, round_number: int) -> Member:
        """Return the member that this candidate would be."""
        node = canonicalize(self.node)
        train, valid = ({name: float(value) for name, value in part.items()} for part in (self.train, self.valid))
        return Member(render(node), node.key, self.orientation, float(self.score), train, valid, round_number)


def check_facts(text: str, orientation: int, *metrics: Mapping[str, float]) -> None:
    """Raise LibraryError for an orientation that is not 1 or -1, and for infinite metrics."""
    if orientation not in (1, -1):
        _refuse(text, f"orientation {orientation!r}", "1 or -1")
    for part in metrics:
        for name, value in part.items():
            if math.isinf(value):
                _refuse(text, f"metric {name} {value}", "a finite number or NaN")


def _refuse(text: str, got: str, expected: str) -> None:
    raise LibraryError(text=text, got=got, expected=expected)
