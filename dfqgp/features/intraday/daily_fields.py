"""Features that compare what the bars say with the daily fields of the panel, computed when they join it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.features.intraday.spec import intraday_feature

if TYPE_CHECKING:
    from dfqgp.features.spec import Matrix


@intraday_feature(
    "overnight_minus_intraday",
    "ratio",
    "gap - intraday_return",
    "Lou, Polk, Skouras (2019)",
    fields=("gap", "intraday_return"),
)
def overnight_minus_intraday(gap: Matrix, intraday_return: Matrix) -> Matrix:
    """Overnight return (open over the adjusted close before, minus 1) less the day's intraday return."""
    return gap - intraday_return
