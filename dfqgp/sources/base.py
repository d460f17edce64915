"""What a source of raw tables is, and what it delivers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn, Protocol

from dfqgp.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


@dataclass(frozen=True, eq=False)
class Table:
    """A long table that keeps the data contract, one row a (date, code).

    Parameters
    ----------
    frame : pandas.DataFrame
        Sorted by (code, date) with a fresh index; columns and types as docs/data_contract.md says: ``date``
        datetime64[us] at midnight, ``code`` str, numbers float64, flags bool, ``industry`` str or None, ``list_date``
        datetime64[us]. ``mktcap``, ``turnover``, ``limit_up`` and ``limit_down`` are absent where the input gave
        none. Prices are raw; suspended rows are kept with ``is_trading`` False.
    units : mapping of str to str
        Unit name of every further numeric column.
    defaults : tuple of str
        Optional columns that were absent, so that their documented default holds.
    dropped : mapping of str to int
        Reason and number of rows left out; reasons that dropped nothing are not listed.
    """

    frame: pd.DataFrame
    units: Mapping[str, str] = field(default_factory=dict)
    defaults: tuple[str, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)


class Source(Protocol):
    """Where a long table comes from."""

    @property
    def name(self) -> str:
        """Name that the configuration and messages use."""

    def fingerprint(self) -> str:
        """Return a hex digest of everything that decides the table: equal digest, equal table."""

    def load(self) -> Table:
        """Read or make the table; raises SourceError or DataContractError."""


def refuse(key: str, got: object, expected: str, hint: str = "") -> NoReturn:
    """Raise the ConfigError for a source's setting."""
    raise ConfigError(key=f"source.{key}", got=repr(got), expected=expected, hint=hint)
