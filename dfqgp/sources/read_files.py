"""Reading CSV and Parquet files into one frame, with the user's column names mapped to ours."""

from __future__ import annotations

import glob as shell
import hashlib
import json
import logging
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import pandas as pd
import pyarrow as pa
from pydantic import AfterValidator

from dfqgp.errors import ConfigError, SourceError, nearest
from dfqgp.records import record
from dfqgp.sources.settings import TableSettings

if TYPE_CHECKING:
    from collections.abc import Collection

logger = logging.getLogger(__name__)

SUFFIXES = (".csv", ".csv.gz", ".parquet")


def _named(path: str) -> str:
    if not path:
        raise ValueError("Input should be a file, folder or glob pattern; set source.path=FILE")
    return path


@record("source", ConfigError)
class FileReadSettings(TableSettings):
    """Which files to read: what the settings of all sources of files share.

    Parameters
    ----------
    columns, scales, features, units, timezone, amount, on_bad, bad_limit, prices
        See TableSettings.
    path : str
        A .csv, .csv.gz or .parquet file, a folder of them, or a glob pattern.
    frames : {"pandas", "cudf"}
        What reads the files: pandas on the host, or cuDF on CUDA device 0, which reads Parquet with typed columns only.
        It never changes a panel.

    Raises
    ------
    ConfigError
        If the path is empty, a scale is not a finite number above 0 or a unit is unknown.
    """

    path: Annotated[str, AfterValidator(_named)] = field(kw_only=True)
    frames: Literal["pandas", "cudf"] = field(default="pandas", kw_only=True)


def fingerprint_files(source: str, settings: FileReadSettings, version: str = "") -> str:
    """Return a hex digest of what decides the table of a source that reads files.

    Parameters
    ----------
    source : str
        Name of the source, for messages.
    settings : FileReadSettings
        Path and what TableSettings hold. The files' bytes count, their names don't.
    version : str
        Version of what the source derives on its own.

    Returns
    -------
    str
        32 hex digits.
    """
    digest = hashlib.blake2b(digest_size=16)
    digest.update(json.dumps([version, settings.identity()], sort_keys=True).encode())
    for path in find_files(source, settings.path):
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


def read_mapped(source: str, settings: FileReadSettings) -> pd.DataFrame:
    """Read the files into one frame with our column names and units.

    Parameters
    ----------
    source : str
        Name of the source, for messages.
    settings : FileReadSettings
        Path, column map and scales.

    Returns
    -------
    pandas.DataFrame
        Unchecked; codes in CSV files are read as text.

    Raises
    ------
    SourceError
        If a file is missing, unreadable or without rows, or a mapped or scaled column is not there.
    """
    paths = find_files(source, settings.path)
    frame = pd.concat([_read(source, path, settings) for path in paths], ignore_index=True)
    if frame.empty:
        refuse_empty(source, settings)
    return _scale(source, _rename(source, frame, settings.columns), settings.scales)


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


def _read(source: str, path: Path, settings: FileReadSettings) -> pd.DataFrame:
    code = settings.columns.get("code", "code")
    try:
        if path.name.endswith(".parquet"):
            return pd.read_parquet(path)
        return pd.read_csv(path, dtype={code: str}, low_memory=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, pa.ArrowInvalid, UnicodeDecodeError, OSError) as error:
        _refuse(source, f"'{path}' can't be read ({error})", "a table in UTF-8 CSV or Parquet", "check the file")


def _rename(source: str, frame: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    """Our names for the mapped columns."""
    shadowed = shadowed_by(source, [str(name) for name in frame.columns], columns)
    taken = {ours: frame[theirs] for ours, theirs in columns.items()}
    rest = frame.drop(columns=[*shadowed, *set(columns.values())])
    return rest.assign(**taken)


def shadowed_by(source: str, given: Collection[str], columns: dict[str, str]) -> list[str]:
    """Return the file's columns that have one of our names but are mapped elsewhere: they are left out.

    Parameters
    ----------
    source : str
        Name of the source, for messages.
    given : collection of str
        Columns of the file.
    columns : dict of str to str
        Our column name to the file's.

    Raises
    ------
    SourceError
        If a mapped column is not in the file.
    """
    for ours, theirs in columns.items():
        if theirs not in given:
            known = f"one of {', '.join(given)}{nearest(theirs, given)}"
            _refuse(source, f"column '{theirs}' is not in the file", known, f"set source.columns.{ours}")
    shadowed = [name for name in columns if name in given and name not in columns.values()]
    for name in shadowed:
        logger.info("source %s: the file's '%s' is left out, '%s' stands for it", source, name, columns[name])
    return shadowed


def _scale(source: str, frame: pd.DataFrame, scales: dict[str, float]) -> pd.DataFrame:
    numeric = [str(name) for name in frame.columns if pd.api.types.is_numeric_dtype(frame[name].dtype)]
    for column, scale in scales.items():
        refuse_scale(source, column, [str(name) for name in frame.columns], numeric)
        frame[column] = frame[column].astype("float64") * scale
    return frame


def refuse_scale(source: str, column: str, given: Collection[str], numeric: Collection[str]) -> None:
    """Raise SourceError for a scale of a column that is not there or is no number."""
    if column not in given:
        expected = f"a column of the mapped table{nearest(column, given)}"
        _refuse(source, f"no column '{column}' to scale", expected, "fix source.scales")
    if column not in numeric:
        _refuse(source, f"column '{column}' to scale is text", "numbers", "fix the file or source.scales")


def refuse_empty(source: str, settings: FileReadSettings) -> NoReturn:
    """Raise SourceError for files without rows."""
    _refuse(source, f"no rows in {settings.path}", "at least one row", "check source.path")


def _refuse(source: str, problem: str, expected: str, remedy: str) -> NoReturn:
    raise SourceError(name=source, problem=problem, expected=expected, remedy=remedy)
