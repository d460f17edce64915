"""What a feature is: a name, a unit, what it is made of, and the formula."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dfqgp.errors import FeatureError
from dfqgp.features.declared import check_name_and_unit

Matrix = NDArray[np.float64]
Builder = Callable[..., Matrix]

UNITS = ("price", "shares", "currency", "ratio", "count")


@dataclass(frozen=True)
class Feature:
    """One daily feature.

    Parameters
    ----------
    name : str
        How expressions call it; a Python identifier.
    unit : str
        One of :data:`UNITS`.
    columns : tuple of str
        Columns of the long table that the builder takes, first, as (T, N) float64.
    features : tuple of str
        Other features that it takes after them, as (T, N) float64.
    build : callable
        Formula. What is not finite in its result becomes NaN, so it needs no guards. A row may use rows before it,
        never rows after it.
    version : int
        Raised whenever the formula changes, so that stored panels are built anew.

    Raises
    ------
    FeatureError
        If the name is no identifier, the unit is unknown or the version is under 1.
    """

    name: str
    unit: str
    build: Builder
    columns: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    version: int = 1

    def __post_init__(self) -> None:
        check_name_and_unit(self.name, self.unit, UNITS)
        if self.version < 1:
            raise FeatureError(name=self.name, problem=f"version {self.version}", remedy="start at 1")

    def identity(self) -> dict[str, Any]:
        """Return everything but the builder as plain data, for fingerprints."""
        return {
            "name": self.name,
            "unit": self.unit,
            "columns": list(self.columns),
            "features": list(self.features),
            "version": self.version,
        }
