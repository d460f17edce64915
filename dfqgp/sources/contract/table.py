"""The checked long table that every source delivers."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dfqgp.frames import host
from dfqgp.sources.contract.columns import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dfqgp.frames import Array, Columns


@dataclass(frozen=True, eq=False)
class Table:
    """A long table that keeps the data contract, one row per (date, code).

    Parameters
    ----------
    columns : Columns
        Its columns as arrays, maybe on a device, sorted by (code, date). Prices are raw; suspended rows are kept with
        ``is_trading`` False. ``mktcap``, ``turnover``, ``limit_up`` and ``limit_down`` are absent where the input gave
        none.
    units : mapping of str to str
        Unit name of every further numeric column.
    defaults : tuple of str
        Optional columns that were absent, so that their documented default holds.
    dropped : mapping of str to int
        Reason and number of rows left out; reasons that dropped nothing are not listed.
    repaired : mapping of str to int
        What was repaired in how many rows.
    """

    columns: Columns
    units: Mapping[str, str] = field(default_factory=dict)
    defaults: tuple[str, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)
    repaired: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The table as a pandas frame with a fresh index, made at first use.

        The columns of the contract come first; types as docs/data_contract.md says: ``date`` and ``list_date``
        datetime64[us] at midnight, ``code`` str, ``industry`` str or None, numbers float64, flags bool.
        """
        given = self.columns
        cells: dict[str, Any] = {name: host(each) for name, each in {**given.numbers, **given.flags}.items()}
        cells["date"], cells["list_date"] = _stamps(given.days), _stamps(given.listed)
        cells["code"] = _names(given.assets, given.codes)
        cells["industry"] = _names(given.groups, given.group_names)
        order = [*(name for name in BY_NAME if name in cells), *(name for name in cells if name not in BY_NAME)]
        return pd.DataFrame({name: cells[name] for name in order})


def _stamps(days: Array) -> Any:  # noqa: ANN401 - NumPy's stamps of a resolution have no name
    return host(days).astype("datetime64[D]").astype("datetime64[us]")


def _names(numbers: Array, names: tuple[str, ...]) -> pd.Series[Any]:
    return pd.Series(np.array([*names, None], dtype=object)[host(numbers)], dtype=object)
