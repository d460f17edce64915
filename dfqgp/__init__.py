"""dfqgp: formulaic alpha factors for daily stock panels, mined by genetic programming."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["Panel"]


def _panel_from_frame(
    frame: pd.DataFrame,
    *,
    units: Mapping[str, str] | None = None,
    calendar: NDArray[np.datetime64] | None = None,
    min_listed_days: int = 60,
    exclude_st: bool = True,
) -> Panel:
    """Check a long table and assemble it; the rooms load here, so that ``import dfqgp`` stays light."""
    from dfqgp.features import assemble  # noqa: PLC0415
    from dfqgp.market import UniverseSettings  # noqa: PLC0415
    from dfqgp.sources.contract import check  # noqa: PLC0415

    universe = UniverseSettings(min_listed_days=min_listed_days, exclude_st=exclude_st)
    table = check(frame, where="Panel.from_frame", units=units)
    return assemble(table.frame, units=table.units, calendar=calendar, universe=universe)


Panel.register_frame_builder(_panel_from_frame)
