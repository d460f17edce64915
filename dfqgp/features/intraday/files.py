"""Parquet files of minute bars: which days each row group holds, and which files have to be read together.

1. Every file's footer gives the first and last stamp of each row group; no bar is read for it.
2. Files whose days overlap form a block. A file per day, and a file per month, is a block of its own.
3. A block is read row group by row group in time order (stream). What would have to be in memory at once is known
   before, and refused beyond ``max_rows`` with a line that writes the bars by day.
"""

from __future__ import annotations

import glob as shell
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dfqgp.errors import SourceError
from dfqgp.features.intraday.columns import needed, tell_default
from dfqgp.features.intraday.stamps import wall_clock
from dfqgp.store.keys import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dfqgp.features.intraday.settings import IntradaySettings

SUFFIX = ".parquet"


@dataclass(frozen=True)
class RowGroup:
    """A row group of a file, the days of its first and last stamp, its number of bars, and whether it has amounts."""

    file: Path
    index: int
    first: np.datetime64
    last: np.datetime64
    rows: int
    has_amount: bool


@dataclass(frozen=True)
class Block:
    """Files that share days, with their row groups in time order.

    Parameters
    ----------
    groups : tuple of RowGroup
        Sorted by first and last day.
    fingerprint : str
        Digest of the bytes of the files.
    """

    groups: tuple[RowGroup, ...]
    fingerprint: str

    @property
    def single_day(self) -> np.datetime64 | None:
        """The day, if the footers say that there is one."""
        first, last = self.groups[0].first, max(group.last for group in self.groups)
        return first if first == last else None


def find_blocks(settings: IntradaySettings, digest: Callable[[Path], str]) -> list[Block]:
    """Return the blocks of the settings' files in time order.

    Parameters
    ----------
    settings : IntradaySettings
        Path, column names and ``max_rows``.
    digest : callable
        Gives the digest of a file's bytes.

    Raises
    ------
    SourceError
        If there are no files, a file is no Parquet, its footer does not say which days it holds, or more bars than
        ``max_rows`` would have to be in memory at once.
    DataContractError
        If a column is missing.
    """
    groups = sorted(
        (group for file in find_files(settings.path) for group in row_groups(file, settings)),
        key=lambda group: (group.first, group.last, str(group.file), group.index),
    )
    lacking = {group.file for group in groups if not group.has_amount}
    if lacking:
        tell_default(f"intraday ({settings.path}), {len(lacking)} files")
    parts = _parts(groups)
    for part in parts:
        _refuse_unsorted(part, settings)
    return [_block(part, digest) for part in parts]


def find_files(path: str) -> list[Path]:
    """Return the Parquet files that a path means, sorted; raises SourceError if there are none."""
    place = Path(path).expanduser()
    if place.is_dir():
        found = list(place.rglob(f"*{SUFFIX}"))
    else:
        found = [Path(each) for each in shell.glob(str(place), recursive=True)]  # noqa: PTH207 - Path.glob takes no absolute pattern
    if not found:
        refuse(f"nothing at '{path}'", "a .parquet file, a folder of them or a glob pattern", "check intraday.path")
    other = next((file for file in found if file.suffix != SUFFIX), None)
    if other is not None:
        refuse(f"'{other}' is no Parquet file", "files that end in .parquet", f"write them: {by_day(str(other))}")
    return sorted(found)


def by_day(path: str, time: str = "time") -> str:
    """Return a line of DuckDB that writes bars as one folder per day."""
    return (
        f"COPY (SELECT *, CAST(\"{time}\" AS DATE) AS day FROM '{path}') "  # noqa: S608 - a line for the user to run
        "TO 'bars_by_day' (FORMAT parquet, PARTITION_BY (day))"
    )


def open_file(file: Path) -> pq.ParquetFile:
    """Open a Parquet file whose pages are compared with their checksums, where it has any; raises SourceError."""
    try:
        return pq.ParquetFile(file, page_checksum_verification=True)
    except (OSError, pa.ArrowException) as error:
        refuse(f"'{file}' cannot be read ({error})", "a Parquet file", "write or fetch the file again")


