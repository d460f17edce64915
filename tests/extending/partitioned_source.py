"""A source of one's own: a folder with one Parquet file per year, named as in Hive (``year=2024/bars.parquet``).

Everything that a source needs is in this file. To have ``source=yearly`` on the command line, it would move to
dfqgp/sources/, its record into the union of registry.py, and its keys into conf/source/yearly.yaml.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from dfqgp.sources import Partition, Source


@dataclass(frozen=True, kw_only=True)
class YearlySettings:
    """Settings of :class:`YearlySource`: the folder that holds the years."""

    folder: str
    name: Literal["yearly"] = "yearly"

    def open(self) -> Source:
        """Return the source."""
        return YearlySource(self)


class YearlySource(Source):
    """One partition per year; the columns bear the names of the data contract already."""

    name = "yearly"

    def __init__(self, settings: YearlySettings) -> None:
        self.settings = settings

    def partitions(self) -> list[Partition]:
        """Return the years that are there; a file's bytes are its fingerprint."""
        return [_partition(path) for path in sorted(Path(self.settings.folder).glob("year=*/bars.parquet"))]

    def read(self, partition: Partition) -> pd.DataFrame:
        """Read one year."""
        return pd.read_parquet(Path(self.settings.folder) / f"year={partition.start.astype('M8[Y]')}" / "bars.parquet")


def _partition(path: Path) -> Partition:
    year = np.datetime64(path.parent.name.removeprefix("year="), "Y")
    return Partition(
        fingerprint=hashlib.sha256(path.read_bytes()).hexdigest(),
        start=year.astype("M8[D]"),
        stop=(year + np.timedelta64(1, "Y")).astype("M8[D]"),
    )
