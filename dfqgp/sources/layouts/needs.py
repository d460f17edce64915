"""What a layout cannot do without: columns, codes of a known form, and prices that are raw."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import numpy as np

from dfqgp.errors import SourceError, nearest
from dfqgp.sources.contract.convert import to_number
from dfqgp.sources.layouts.layout import PRECLOSE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from dfqgp.sources.layouts.layout import Layout
    from dfqgp.sources.layouts.settings import LayoutSettings

_MEANINGS = {
    PRECLOSE: "the previous close, from which the price limits follow",
    "adj_factor": "the cumulative factor, without which raw prices jump at every dividend and split",
}


def refuse_adjusted(source: str, frame: pd.DataFrame, layout: Layout, settings: LayoutSettings) -> None:
    """Raise SourceError if a column of the vendor's says that prices are not raw, and the settings that they are."""
    for name, raw in layout.marks.items() if settings.prices == "raw" else ():
        marks = np.asarray(to_number(frame[name]).array) if name in frame else np.array([raw])
        others = marks[marks != raw]
        if others.size:
            raise SourceError(
                name=source,
                problem=f"column '{name}' is {others[0]:g} on {others.size} rows: their prices are adjusted",
                expected=f"{raw:g}, which is raw",
                remedy=f"export with {name}={raw:g}, or set source.prices=forward or backward",
            )


def refuse_lacking(source: str, frame: pd.DataFrame, layout: Layout, settings: LayoutSettings) -> None:
    """Raise SourceError if a column that the layout needs is not there; adjusted prices need no factor."""
    for name, remedy in layout.needs.items():
        if name not in frame and not (name == "adj_factor" and settings.prices != "raw"):
            refuse_absent(source, name, frame, remedy)


def refuse_absent(source: str, name: str, frame: pd.DataFrame, remedy: str) -> NoReturn:
    """Raise the error of a column that is not there."""
    raise SourceError(
        name=source,
        problem=f"no column '{name}'{nearest(name, map(str, frame.columns))}",
        expected=_MEANINGS.get(name, f"the column '{name}' of the data contract"),
        remedy=remedy,
    )


def refuse_codes(source: str, strange: Sequence[str]) -> None:
    """Raise SourceError for codes that have no known form."""
    if strange:
        raise SourceError(
            name=source,
            problem=f"code {', '.join(map(repr, strange))} is of no stock that is known by its form",
            expected="600000.XSHG, sh.600000, SH600000, 600000.SH, or six digits that tell a stock's exchange",
            remedy="leave out rows of funds, bonds and indices, or write the exchange into the code",
        )
