"""Rows of several frames as one frame, one column at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from pandas.api.types import union_categoricals

if TYPE_CHECKING:
    from collections.abc import Sequence


def stack(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of all frames, one frame after the other, on a fresh index.

    The values are those of ``pandas.concat``, but each column is taken out of the frames before the next one is
    stacked, so that memory holds one column twice, and categories stay categories.

    Parameters
    ----------
    frames : list of pandas.DataFrame
        At least one. The list is emptied, and the frames are not changed. A column that only some of them have is
        empty in the others.

    Examples
    --------
    >>> stack([pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [2], "b": ["x"]})]).to_dict("list")
    {'a': [1, 2], 'b': [nan, 'x']}
    """
    pieces = [frame.reset_index(drop=True) for frame in [frame for frame in frames if len(frame)] or frames[:1]]
    frames.clear()
    if len(pieces) == 1:
        return pieces[0]
    if any(frame.columns.has_duplicates for frame in pieces):
        return pd.concat(pieces, ignore_index=True)
    names: dict[Any, None] = dict.fromkeys(name for frame in pieces for name in frame)
    return pd.DataFrame({name: _stacked(name, pieces) for name in names}, copy=False)


def _stacked(name: str, pieces: Sequence[pd.DataFrame]) -> pd.Series[Any]:
    """One column of all pieces; it is no longer in them."""
    if all(name in piece for piece in pieces):
        columns = [piece.pop(name) for piece in pieces]
        kinds = {column.cat.categories.dtype if _has_categories(column) else None for column in columns}
        if len(kinds) == 1 and None not in kinds:
            return pd.Series(union_categoricals(columns, ignore_order=True))
        return pd.concat(columns, ignore_index=True)
    parts = [pd.DataFrame({name: piece.pop(name)} if name in piece else {}, index=piece.index) for piece in pieces]
    stacked: pd.Series[Any] = pd.concat(parts, ignore_index=True)[name]
    return stacked


def _has_categories(column: pd.Series[Any]) -> bool:
    return isinstance(column.dtype, pd.CategoricalDtype)
