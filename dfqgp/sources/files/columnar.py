"""Parquet files to a checked table of arrays, on the device that cuDF reads them to.

1. read the files and find our names for their columns;
2. take each column as an array: texts are numbered, everything else is a number;
3. check and complete them as every table (contract/clean).

Columns have to be of their type already; text that means a number, a date or a flag, and time stamps with an offset,
are left to pandas.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet

from dfqgp.errors import SourceError
from dfqgp.frames import host, open_frames
from dfqgp.sources.contract.clean import Wanted, clean
from dfqgp.sources.contract.columns import BY_NAME, COLUMNS, EXTRA_UNITS, NEVER, kind_of
from dfqgp.sources.contract.convert import Converted, doubts_of, repaired_in, rows_of
from dfqgp.sources.contract.dates import days_of
from dfqgp.sources.contract.logs import log_left_out
from dfqgp.sources.contract.names import column_violations, missing_columns
from dfqgp.sources.contract.texts import tidy
from dfqgp.sources.files.read import find_files, refuse_empty
from dfqgp.sources.layouts import resolve
from dfqgp.sources.mapping import refuse_scale, shadowed_by

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from dfqgp.frames import Frames
    from dfqgp.sources.contract import Table
    from dfqgp.sources.contract.columns import Kind
    from dfqgp.sources.files.source import FilesSettings

logger = logging.getLogger(__name__)

# NumPy's letter for the types that a column of each kind may have: M dates, O text, f i u numbers, b flags.
_TYPES: dict[Kind, str] = {"date": "M", "code": "O", "number": "fiu", "flag": "biu", "text": "O"}


@dataclass(frozen=True)
class Request:
    """What is wanted of the files.

    Parameters
    ----------
    source : str
        Name of the source, for messages.
    settings : FilesSettings
        Path, column map, scales and units.
    features : tuple of str
        Further numeric columns that have to be there.
    ready : tuple of str
        Further numeric columns that are taken where they are there.
    derived : tuple of str
        Columns of the contract that are filled in later; the files' own are not looked at.
    units : mapping of str to str
        Units that are known of further columns.
    """

    source: str
    settings: FilesSettings
    features: tuple[str, ...] = ()
    ready: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)


def load_on_device(request: Request) -> Table:
    """Read, check and complete the files with cuDF and CuPy.

    Raises
    ------
    ConfigError
        If cuDF or a device is not there.
    SourceError
        If a file is missing, unreadable or no Parquet, or a column is not of its type.
    DataContractError
        If the table breaks the contract.
    """
    return read_table(request, open_frames())


def read_table(request: Request, frames: Frames) -> Table:
    """Do the same with frames of any library that has cuDF's methods."""
    where = f"source {request.source} ({request.settings.path})"
    frame = _read(request, frames)
    there = [str(name) for name in frame.columns]
    request = replace(request, settings=resolve(request.settings, there))
    settings, names = request.settings, _names(request, there)
    series = {ours: frame[theirs] for ours, theirs in names.items()}
    numeric = [name for name, each in series.items() if each.dtype.kind in "fiu"]
    for name in settings.scales:
        refuse_scale(request.source, name, list(series), [*numeric, *_flags(series)])
    scales = dict(settings.scales)
    if "mktcap" not in series:
        for given in (series, scales):
            given.update({"mktcap": given.pop("float_mktcap")} if "float_mktcap" in given else {})
    further = [name for name in series if name not in BY_NAME and name in numeric]
    features = [*(name for name in request.ready if name in series), *request.features]
    log_left_out([name for name in series if name not in BY_NAME], further, features, where)
    known = EXTRA_UNITS | dict(request.units) | dict(settings.units)
    units = {name: known.get(name, "ratio") for name in dict.fromkeys(features) if name in further}
    named = [*column_violations(features, settings.units, further), *missing_columns(list(series), (), settings)]
    wanted = [*(column.name for column in COLUMNS if column.name in series), *units]
    converted = {name: _column(request, frames, name, series[name], scales.get(name, 1.0)) for name in wanted}
    # Flags alone can be unreadable: what is neither 0 nor 1.
    raw = lambda name, row: float(host(frames.floats(series[name])[row : row + 1])[0])  # noqa: E731
    rows = rows_of(frames.xp, converted, len(frame), raw)
    checked = Wanted(where, settings, units, tuple(names), request.derived)
    return clean(rows, checked, [*named, *doubts_of(converted)], repaired_in(converted))


