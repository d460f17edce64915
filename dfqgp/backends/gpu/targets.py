"""What factors are scored against, as the tables of the scoring kernel.

The stocks of a day's sample stand in the order of their groups, so that a group is a run of neighbours, and the kernel
reads no stock that is not in the sample. Runs are cut into pieces of a few stocks each, which threads add up. What
depends on the labels alone is worked out here: their order, and the first and last place of equal ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dfqgp.backends.gpu.geometry import MOST_THREADS
from dfqgp.backends.gpu.kernels.compile import as_kernel_argument

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dfqgp.backends.gpu.device import Device
    from dfqgp.backends.scoring import Target

ROW, COUNT, GROUPS = range(3)
"""Columns of the head: row of the panel, stocks in the sample, groups among them."""

COLUMN, GROUP, FIRST, LAST, ORDER = range(5)
"""Rows of the codes of a day: by position the stock's column, its group, first and last place of its label's ties; by
place in the order of labels the position."""

PIECE, GROUP_PIECE = range(2)
"""Rows of the cuts of a day: first position of each piece, first piece of each group; the end after the last."""

LEAST_PIECE = 8


@dataclass(frozen=True, eq=False)
class DayTables:
    """Tables of R days of N stocks, see the constants above.

    Parameters
    ----------
    head : (R, 3) int32
    codes : (R, 5, N) uint16
    cuts : (R, 2, W + 1) uint16
        W is the most pieces, or groups, of a day.
    size : (R, N) float32
        By position.
    """

    head: NDArray[np.int32]
    codes: NDArray[np.uint16]
    cuts: NDArray[np.uint16]
    size: NDArray[np.float32]

    @classmethod
    def of(cls, target: Target) -> DayTables:
        """Prepare a target, day by day."""
        days, columns = target.label.shape
        head = np.zeros((days, 3), dtype=np.int32)
        codes = np.zeros((days, 5, columns), dtype=np.uint16)
        size = np.zeros((days, columns), dtype=np.float32)
        length = max(LEAST_PIECE, -(-columns // MOST_THREADS))
        cuts = []
        for r in range(days):
            order, group, lengths = _by_group(target.sample[r], target.group[r])
            count = len(order)
            head[r] = target.rows[r], count, len(lengths)
            codes[r, COLUMN, :count], codes[r, GROUP, :count] = order, group
            codes[r, FIRST, :count], codes[r, LAST, :count], codes[r, ORDER, :count] = _label_order(target, r, order)
            size[r, :count] = target.size[r, order]
            cuts.append(_pieces(lengths, length))
        return cls(head, codes, _padded(cuts), size)


def _by_group(
    sample: NDArray[np.bool_], group: NDArray[np.int16]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the sample's columns by group and then column, their groups from 0, and the groups' numbers of stocks.

    A stock that is alone in its group within the sample is alone with every factor, so it stays out already.
    """
    columns = np.flatnonzero(sample)
    _, codes, counts = np.unique(group[columns], return_inverse=True, return_counts=True)
    order = np.argsort(codes, kind="stable")
    columns, codes = columns[order], codes[order]
    stays = counts[codes] > 1
    lengths = counts[counts > 1]
    return columns[stays], np.repeat(np.arange(len(lengths)), lengths), lengths


def _label_order(
    target: Target, r: int, order: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return by position the first and last place of its ties in the order of labels, and this order of positions."""
    position = np.full(target.label.shape[1], -1)
    position[order] = np.arange(len(order))
    by_label = position[target.order[r, : target.count[r]]]
    by_label = by_label[by_label >= 0]
    values = target.label[r, order[by_label]]
    first, last = np.empty(len(order), dtype=np.int64), np.empty(len(order), dtype=np.int64)
    first[by_label] = np.searchsorted(values, values, "left")
    last[by_label] = np.searchsorted(values, values, "right") - 1
    return first, last, by_label


def _pieces(lengths: NDArray[np.int64], most: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the start of each piece of at most ``most`` stocks and the first piece of each group, ends added."""
    counts = -(-lengths // most)
    group_piece = np.concatenate([[0], np.cumsum(counts)])
    starts = np.cumsum(lengths) - lengths
    inner = np.arange(group_piece[-1]) - np.repeat(group_piece[:-1], counts)
    return np.append(np.repeat(starts, counts) + most * inner, lengths.sum()), group_piece


def _padded(cuts: list[tuple[NDArray[np.int64], NDArray[np.int64]]]) -> NDArray[np.uint16]:
    width = max((len(piece) for piece, _ in cuts), default=1)  # no group is without a piece
    table = np.zeros((len(cuts), 2, width), dtype=np.uint16)
    for r, (piece, group_piece) in enumerate(cuts):
        table[r, PIECE, : len(piece)], table[r, GROUP_PIECE, : len(group_piece)] = piece, group_piece
    return table


class DeviceTarget:
    """A target's tables on the device, as kernel arguments.

    Parameters
    ----------
    device : Device
        Where they go.
    target : Target
        What they are made from.
    """

    def __init__(self, device: Device, target: Target) -> None:
        tables = DayTables.of(target)
        self._device = device
        self.days, self.columns = target.label.shape
        self.width = tables.cuts.shape[2]
        self.min_assets, self.winsor, self.ridge = target.min_assets, target.winsor, target.ridge
        parts = (tables.head, tables.codes, tables.cuts, tables.size)
        self.nbytes = sum(part.nbytes for part in parts)
        self.tables = tuple(as_kernel_argument(device.upload(part)) for part in parts)
        self._places: dict[bytes, Any] = {}

    def places(self, keep: NDArray[np.bool_] | None) -> Any:
        """Return on the device the place of each row among those to keep, -1 for the others; uploaded once a mask."""
        mask = np.zeros(self.days, dtype=np.bool_) if keep is None else keep
        key = mask.tobytes()
        if key not in self._places:
            places = np.where(mask, np.cumsum(mask) - 1, -1).astype(np.int32)
            self._places[key] = as_kernel_argument(self._device.upload(places))
        return self._places[key]
