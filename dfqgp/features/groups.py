"""Group codes from group names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dfqgp.errors import FeatureError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def group_codes(names: pd.Series) -> tuple[NDArray[np.int16], tuple[str, ...]]:
    """Return the code of every row, and the name of every code in sorted order.

    Parameters
    ----------
    names : pandas.Series of str, shape (n,)
        Group of each row as known on its day; None or NaN is unknown.

    Returns
    -------
    codes : (n,) int16
        -1 is unknown.
    names : tuple of str
        Sorted, so that a code depends on the set of names alone.

    Raises
    ------
    FeatureError
        If there are more names than int16 can number.

    Examples
    --------
    >>> group_codes(pd.Series(["steel", None, "banks", "steel"]))
    (array([ 1, -1,  0,  1], dtype=int16), ('banks', 'steel'))
    """
    codes, known = pd.factorize(names, sort=True)
    if len(known) > np.iinfo(np.int16).max:
        raise FeatureError(
            name=str(names.name),
            problem=f"{len(known)} groups, expected at most {np.iinfo(np.int16).max}",
            remedy="use a coarser grouping",
        )
    return codes.astype(np.int16), tuple(str(name) for name in known)