def _flags(series: Mapping[str, Any]) -> list[str]:
    return [name for name, each in series.items() if each.dtype.kind == "b"]


def _read(request: Request, frames: Frames) -> Any:  # noqa: ANN401 - a frame of any library
    paths = find_files(request.source, request.settings.path)
    for path in paths:
        if not path.name.endswith(".parquet"):
            raise _error(request, f"'{path}' is no Parquet file", "Parquet files", "set source.frames=pandas for CSV")
    try:
        zoned = _zoned(paths)
        frame = frames.read_parquet(paths)
    except (OSError, ValueError, RuntimeError) as error:
        first = str(error).partition("\n")[0]
        raise _error(
            request, f"'{request.settings.path}' can't be read ({first})", "Parquet files", "check the files"
        ) from None
    if zoned:
        remedy = "set source.frames=pandas, which converts them to source.timezone"
        raise _error(request, f"{zoned} has time stamps with an offset", "dates", remedy)
    logger.info("source %s: cuDF does not compare pages with their checksums; pandas does", request.source)
    if not len(frame):
        refuse_empty(request.source, request.settings.path)
    return frame


def _zoned(paths: Sequence[Path]) -> str:
    """Name a column of time stamps with an offset, whose wall time in UTC is all that cuDF gives."""
    for path in paths:
        for column in pyarrow.parquet.read_schema(path):
            if pyarrow.types.is_timestamp(column.type) and column.type.tz is not None:
                return f"column '{column.name}' of '{path}' ({column.type})"
    return ""


def _names(request: Request, given: list[str]) -> dict[str, str]:
    """Return the file's column by our name, the derived ones left out."""
    mapped = request.settings.columns
    hidden = {*shadowed_by(request.source, given, mapped), *mapped.values()}
    names = {name: name for name in given if name not in hidden} | mapped
    return {ours: theirs for ours, theirs in names.items() if ours not in request.derived}


def _column(request: Request, frames: Frames, name: str, series: Any, scale: float) -> Converted:  # noqa: ANN401 - of any library
    """Return a column as an array; raises SourceError if it is not of its type."""
    kind = kind_of(name)
    if series.dtype.kind not in _TYPES[kind]:
        _refuse_types(request, {name: series})
    if kind == "date":
        numbers, distinct = frames.numbered(series)
        days, doubt = days_of(distinct, request.settings.timezone)
        return Converted(frames.xp.asarray(np.append(days, NEVER))[numbers], doubt=doubt)
    if kind in {"code", "text"}:
        numbers, distinct = frames.numbered(series)
        if not all(isinstance(cell, str) for cell in distinct):
            _refuse_types(request, {name: series})
        texts, stripped, _ = tidy(frames.xp, numbers, distinct)
        return Converted(texts, stripped=stripped)
    numbers = frames.floats(series)
    if kind == "number":
        return Converted(numbers * scale)
    wrong = (numbers != 0.0) & (numbers != 1.0)
    return Converted(numbers == 1.0, wrong if bool(wrong.any()) else None)


def _refuse_types(request: Request, strange: Mapping[str, Any]) -> None:
    if strange:
        problem = ", ".join(f"column '{name}' is {each.dtype}" for name, each in strange.items())
        remedy = "store the files with typed columns, or set source.frames=pandas, which reads text too"
        raise _error(request, problem, "dates, texts, numbers and flags as the contract says", remedy)


def _error(request: Request, problem: str, expected: str, remedy: str) -> SourceError:
    return SourceError(name=request.source, problem=problem, expected=expected, remedy=remedy)
