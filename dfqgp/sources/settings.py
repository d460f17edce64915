"""What the settings of all sources of long tables share: names, units, and how the table is to be taken."""

from __future__ import annotations

from dataclasses import field
from typing import Annotated

from pydantic import Field

from dfqgp.errors import ConfigError
from dfqgp.records import record
from dfqgp.sources.contract.columns import UnitName
from dfqgp.sources.contract.treatment import Treatment


@record("source", ConfigError)
class TableSettings(Treatment):
    """How the columns of a table are called, what becomes features, and how the table is to be taken.

    Parameters
    ----------
    columns : dict of str to str
        Our column name to the table's; columns that are not mentioned keep their name.
    scales : dict of str to float
        Factor by which one of our columns is multiplied after renaming, such as 0.01 for percent.
    features : tuple of str
        Further numeric columns that become features; the others are left out.
    units : dict of str to str
        Unit of columns in ``features`` (price, shares, currency, ratio, count); ratio where not mentioned.
    timezone, amount, on_bad, bad_limit, prices
        See Treatment.

    Raises
    ------
    ConfigError
        If a scale is not a finite number above 0, a unit is unknown, or a value is none that Treatment takes.
    """

    columns: dict[str, str] = field(default_factory=dict)
    scales: dict[str, Annotated[float, Field(gt=0)]] = field(default_factory=dict)
    features: tuple[str, ...] = ()
    units: dict[str, UnitName] = field(default_factory=dict)
