"""Selection: who becomes a parent, and who stays."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from dfqgp.expr import Node


class Scored(NamedTuple):
    """A tree and its score; -inf says that scoring failed."""

    node: Node
    score: float

    @property
    def failed(self) -> bool:
        """Whether the tree has no score."""
        return self.score == -math.inf

    def rank_key(self) -> tuple[float, int, str]:
        """Order the better before the worse: by score, then the smaller, then by key so that no tie is left."""
        return -self.score, self.node.size, self.node.key


def tournament(rng: np.random.Generator, pool: Sequence[Scored], size: int) -> Node:
    """Return the best of ``size`` trees drawn from the pool with replacement."""
    drawn = (pool[int(place)] for place in rng.integers(len(pool), size=size))
    return min(drawn, key=Scored.rank_key).node


def best(pool: Sequence[Scored], count: int) -> list[Scored]:
    """Return the ``count`` best trees that have a score, the best first."""
    return sorted((each for each in pool if not each.failed), key=Scored.rank_key)[:count]
