"""Further numeric columns of the table that become features under their own names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.errors import FeatureError, nearest
from dfqgp.features.columns import CONTRACT_NUMBERS
from dfqgp.features.spec import Feature

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dfqgp.features.registry import FeatureRegistry
    from dfqgp.features.spec import Matrix


def extra_features(numbers: Sequence[str], units: Mapping[str, str], registry: FeatureRegistry) -> list[Feature]:
    """Return one feature for each column that has a unit, sorted by name.

    The unit decides the treatment, as it does for the package's own features: a price is multiplied by the factor, a
    number of shares divided by it, and both are missing on suspended days; anything else is taken as it stands.

    Parameters
    ----------
    numbers : sequence of str
        Numeric columns of the table.
    units : mapping of str to str
        Unit of each further numeric column that becomes a feature.
    registry : FeatureRegistry
        Its names are taken.

    Raises
    ------
    FeatureError
        If a unit is unknown, the table has no such further numeric column, or its name is taken or no identifier.
    """
    columns = [name for name in numbers if name not in CONTRACT_NUMBERS]
    for name in units:
        if name not in columns:
            raise FeatureError(
                name=name,
                problem=f"has a unit, but the table has no such further numeric column{nearest(name, columns)}",
                remedy="remove the unit or add the column",
            )
        if name in registry:
            remedy = "give the column another name to use it"
            raise FeatureError(name=name, problem="the feature of that name is computed from the prices", remedy=remedy)
    return [_extra(name, unit) for name, unit in sorted(units.items())]


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