def row_groups(file: Path, settings: IntradaySettings) -> list[RowGroup]:
    """Return the row groups of a file that hold bars, from its footer alone; raises SourceError, DataContractError."""
    with open_file(file) as opened:
        schema, metadata = opened.schema_arrow, opened.metadata
        named = needed([*schema.names, *hive_keys(file)], settings, f"intraday ({file})")
        time = named["time"]
        if time not in schema.names:
            refuse(f"'{file}' has no time of day", f"a column '{time}' of time stamps", "set intraday.columns.time")
        place = opened.schema.names.index(time)
        counted = [(index, metadata.row_group(index)) for index in range(metadata.num_row_groups)]
        chunks = [(index, group.column(place), group.num_rows) for index, group in counted if group.num_rows]
    groups = []
    for index, chunk, rows in chunks:
        first, last = _range(chunk, schema.field(time).type, settings, file)
        groups.append(RowGroup(file, index, first, last, rows, "amount" in named))
    return groups


def hive_keys(file: Path) -> dict[str, str]:
    """Return what the names of a file's folders say, such as ``code=000001.SZ``."""
    parts = (part.partition("=") for part in file.parent.parts)
    return {key: value for key, sign, value in parts if sign}


def refuse(problem: str, expected: str, remedy: str) -> NoReturn:
    """Raise SourceError for files of bars."""
    raise SourceError(name="intraday", problem=problem, expected=expected, remedy=remedy)


def _range(
    chunk: pq.ColumnChunkMetaData, kind: pa.DataType, settings: IntradaySettings, file: Path
) -> tuple[np.datetime64, np.datetime64]:
    statistics = chunk.statistics
    if statistics is None or not statistics.has_min_max:
        problem = f"the footer of '{file}' has no first and last time"
        refuse(problem, "statistics of the time column", f"write the bars again: {by_day(str(file))}")
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    try:
        ends = wall_clock(pa.array([statistics.min, statistics.max], type=plain), settings.timezone)
    except ValueError as error:
        refuse(f"time in '{file}': {error}", "time stamps or ISO text", "set intraday.columns.time")
    first, last = ends.to_numpy(zero_copy_only=False).astype("datetime64[D]")
    return first, last


def _parts(groups: Sequence[RowGroup]) -> list[list[RowGroup]]:
    """Cut sorted row groups where no day is shared and no file goes on; a file is never in two parts."""
    last_of_file: dict[Path, np.datetime64] = {}
    for group in groups:
        last_of_file[group.file] = max(group.last, last_of_file.get(group.file, group.last))
    parts: list[list[RowGroup]] = []
    reach: np.datetime64 = np.datetime64(0, "D")
    for group in groups:
        if not parts or group.first > reach:
            parts.append([])
            reach = group.last
        parts[-1].append(group)
        reach = max(reach, last_of_file[group.file])
    return parts


def _refuse_unsorted(groups: Sequence[RowGroup], settings: IntradaySettings) -> None:
    """Refuse a block of which more rows than allowed would be in memory at once."""
    waiting: list[RowGroup] = []
    for group in groups:
        waiting = [each for each in waiting if each.last >= group.first] + [group]
        rows = sum(each.rows for each in waiting)
        if rows > settings.max_rows:
            folder = Path(settings.path).is_dir()
            line = by_day(
                f"{settings.path}/**/*{SUFFIX}" if folder else settings.path, settings.columns.get("time", "time")
            )
            problem = f"{rows} bars would be in memory at once, because {len(waiting)} row groups share {group.first}"
            remedy = f"write the bars by day, for example with DuckDB: {line}"
            refuse(problem, f"at most {settings.max_rows} (intraday.max_rows)", remedy)


def _block(groups: Sequence[RowGroup], digest: Callable[[Path], str]) -> Block:
    files = sorted({group.file for group in groups})
    return Block(tuple(groups), digest_of(sorted(digest(file) for file in files)))
