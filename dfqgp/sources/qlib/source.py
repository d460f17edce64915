"""A folder in qlib's binary format, read without qlib."""

from __future__ import annotations

import hashlib
import json
from dataclasses import field
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field

from dfqgp.errors import ConfigError
from dfqgp.records import plain, record
from dfqgp.sources.base import Partition, Source
from dfqgp.sources.contract import check
from dfqgp.sources.qlib.folder import NAME, QlibFolder
from dfqgp.sources.qlib.table import find_fields, read_table
from dfqgp.sources.settings import TableSettings

if TYPE_CHECKING:
    import pandas as pd

    from dfqgp.sources.contract import Table

# Raise it when the same folder gives another table.
_VERSION = "1"


def _named(path: str) -> str:
    if not path:
        raise ValueError("Input should be a qlib folder; set source.path=FOLDER")
    return path


@record("source", ConfigError)
class QlibSettings(TableSettings):
    """Settings of :class:`QlibSource`.

    Parameters
    ----------
    name : {"qlib"}
        Chooses this source.
    columns, scales, features, units, timezone, amount, on_bad, bad_limit, prices
        See TableSettings; columns names fields, without the dollar sign.
    path : str
        Folder with ``calendars``, ``instruments`` and ``features``.
    instruments : str
        Market whose stocks are read: the name of a file in ``instruments``, without ``.txt``.
    universe : str
        Market whose ranges say when a stock is in the universe; empty for that of ``instruments``.
    adjusted : bool
        Prices and volume are adjusted, and ``factor`` takes them back to raw ones. False takes them as they are.

    Raises
    ------
    ConfigError
        If the path or the market is empty, a scale is not a finite number above 0, a unit is unknown, or prices that
        factor makes raw are said to be adjusted.
    """

    name: Literal["qlib"] = "qlib"
    path: Annotated[str, AfterValidator(_named)] = field(kw_only=True)
    instruments: Annotated[str, Field(min_length=1)] = field(default="all", kw_only=True)
    universe: str = field(default="", kw_only=True)
    adjusted: bool = field(default=True, kw_only=True)

    def __post_init__(self) -> None:
        if self.adjusted and self.prices != "raw":
            expected = "raw, as factor makes the folder's prices; set source.adjusted=false to say otherwise"
            raise ConfigError(key="source.prices", got=repr(self.prices), expected=expected, hint="")

    def open(self) -> Source:
        """Return the source; nothing is read yet."""
        return QlibSource(self)


class QlibSource(Source):
    """The daily data of a qlib folder.

    Parameters
    ----------
    settings : QlibSettings
        Folder, markets, and maps.

    Examples
    --------
    >>> QlibSource(QlibSettings(path="nowhere")).load()
    Traceback (most recent call last):
        ...
    dfqgp.errors.SourceError: source qlib: no folder 'calendars' in 'nowhere'; expected calendars, instruments and \
features; check source.path
    """

    name = NAME

    def __init__(self, settings: QlibSettings) -> None:
        self.settings = self.treatment = settings

    def partitions(self) -> list[Partition]:
        """Return one partition: the settings but the path, and the names and bytes of the files that are read."""
        folder = QlibFolder(self.settings.path)
        counted = {name: value for name, value in plain(self.settings).items() if name != "path"}
        digest = hashlib.blake2b(json.dumps([_VERSION, counted], sort_keys=True).encode(), digest_size=16)
        markets = {folder.market(name) for name in (self.settings.instruments, self.settings.universe) if name}
        fields = find_fields(folder, self.settings)
        for path in [folder.calendar, *sorted(markets), *fields.files(folder)]:
            content = path.read_bytes()
            digest.update(f"{path.relative_to(folder.root).as_posix()} {len(content)} ".encode() + content)
        return [Partition(digest.hexdigest())]

    def read(self, partition: Partition) -> pd.DataFrame:  # noqa: ARG002 - there is one
        """Read the stocks' days; raises SourceError."""
        folder = QlibFolder(self.settings.path)
        return read_table(folder, find_fields(folder, self.settings), self.settings)

    def check(self, frame: pd.DataFrame) -> Table:
        """Check with the features and units of the settings; raises DataContractError."""
        where = f"source {self.name} ({self.settings.path})"
        features, units = self.settings.features, self.settings.units
        return check(frame, where=where, features=features, units=units, treatment=self.treatment)
