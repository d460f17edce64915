"""A vendor's table brought to the data contract.

1. the vendor's names and units become ours, but where the settings say otherwise (settings, mapping);
2. codes get one form, flags that say the opposite are turned round, and ratios as text become numbers;
3. adjusted prices become raw ones, or the factor is derived from the previous closes (factor);
4. the table is checked, and price limits are derived from the previous closes (contract, fill_limits).
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dfqgp.sources.contract import check
from dfqgp.sources.contract.columns import LIMITS, PRICES
from dfqgp.sources.contract.convert import to_flag, to_number
from dfqgp.sources.layouts.codes import standard_codes
from dfqgp.sources.layouts.factor import unadjust, with_factor
from dfqgp.sources.layouts.fill_limits import with_limits, without_preclose
from dfqgp.sources.layouts.layout import PRECLOSE
from dfqgp.sources.layouts.needs import refuse_absent, refuse_adjusted, refuse_codes, refuse_lacking
from dfqgp.sources.layouts.settings import resolve
from dfqgp.sources.layouts.vendors import LAYOUTS
from dfqgp.sources.mapping import map_columns

if TYPE_CHECKING:
    from dfqgp.sources.contract import Table
    from dfqgp.sources.layouts.layout import Layout
    from dfqgp.sources.layouts.settings import LayoutSettings

logger = logging.getLogger(__name__)

LAYOUTS_VERSION = "2"
"""Part of the fingerprint of every source with a layout: raise it when the same input gives another table."""


def to_ours(source: str, frame: pd.DataFrame, settings: LayoutSettings) -> pd.DataFrame:
    """Return a vendor's table under our names, in our units and with our forms of codes and flags.

    Parameters
    ----------
    source : str
        Name of the source, for messages.
    frame : pandas.DataFrame
        As it was exported; it is not changed.
    settings : LayoutSettings
        The layout, and changes to it.

    Raises
    ------
    SourceError
        If a column that the layout or the settings need is not there, a code has no known form, or prices are adjusted
        that should be raw.
    """
    layout = LAYOUTS[settings.layout]
    refuse_adjusted(source, frame, layout, settings)
    maps = resolve(settings, [str(name) for name in frame.columns])
    ours = map_columns(source, frame, maps.columns, maps.scales)
    refuse_lacking(source, ours, layout, settings)
    if layout.standard_codes and "code" in ours:
        ours["code"], strange = standard_codes(ours["code"])
        refuse_codes(source, strange)
    for name in layout.negated & set(ours.columns):
        flag = to_flag(ours[name])
        turned = pd.Series(~np.asarray(flag.array), index=ours.index)
        ours[name] = turned if flag.unreadable is None else turned.where(~flag.unreadable, ours[name])
    for name in {*layout.ready, *layout.helpers} & set(ours.columns):
        number = to_number(ours[name])
        ours[name] = ours[name] if number.unreadable is not None else np.asarray(number.array)
    return _with_raw_prices(source, ours, layout, settings)


def check_table(frame: pd.DataFrame, settings: LayoutSettings, where: str) -> Table:
    """Check a table under our names, and derive the limits that its layout leaves out; raises DataContractError."""
    layout = LAYOUTS[settings.layout]
    ready = [name for name in layout.ready if name in frame]
    wanted = tuple(dict.fromkeys([*ready, *layout.helpers, *settings.features]))
    units = {name: "price" for name in (PRECLOSE,) if layout.columns and name in wanted} | settings.units
    return finish(
        check(frame, where=where, features=wanted, units=units, treatment=settings, derived=layout.derived), settings
    )


def finish(table: Table, settings: LayoutSettings) -> Table:
    """Derive the limits that the layout leaves out, where the table is."""
    if not LAYOUTS[settings.layout].limits_from_preclose:
        return table
    limited = replace(table, columns=with_limits(table.columns))
    return limited if PRECLOSE in settings.features else without_preclose(limited)


def _with_raw_prices(source: str, frame: pd.DataFrame, layout: Layout, settings: LayoutSettings) -> pd.DataFrame:
    """Take the factor out of adjusted prices, or derive an absent one of raw prices."""
    if layout.adjusted:
        prices = {*PRICES, *LIMITS, PRECLOSE, *_of_unit("price", settings)}
        return unadjust(frame, prices, {"volume", *_of_unit("shares", settings)})
    if layout.factor_from_preclose and "adj_factor" not in frame and settings.prices == "raw":
        for name in ("date", "code", "close", PRECLOSE):
            if name not in frame:
                refuse_absent(source, name, frame, "or add the column adj_factor, which is derived from it")
        logger.info("source %s: no column 'adj_factor'; derived from the previous closes", source)
        return with_factor(frame, settings.timezone)
    return frame


def _of_unit(unit: str, settings: LayoutSettings) -> list[str]:
    return [name for name, given in settings.units.items() if given == unit]
