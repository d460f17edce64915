"""The columns of a long table as arrays of NumPy, or of CuPy on a device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from numpy.typing import NDArray

Array: TypeAlias = Any
"""An array of NumPy or CuPy: only what both have is used."""

DAY = np.dtype("datetime64[D]")


@dataclass(frozen=True, eq=False)
class Columns:
    """A long table that keeps the data contract, n rows in any order, one row per (day, asset).

    Parameters
    ----------
    xp : module
        NumPy or CuPy, whose arrays these are.
    days : (n,) int64
        Days since 1970-01-01.
    assets : (n,) int64
        Number of each row's code in ``codes``.
    codes : tuple of str
        Sorted and distinct.
    numbers : mapping of str to (n,) float64
        Numeric columns; NaN is missing.
    flags : mapping of str to (n,) bool
        ``is_trading``, ``is_st`` and ``in_universe``.
    listed : (n,) int64
        Listing day of each row's code as known on the day.
    groups : (n,) int16
        Number of each row's industry in ``group_names``; -1 is unknown.
    group_names : tuple of str
        Sorted.
    without : frozenset of str
        Features that these columns cannot give, although the columns that they take are there.
    """

    xp: ModuleType
    days: Array
    assets: Array
    codes: tuple[str, ...]
    numbers: Mapping[str, Array]
    flags: Mapping[str, Array]
    listed: Array
    groups: Array
    group_names: tuple[str, ...]
    without: frozenset[str] = frozenset()


def host(array: Array) -> NDArray[Any]:
    """Return an array in host memory: NumPy's as it is, CuPy's copied."""
    return array if isinstance(array, np.ndarray) else array.get()
