"""Your own long table(s), in CSV or Parquet files, in our names and units or in a vendor's."""

from __future__ import annotations

import codecs
from dataclasses import field
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field

from dfqgp.errors import ConfigError
from dfqgp.records import record
from dfqgp.sources.base import Partition, Source
from dfqgp.sources.files.columnar import Request, load_on_device
from dfqgp.sources.files.read import fingerprint_files, read_files
from dfqgp.sources.layouts import LAYOUTS, LayoutSettings, check_table, finish, to_ours

if TYPE_CHECKING:
    import pandas as pd

    from dfqgp.sources.contract import Table


def _named(path: str) -> str:
    if not path:
        raise ValueError("Input should be a file, folder or glob pattern; set source.path=FILE")
    return path


def _encoding(name: str) -> str:
    try:
        codecs.lookup(name)
    except LookupError:
        raise ValueError("Input should be an encoding that Python knows, such as utf-8 or gb18030") from None
    return name


@record("source", ConfigError)
class FilesSettings(LayoutSettings):
    """Settings of :class:`FilesSource`.

    Parameters
    ----------
    name : {"files"}
        Chooses this source.
    columns, scales, features, units, layout, timezone, amount, on_bad, bad_limit, prices
        See LayoutSettings.
    path : str
        A .csv, .csv.gz or .parquet file, a folder of them, or a glob pattern.
    encoding : str
        Of CSV files, such as utf-8 or gb18030.
    separator : str
        Between the cells of a line of CSV files, one character.
    decimal : {".", ","}
        Decimal mark of CSV files.
    frames : {"pandas", "cudf"}
        What reads the files: pandas on the host, or cuDF on CUDA device 0, which reads Parquet with typed columns only.
        It never changes a panel.

    Raises
    ------
    ConfigError
        If the path is empty, a scale is not a finite number above 0, a unit, the layout or the encoding is unknown, or
        cuDF is to read a layout that pandas alone reads.
    """

    name: Literal["files"] = "files"
    path: Annotated[str, AfterValidator(_named)] = field(kw_only=True)
    encoding: Annotated[str, AfterValidator(_encoding)] = field(default="utf-8", kw_only=True)
    separator: Annotated[str, Field(min_length=1, max_length=1)] = field(default=",", kw_only=True)
    decimal: Literal[".", ","] = field(default=".", kw_only=True)
    frames: Literal["pandas", "cudf"] = field(default="pandas", kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.frames == "cudf" and not LAYOUTS[self.layout].on_device:
            expected = f"pandas for source.layout={self.layout}"
            raise ConfigError(key="source.frames", got="'cudf'", expected=expected, hint="")

    def open(self) -> Source:
        """Return the source; nothing is read yet."""
        return FilesSource(self)


class FilesSource(Source):
    """CSV or Parquet file(s) of one long table.

    Parameters
    ----------
    settings : FilesSettings
        Path, layout, column map, scales, features and units.

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
        if settings.layout != "none":
            self.name = settings.layout

    def partitions(self) -> list[Partition]:
        """Return one partition: the files' bytes and the settings but the path decide it."""
        return [Partition(fingerprint_files(self.name, self.settings))]

    def read(self, partition: Partition) -> pd.DataFrame:  # noqa: ARG002 - there is one
        """Read the files and bring them to our names and units; raises SourceError."""
        return to_ours(self.name, read_files(self.name, self.settings), self.settings)

    def load(self) -> Table:
        """Read and check, by pandas or on a device; see :meth:`Source.load`."""
        if self.settings.frames == "pandas":
            return super().load()
        settings, layout = self.settings, LAYOUTS[self.settings.layout]
        features = (*layout.helpers, *settings.features)
        units = dict.fromkeys(layout.helpers, "price")
        request = Request(self.name, settings, features, ready=layout.ready, derived=layout.derived, units=units)
        return finish(load_on_device(request), settings)

    def check(self, frame: pd.DataFrame) -> Table:
        """Check with the features and units of the settings; raises DataContractError."""
        return check_table(frame, self.settings, f"source {self.name} ({self.settings.path})")
