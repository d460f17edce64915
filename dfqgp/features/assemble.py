"""From a checked long table to a panel.

1. take the table's columns as arrays (rows), find the axes, and the cell that each row goes to (pivot);
2. blank what a suspended stock did not trade, so that every price and volume feature is NaN on that day;
3. build the features in float64, each after those that it takes, keep them as float32, and let go of each float64
   matrix after the last feature that takes it;
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
from dfqgp.features.masks import buyable, members, sellable
from dfqgp.features.pivot import Pivot
from dfqgp.features.registry import REGISTRY, FeatureRegistry
from dfqgp.features.rows import INDUSTRY, columns_of
from dfqgp.frames import Columns
from dfqgp.market.universe import UniverseSettings
from dfqgp.panel import UNKNOWN_GROUP, Panel

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from dfqgp.features.spec import Feature, Matrix
    from dfqgp.panel import FloatMatrix

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
    fields = _build([*registry.buildable(columns.numbers, columns.without), *extras], _Rows(columns, pivot, extras))
    order = [f for f in (*registry, *extras) if f.name in fields]
    return Panel(
        dates=pivot.dates,
        codes=pivot.codes,
        fields={f.name: fields[f.name] for f in order},
        units={f.name: f.unit for f in order},
        groups={INDUSTRY: pivot.matrix(columns.groups, UNKNOWN_GROUP)},
        group_names={INDUSTRY: columns.group_names},
        universe=pivot.matrix(members(columns, pivot.calendar, universe or UniverseSettings()), missing=False),
        buyable=pivot.matrix(buyable(columns), missing=False),
        sellable=pivot.matrix(sellable(columns), missing=False),
        size=fields.get(SIZE),
        origin=pivot.origin,
    )


class _Rows:
    """The numeric columns of the table as matrices, those of trading blank on suspended days."""

    def __init__(self, columns: Columns, pivot: Pivot, extras: Sequence[Feature]) -> None:
        self.columns, self.pivot = columns, pivot
        self.traded = {*TRADED, *(f.name for f in extras if f.unit in TRADED_UNITS)}

    def matrix(self, name: str) -> Matrix:
        values = self.columns.numbers[name]
        if name in self.traded:
            values = self.columns.xp.where(self.columns.flags["is_trading"], values, np.nan)
        return self.pivot.matrix(values, np.nan)


def _build(features: Sequence[Feature], rows: _Rows) -> dict[str, FloatMatrix]:
    """Build in the order given.

    Float64 matrices, of columns as of features, are held only as long as a later feature takes them: of a whole
    market's history each is as large as two fields.
    """
    raw: dict[str, Matrix] = {}
    exact: dict[str, Matrix] = {}
    fields: dict[str, FloatMatrix] = {}
    for place, feature in enumerate(features):
        raw |= {name: rows.matrix(name) for name in feature.columns if name not in raw}
        exact[feature.name] = _values(feature, raw, exact)
        fields[feature.name] = _stored(exact[feature.name])
        later = features[place + 1 :]
        raw = _held(raw, {name for each in later for name in each.columns})
        exact = _held(exact, {name for each in later for name in each.features})
    return fields


def _values(feature: Feature, raw: Mapping[str, Matrix], exact: Mapping[str, Matrix]) -> Matrix:
    with np.errstate(all="ignore"):
        return feature.build(*(raw[name] for name in feature.columns), *(exact[name] for name in feature.features))


def _held(matrices: Mapping[str, Matrix], names: Collection[str]) -> dict[str, Matrix]:
    return {name: matrix for name, matrix in matrices.items() if name in names}


def _stored(values: Matrix) -> FloatMatrix:
    """Float32 in C order; what is not finite, or not in float32, is missing."""
    with np.errstate(all="ignore"):
        stored = values.astype(np.float32, order="C")
    stored[~np.isfinite(stored)] = np.nan
    return stored
