"""Further numeric columns of the table, which become features under their own names."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from dfqgp.errors import FeatureError, nearest
from dfqgp.features.columns import CONTRACT_NUMBERS
from dfqgp.features.spec import Feature

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from dfqgp.features.registry import FeatureRegistry
    from dfqgp.features.spec import Matrix

logger = logging.getLogger(__name__)


def extra_features(frame: pd.DataFrame, units: Mapping[str, str], registry: FeatureRegistry) -> list[Feature]:
    """Return one feature for each further numeric column, sorted by name.

    The unit decides the treatment, as it does for the package's own features: a price is multiplied by the factor, a
    number of shares divided by it, and both are missing on suspended days; anything else is taken as it stands.

    Parameters
    ----------
    frame : pandas.DataFrame
        Normalised long table.
    units : mapping of str to str
        Unit of each column; ratio where not mentioned.
    registry : FeatureRegistry
        Its names are taken; a column that bears one, or whose name no expression could hold, is left out and logged.

    Raises
    ------
    FeatureError
        If a unit is unknown, or belongs to no further numeric column.
    """
    columns = sorted(str(name) for name in frame.select_dtypes("float64") if name not in CONTRACT_NUMBERS)
    for name in units:
        if name not in columns:
            raise FeatureError(
                name=name,
                problem=f"has a unit, but the table has no such further numeric column{nearest(name, columns)}",
                remedy="remove the unit or add the column",
            )
    return [_extra(name, units.get(name, "ratio")) for name in columns if _usable(name, registry)]


def _usable(name: str, registry: FeatureRegistry) -> bool:
    if name in registry:
        logger.warning("column '%s' is left out: the feature of that name is computed from the prices", name)
        return False
    if not name.isidentifier():
        logger.warning("column '%s' is left out: an expression cannot name it; rename it to use it", name)
        return False
    return True


def _extra(name: str, unit: str) -> Feature:
    adjust = {"price": _as_price, "shares": _as_shares}.get(unit)
    if adjust is None:
        return Feature(name, unit, _as_given, columns=(name,))
    return Feature(name, unit, adjust, columns=(name, "adj_factor"))


def _as_price(price: Matrix, factor: Matrix) -> Matrix:
    return price * factor


def _as_shares(shares: Matrix, factor: Matrix) -> Matrix:
    return shares / factor


def _as_given(values: Matrix) -> Matrix:
    return values
