"""Reading CSV and Parquet files into one frame, under their own column names."""

from __future__ import annotations

import glob as shell
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pyarrow as pa

from dfqgp.errors import SourceError
from dfqgp.records import plain
from dfqgp.sources.files.csv import read_csv
from dfqgp.sources.files.parquet import read_parquet
from dfqgp.sources.layouts import LAYOUTS, LAYOUTS_VERSION
from dfqgp.sources.stack import stack

if TYPE_CHECKING:
    import pandas as pd

    from dfqgp.sources.files.source import FilesSettings

SUFFIXES = (".csv", ".csv.gz", ".parquet")

# Where the files lie and what reads them never changes a table.
_IRRELEVANT = ("path", "frames")


def fingerprint_files(source: str, settings: FilesSettings) -> str:
    """Return a hex digest of what decides the table: the settings, and the files' bytes, not their names.

    Parameters
    ----------
    source : str
        Name of the source, for messages.
    settings : FilesSettings
        Every setting but the path and what reads the files counts.

    Returns
    -------
    str
        32 hex digits.
    """
    counted = {name: value for name, value in plain(settings).items() if name not in _IRRELEVANT}
    digest = hashlib.blake2b(digest_size=16)
    digest.update(json.dumps([LAYOUTS_VERSION, counted], sort_keys=True).encode())
    for path in find_files(source, settings.path):
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


def read_files(source: str, settings: FilesSettings) -> pd.DataFrame:
    """Read the files into one frame.

    Parameters
    ----------
    source : str
        Name of the source, for messages.
    settings : FilesSettings
        Path, and which column holds the codes.

    Returns
    -------
    pandas.DataFrame
        Unchecked; codes in CSV files are read as text.

    Raises
    ------
    SourceError
        If a file is missing, unreadable or without rows.
    """
    paths = find_files(source, settings.path)
    code = settings.columns.get("code", LAYOUTS[settings.layout].columns.get("code", "code"))
    frame = stack([_read(source, path, code, settings) for path in paths])
    if frame.empty:
        refuse_empty(source, settings.path)
    return frame


def refuse_empty(source: str, path: str) -> NoReturn:
    """Raise SourceError for files without rows."""
    _refuse(source, f"no rows in {path}", "at least one row", "check source.path")


def find_files(source: str, path: str) -> list[Path]:
    """Return the files that a path, folder or glob pattern means, sorted; raises SourceError if there are none."""
    place = Path(path).expanduser()
    if place.is_dir():
        candidates = [file for file in place.iterdir() if file.name.endswith(SUFFIXES)]
    else:
        candidates = [place] if place.is_file() else [Path(file) for file in shell.glob(str(place))]  # noqa: PTH207 - Path.glob takes no absolute pattern
    expected = "a .csv, .csv.gz or .parquet file, a folder of them or a glob pattern"
    if not candidates:
        _refuse(source, f"nothing at '{path}'", expected, "check source.path")
    for file in candidates:
        if not file.name.endswith(SUFFIXES):
            _refuse(source, f"'{file}' has an unknown extension", expected, "convert the file or rename it")
    return sorted(candidates)


def _read(source: str, path: Path, code: str, settings: FilesSettings) -> pd.DataFrame:
    if not path.name.endswith(".parquet"):
        return read_csv(source, path, code, settings)
    try:
        return read_parquet(path)
    except (pa.ArrowException, OSError) as error:
        remedy = "check the file, and copy it again if it is damaged"
        _refuse(source, f"'{path}' can't be read ({error})", "a table in Parquet", remedy)


def _refuse(source: str, problem: str, expected: str, remedy: str) -> NoReturn:
    raise SourceError(name=source, problem=problem, expected=expected, remedy=remedy)
