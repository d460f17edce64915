"""What a run asks of its market and of a session's memory, looked at before anything is searched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.errors import SampleError

if TYPE_CHECKING:
    from dfqgp.backends import Target
    from dfqgp.market import Segment
    from dfqgp.mining.settings import MiningConfig

_RANK_BYTES = 2


def refuse_shortage(target: Target, segment: Segment) -> None:
    """Stop before anything is searched: every formula would fail for the same reason."""
    if target.shortage:
        raise SampleError(segment=f"the {segment.name} days", shortage=target.shortage)


def rank_bytes(target: Target, searched: int, config: MiningConfig) -> int:
    """Return the bytes of all residual ranks that a run holds at a time: a generation's, and the library's twice."""
    population = config.gp.population * searched
    factors = 2 * config.library.max_size + config.library.candidates
    return _RANK_BYTES * int(target.label.shape[1]) * (population + factors * len(target.rows))
