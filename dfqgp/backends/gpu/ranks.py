"""Residual ranks that stay on the device, and the handles by which the search knows them.

Ranks of one number of days stand in rows of one array, so that a kernel reaches those of any factors. A row is free
again when its handle dies; no copy moves, and a survivor keeps nothing but its own row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dfqgp.backends.gpu.kernels.compile import as_kernel_argument
from dfqgp.errors import PanelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dfqgp.backends.gpu.device import Device
    from dfqgp.backends.scoring import HostRanks, Ranks

_LEAST_ROWS = 16


class DeviceRanks:
    """Residual ranks of one factor on the device; see ``dfqgp.backends.scoring.Ranks``.

    Parameters
    ----------
    store : RankStore
        Where they are.
    row : int
        Which row of it.
    """

    def __init__(self, store: RankStore, row: int) -> None:
        self.store, self.row = store, row

    def __len__(self) -> int:
        return self.store.days

    def __del__(self) -> None:
        self.store.give_back(self.row)


class RankStore:
    """Rows of residual ranks of one number of days, twice as many whenever they do not suffice.

    Parameters
    ----------
    device : Device
        Where they are.
    days, columns : int
        C and N.
    """

    def __init__(self, device: Device, days: int, columns: int) -> None:
        self.device, self.days, self.columns = device, days, columns
        self._free: list[int] = []
        self._rows = 0
        self._array: Any = None
        self.argument: Any = None
        """(rows, C, N) uint16, as a kernel argument."""

    @property
    def nbytes(self) -> int:
        """Bytes of all rows."""
        return 2 * self._rows * self.days * self.columns

    def take(self, count: int) -> list[DeviceRanks]:
        """Return handles of rows that hold anything; ``argument`` is another array then. Raises DeviceMemoryError."""
        if len(self._free) < count:
            self._grow(max(2 * self._rows, self._rows - len(self._free) + count, _LEAST_ROWS))
        return [DeviceRanks(self, self._free.pop()) for _ in range(count)]

    def put(self, ranks: HostRanks) -> DeviceRanks:
        """Copy ranks of the host into a row; raises PanelError if they have another shape."""
        if ranks.shape != (self.days, self.columns):
            raise PanelError(
                what="shape of residual ranks",
                got=ranks.shape,
                expected=(self.days, self.columns),
                remedy="take ranks of the days and assets that the session keeps",
            )
        (handle,) = self.take(1)
        self.device.copy_up(np.ascontiguousarray(ranks, dtype=np.uint16), self._array[handle.row])
        return handle

    def fetch(self, handles: Sequence[Ranks], days: NDArray[np.int64] | None = None) -> list[HostRanks]:
        """Return copies of ranks in host memory, of all days or of some, all brought down at once."""
        if not handles:
            return []
        rows = rows_of(handles)[1].astype(np.int64)
        if days is None:
            return [np.array(each) for each in self.device.download(self._array[self.device.upload(rows)])]
        flat = self._array.reshape(self._rows * self.days, self.columns)
        chosen = self.device.upload((rows[:, None] * self.days + days).ravel())
        return list(self.device.download(flat[chosen]).reshape(len(rows), len(days), self.columns).copy())

    def give_back(self, row: int) -> None:
        """Free a row; without any in use the memory goes back to the device."""
        self._free.append(row)
        if len(self._free) == self._rows:
            self._rows, self._free, self._array, self.argument = 0, [], None, None

    def _grow(self, rows: int) -> None:
        array = self.device.empty((rows, self.days, self.columns), np.uint16)
        if self._rows:
            array[: self._rows] = self._array
        self._free.extend(range(self._rows, rows))
        self._rows, self._array, self.argument = rows, array, as_kernel_argument(array)


def rows_of(handles: Sequence[Ranks]) -> tuple[RankStore, NDArray[np.int32]]:
    """Return the store that all handles are of, and their rows in it; raises PanelError if there is no such one."""
    own = [handle for handle in handles if isinstance(handle, DeviceRanks)]
    if len(own) < len(handles) or len({handle.store for handle in own}) > 1:
        raise PanelError(
            what="residual ranks to correlate",
            got=", ".join(sorted({f"{type(handle).__name__} of {len(handle)} days" for handle in handles})),
            expected="ranks of the same days that the session holds",
            remedy="give all of them to the session's hold() first",
        )
    return own[0].store, np.array([handle.row for handle in own], dtype=np.int32)
