"""What a layout says of the tables of one vendor."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PRECLOSE = "preclose"
"""The previous close as the exchange publishes it, ex rights; no column of the contract, but limits follow from it."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Names, units and habits of the daily tables that a vendor's interface returns.

    Parameters
    ----------
    columns : mapping of str to str
        Our column name to the vendor's. Only columns that are there are mapped.
    scales : mapping of str to float
        Factor of a mapped column, such as 100 for lots.
    ready : tuple of str
        Further numeric columns, by our names, that become features where they are there.
    marks : mapping of str to float
        A column of the vendor's, and the number that it holds where prices are raw.
    negated : frozenset of str
        Flags that say the opposite of ours, such as "paused".
    adjusted : bool
        Prices are multiplied and volume is divided by ``adj_factor``, which is undone.
    standard_codes : bool
        Bring codes to the form 000001.SZ.
    factor_from_preclose : bool
        Derive an absent ``adj_factor`` from the previous closes.
    limits_from_preclose : bool
        Derive ``limit_up`` and ``limit_down`` from the previous closes.
    needs : mapping of str to str
        A column that has to be there, by our name, and what to do where it is not.
    """

    columns: Mapping[str, str]
    scales: Mapping[str, float] = field(default_factory=dict)
    ready: tuple[str, ...] = ()
    marks: Mapping[str, float] = field(default_factory=dict)
    negated: frozenset[str] = frozenset()
    adjusted: bool = False
    standard_codes: bool = True
    factor_from_preclose: bool = False
    limits_from_preclose: bool = False
    needs: Mapping[str, str] = field(default_factory=dict)

    @property
    def on_device(self) -> bool:
        """Whether tables can be read on a device: names, units and limits can, the rest is done by pandas alone."""
        return not (self.standard_codes or self.negated or self.adjusted or self.factor_from_preclose)

    @property
    def helpers(self) -> tuple[str, ...]:
        """Further columns that are read for what follows from them, and left out afterwards."""
        return (PRECLOSE,) if self.limits_from_preclose else ()

    @property
    def derived(self) -> tuple[str, ...]:
        """Columns of the contract that are filled in after the check; the table's own are not looked at."""
        return ("limit_up", "limit_down") if self.limits_from_preclose else ()
