"""The stores of residual ranks of a session, one for each number of days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.backends.gpu.ranks import RankStore, rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from dfqgp.backends.gpu.device import Device
    from dfqgp.backends.gpu.ranks import DeviceRanks
    from dfqgp.backends.scoring import HostRanks, Ranks


class RankStores:
    """Stores by the number of days, made when they are first asked for.

    Parameters
    ----------
    device : Device
        Where they are.
    columns : int
        N.
    """

    def __init__(self, device: Device, columns: int) -> None:
        self._device, self._columns = device, columns
        self._stores: dict[int, RankStore] = {}

    def of(self, days: int) -> RankStore:
        """Return the store of ranks of so many days."""
        if days not in self._stores:
            self._stores[days] = RankStore(self._device, days, self._columns)
        return self._stores[days]

    def put(self, ranks: HostRanks) -> DeviceRanks:
        """Copy ranks of the host to the device."""
        return self.of(len(ranks)).put(ranks)

    def fetch(self, ranks: Sequence[Ranks], days: NDArray[np.int64] | None = None) -> list[HostRanks]:
        """Return copies of ranks of as many days each in host memory, brought down at once."""
        return rows_of(ranks)[0].fetch(ranks, days) if ranks else []
