"""Scores of several hand-overs in one run of bytes on the device, so that they come down in one copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dfqgp.backends.scoring import DailyScores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dfqgp.backends.gpu.device import Device

COLUMNS = (("ic", np.float64), ("assets", np.int32), ("r2", np.float32), ("turnover", np.float32), ("state", np.uint8))
"""Arrays of a part in the order in which they lie: wide ones first, so that each is aligned."""

DAY_BYTES = sum(np.dtype(dtype).itemsize for _, dtype in COLUMNS)
"""Bytes of a factor's day."""

ALIGNMENT = 256


@dataclass(frozen=True, eq=False)
class Part:
    """The scores of one hand-over against one target.

    Parameters
    ----------
    factors, days : int
        K and R.
    start : int
        Where it lies in the run of bytes.
    arrays : tuple of (K, R) arrays
        Its ``COLUMNS`` on the device.
    """

    factors: int
    days: int
    start: int
    arrays: tuple[Any, ...]

    def rows(self, start: int, stop: int) -> Part:
        """Return the part of some of its factors."""
        return Part(stop - start, self.days, self.start, tuple(array[start:stop] for array in self.arrays))


class Parts:
    """Room for the scores of a block of a plan.

    Parameters
    ----------
    device : Device
        Where it is.
    capacity : int
        Bytes; ``part_bytes`` says how many a part takes.
    """

    def __init__(self, device: Device, capacity: int) -> None:
        self._bytes, self.used = device.empty((capacity,), np.uint8), 0

    @property
    def filled(self) -> Any:
        """The bytes of all parts."""
        return self._bytes[: self.used]

    def take(self, factors: int, days: int) -> Part:
        """Return room for a part."""
        start, self.used = self.used, self.used + part_bytes(factors, days)
        if self.used > len(self._bytes):
            raise ValueError(f"scores of {factors} x {days} are over the room of {len(self._bytes)} bytes")
        return Part(factors, days, start, _views(self._bytes[start : self.used], factors, days))


def part_bytes(factors: int, days: int) -> int:
    """Return the bytes that a part takes.

    Examples
    --------
    >>> part_bytes(2, 10)
    512
    """
    return -(-factors * days * DAY_BYTES // ALIGNMENT) * ALIGNMENT


def host_scores(part: Part, downloaded: NDArray[np.uint8], ranks: Any) -> DailyScores:
    """Return a part's scores from the bytes of all parts, copied out of them; ``ranks`` are what it kept."""
    whole = downloaded[part.start : part.start + part_bytes(part.factors, part.days)]
    views = _views(whole, part.factors, part.days)
    return DailyScores(**{name: view.copy() for (name, _), view in zip(COLUMNS, views, strict=True)}, ranks=ranks)


def _views(run: Any, factors: int, days: int) -> tuple[Any, ...]:
    views, start = [], 0
    for _, dtype in COLUMNS:
        stop = start + factors * days * np.dtype(dtype).itemsize
        views.append(run[start:stop].view(dtype).reshape(factors, days))
        start = stop
    return tuple(views)
