"""Your own long table(s), in CSV or Parquet files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dfqgp.errors import ConfigError
from dfqgp.records import record
from dfqgp.sources.base import Partition, Source
from dfqgp.sources.columnar import Request, load_on_device
from dfqgp.sources.contract import check
from dfqgp.sources.read_files import FileReadSettings, fingerprint_files, read_mapped

if TYPE_CHECKING:
    import pandas as pd

    from dfqgp.sources.contract import Table


@record("source", ConfigError)
class FilesSettings(FileReadSettings):
    """Settings of :class:`FilesSource`.

    Parameters
    ----------
    name : {"files"}
        Chooses this source.
    path, columns, scales, features, units, timezone, amount, on_bad, bad_limit, prices, frames
        See FileReadSettings.

    Raises
    ------
    ConfigError
        If the path is empty, a scale is not a finite number above 0 or a unit is unknown.
    """

    name: Literal["files"] = "files"

    def open(self) -> Source:
        """Return the source; nothing is read yet."""
        return FilesSource(self)


class FilesSource(Source):
    """CSV or Parquet file(s) of one long table.

    Parameters
    ----------
    settings : FilesSettings
        Path, column map, scales, features and units.

    Examples
    --------
    >>> FilesSource(FilesSettings(path="nowhere.csv")).load()
    Traceback (most recent call last):
        ...
    dfqgp.errors.SourceError: source files: nothing at 'nowhere.csv'; expected a .csv, .csv.gz or .parquet file, a \
folder of them or a glob pattern; check source.path
    """

    name = "files"

    def __init__(self, settings: FilesSettings) -> None:
        self.settings = self.treatment = settings

    def partitions(self) -> list[Partition]:
        """Return one partition: the files' bytes and the settings but the path decide it."""
        return [Partition(fingerprint_files(self.name, self.settings))]

    def read(self, partition: Partition) -> pd.DataFrame:  # noqa: ARG002 - there is one
        """Read, rename and scale; raises SourceError."""
        return read_mapped(self.name, self.settings)

    def load(self) -> Table:
        """Read and check, by pandas or on a device; see :meth:`Source.load`."""
        if self.settings.frames == "pandas":
            return super().load()
        return load_on_device(Request(self.name, self.settings, self.settings.features))

    def check(self, frame: pd.DataFrame) -> Table:
        """Check with the features and units of the settings; raises DataContractError."""
        settings = self.settings
        where = f"source {self.name} ({settings.path})"
        return check(frame, where=where, features=settings.features, units=settings.units, treatment=settings)
