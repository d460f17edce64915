"""What factors are scored against, as the scoring kernel reads it: what depends on no factor is worked out here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dfqgp.backends.scoring import Target

TIED, COLUMN = np.uint16(0x8000), np.uint16(0x7FFF)
"""Bit of a stock whose label is that of the stock before it in the order of labels, and the bits of its column."""


@dataclass(frozen=True, eq=False)
class Days:
    """A target of R days and N stocks.

    Parameters
    ----------
    target : Target
        What it was made from.
    columns : (R, N) uint16
        Columns of the day's sample, ascending; only the first ``count`` are meant. Stocks that are alone in their group
        are left out: they are so for every factor.
    by_label : (R, N) uint16
        The same columns by ascending label, with the bit ``TIED``.
    count : (R,) int64
        Number of these stocks.
    tied : (R,) bool
        Whether two of the day's labels are equal.
    members : (R, G) int32
        Number of these stocks by group.
    """

    target: Target
    columns: NDArray[np.uint16]
    by_label: NDArray[np.uint16]
    count: NDArray[np.int64]
    tied: NDArray[np.bool_]
    members: NDArray[np.int32]

    @classmethod
    def of(cls, target: Target) -> Days:
        """Prepare a target, day by day."""
        shape, groups = target.label.shape, max(int(target.group.max(initial=0)) + 1, 1)
        columns, by_label = np.zeros(shape, dtype=np.uint16), np.zeros(shape, dtype=np.uint16)
        members = np.zeros((shape[0], groups), dtype=np.int32)
        count, tied = np.zeros(shape[0], dtype=np.int64), np.zeros(shape[0], dtype=np.bool_)
        for r in range(shape[0]):
            group, sample = target.group[r], np.flatnonzero(target.sample[r])
            sizes = np.bincount(group[sample], minlength=groups)
            kept, order = sample[sizes[group[sample]] > 1], target.order[r, : target.count[r]]
            order = order[sizes[group[order]] > 1]
            equal = target.label[r, order[1:]] == target.label[r, order[:-1]]
            members[r] = np.where(sizes > 1, sizes, 0)
            count[r], tied[r] = len(kept), equal.any()
            columns[r, : len(kept)], by_label[r, : len(kept)] = kept, order
            by_label[r, 1 : len(kept)] |= np.where(equal, TIED, 0).astype(np.uint16)
        return cls(target, columns, by_label, count, tied, members)

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays that are its own."""
        return sum(part.nbytes for part in vars(self).values() if isinstance(part, np.ndarray))
