"""The rows of a pandas frame as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dfqgp.features.groups import group_codes
from dfqgp.frames import Columns

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

INDUSTRY = "industry"
FLAGS = ("is_trading", "is_st", "in_universe")


def columns_of(frame: pd.DataFrame) -> Columns:
    """Return the columns of a normalised long table.

    Parameters
    ----------
    frame : pandas.DataFrame
        In the form of docs/data_contract.md, one row per (date, code), in any order; it is not changed.
    """
    assets, codes = pd.factorize(frame["code"], sort=True)
    groups, names = group_codes(frame[INDUSTRY])
    return Columns(
        xp=np,
        days=_days(frame["date"]),
        assets=assets,
        codes=tuple(str(code) for code in codes),
        numbers={str(name): column.to_numpy() for name, column in frame.select_dtypes("float64").items()},
        flags={name: frame[name].to_numpy(dtype=bool) for name in FLAGS},
        listed=_days(frame["list_date"]),
        groups=groups,
        group_names=names,
    )


def _days(dates: pd.Series[Any]) -> NDArray[np.int64]:
    return dates.to_numpy().astype("datetime64[D]").astype(np.int64)
