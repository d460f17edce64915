"""From a checked long table to a panel.

1. take the table's columns as arrays (rows), find the axes, and the cell that each row goes to (pivot);
2. blank what a suspended stock did not trade, so that every price and volume feature is NaN on that day;
3. build the features in float64, each after those that it takes, and keep them as float32;
4. take along the further numeric columns that have a unit, under their own names (extras);
5. lay down the masks, the industry groups and the size.

A table that is on a device is pivoted there. Features are computed on the host from its matrices: a logarithm of the
device need not have the bits of NumPy's, and a panel's values must not depend on where its table was read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.features.columns import TRADED, TRADED_UNITS
from dfqgp.features.extras import extra_features
from dfqgp.features.pivot import Pivot
from dfqgp.features.registry import REGISTRY, FeatureRegistry
from dfqgp.features.rows import INDUSTRY, columns_of
from dfqgp.frames import Columns
from dfqgp.market.universe import UniverseSettings, buyable_mask, universe_mask
from dfqgp.panel import UNKNOWN_GROUP, Panel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from dfqgp.features.spec import Feature, Matrix
    from dfqgp.frames import Array
    from dfqgp.panel import BoolMatrix, FloatMatrix

SIZE = "log_mktcap"


def assemble(
    frame: pd.DataFrame | Columns,
    *,
    units: Mapping[str, str] | None = None,
    calendar: NDArray[np.datetime64] | None = None,
    universe: UniverseSettings | None = None,
    registry: FeatureRegistry = REGISTRY,
) -> Panel:
    """Build the panel of a long table that keeps the data contract.

    Parameters
    ----------
    frame : pandas.DataFrame or Columns
        Normalised long table, one row per (date, code), in any order; it is not changed.
    units : mapping of str to str, optional
        Units of the further numeric columns that become features; other further columns are not looked at.
    calendar : ndarray of datetime64, optional
        Trading days that contain all dates of the table. The panel has every one from the table's first day to its
        last, and its origin is the ordinal of the first.
    universe : UniverseSettings, optional
        Listing age and ST rule.
    registry : FeatureRegistry
        Features to build; those whose inputs are absent are left out and logged.

    Returns
    -------
    Panel
        Fields in the registry's order, then the further columns by name. Suspended days and missing rows are NaN in
        every price and volume feature.

    Raises
    ------
    PanelError
        If there are no rows, a (date, code) stands twice, or the calendar lacks a date.
    FeatureError
        If the registry is inconsistent, a unit is unknown, or a further column cannot be a feature.
    """
    columns = frame if isinstance(frame, Columns) else columns_of(frame)
    pivot = Pivot.of(columns, calendar)
    extras = extra_features(list(columns.numbers), units or {}, registry)
    features = [*registry.buildable(columns.numbers, columns.without), *extras]
    fields = _build(features, _blank_suspended(columns, extras), pivot)
    order = [f for f in (*registry, *extras) if f.name in fields]
    flags = {name: pivot.matrix(flag, missing=False) for name, flag in columns.flags.items()}
    return Panel(
        dates=pivot.dates,
        codes=pivot.codes,
        fields={f.name: fields[f.name] for f in order},
        units={f.name: f.unit for f in order},
        groups={INDUSTRY: pivot.matrix(columns.groups, UNKNOWN_GROUP)},
        group_names={INDUSTRY: columns.group_names},
        universe=_universe(columns, flags, pivot, universe or UniverseSettings()),
        buyable=_buyable(columns, flags["is_trading"], pivot),
        size=fields.get(SIZE),
        origin=pivot.origin,
    )


def _blank_suspended(columns: Columns, extras: Sequence[Feature]) -> dict[str, Array]:
    """Numeric columns of the table, those that trading makes blank on suspended days."""
    trading = columns.flags["is_trading"]
    traded = {*TRADED, *(f.name for f in extras if f.unit in TRADED_UNITS)}
    return {
        name: columns.xp.where(trading, column, np.nan) if name in traded else column
        for name, column in columns.numbers.items()
    }


def _build(features: Sequence[Feature], rows: Mapping[str, Array], pivot: Pivot) -> dict[str, FloatMatrix]:
    """Build in the order given; float64 results are kept only while another feature takes them."""
    raw = {name: pivot.matrix(rows[name], np.nan) for name in {c for f in features for c in f.columns}}
    taken = {name for f in features for name in f.features}
    exact: dict[str, Matrix] = {}
    fields: dict[str, FloatMatrix] = {}
    for feature in features:
        with np.errstate(all="ignore"):
            values = feature.build(*(raw[c] for c in feature.columns), *(exact[n] for n in feature.features))
            fields[feature.name] = _stored(values)
        if feature.name in taken:
            exact[feature.name] = values
    return fields


def _stored(values: Matrix) -> FloatMatrix:
    """Float32 in C order; what is not finite, or not in float32, is missing."""
    stored = values.astype(np.float32, order="C")
    stored[~np.isfinite(stored)] = np.nan
    return stored


def _universe(
    columns: Columns, flags: Mapping[str, BoolMatrix], pivot: Pivot, settings: UniverseSettings
) -> BoolMatrix:
    never = np.iinfo(np.int64).min  # NaT
    listed = pivot.matrix(columns.listed, never).astype("datetime64[D]")
    days = np.broadcast_to(pivot.dates[:, None], pivot.shape)
    return universe_mask(**flags, listed_days=pivot.calendar.trading_days_since(listed, days), settings=settings)


def _buyable(columns: Columns, is_trading: BoolMatrix, pivot: Pivot) -> BoolMatrix:
    prices = {
        name: pivot.matrix(columns.numbers[name], np.nan) for name in ("open", "limit_up") if name in columns.numbers
    }
    return buyable_mask(is_trading=is_trading, open_price=prices["open"], limit_up=prices.get("limit_up"))
