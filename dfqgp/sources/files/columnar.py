"""Parquet files to a checked table of arrays, on the device that cuDF reads them to.

1. read the files and find our names for their columns;
2. take each column as an array: texts are numbered, everything else is a number;
3. drop rows without any price, fill in defaults (clean);
4. evaluate the rules of the data contract (rules).

A table that breaks a rule is not reported from here: the caller reads it again with pandas, whose check names every
violation. Columns have to be of their type already; text that means a number, a date or a flag is left to pandas too.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from dfqgp.errors import SourceError
from dfqgp.frames import open_frames
from dfqgp.sources.contract.checking import absent, column_violations, log_left_out, log_table, warn_of_scale
from dfqgp.sources.contract.clean import NEVER, Cleaner, Texts
from dfqgp.sources.contract.columns import BY_NAME, COLUMNS, EXTRA_UNITS, kind_of
from dfqgp.sources.contract.table import ColumnTable
from dfqgp.sources.files.read import find_files
from dfqgp.sources.layouts import resolve
from dfqgp.sources.mapping import shadowed_by

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from typing import Any

    from dfqgp.frames import Array, Frames
    from dfqgp.sources.contract.columns import Kind
    from dfqgp.sources.contract.table import Table
    from dfqgp.sources.files.source import FilesSettings

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
        Path, layout, column map, scales and units.
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


def load_on_device(request: Request, by_pandas: Callable[[], Table | ColumnTable]) -> ColumnTable:
    """Read, clean and check the files with cuDF and CuPy.

    Parameters
    ----------
    request : Request
        What is wanted of the files.
    by_pandas : callable
        Reads the same table with pandas, and raises if it breaks the contract.

    Raises
    ------
    ConfigError
        If cuDF or a device is not there.
    SourceError, DataContractError
        If the files cannot be read or the table breaks the contract.
    """
    table = read_table(request, open_frames())
    if isinstance(table, ColumnTable):
        return table
    by_pandas()
    raise _error(
        request,
        f"the device finds '{'; '.join(table)}', and pandas finds nothing",
        "both to find the same",
        "set source.frames=pandas and report it",
    )


def read_table(request: Request, frames: Frames) -> ColumnTable | list[str]:
    """Read, clean and check Parquet files.

    Returns
    -------
    ColumnTable or list of str
        The table, or what is wrong with it: there is a violation of the contract that pandas will name in full.

    Raises
    ------
    SourceError
        If a file is missing, unreadable or no Parquet, or a column is not of its type.
    """
    where = f"source {request.source} ({request.settings.path})"
    frame = _read(request, frames)
    there = [str(name) for name in frame.columns]
    request = replace(request, settings=resolve(request.settings, there))
    stated = _names(request, there)
    names = _with_stand_in(stated)
    series = {ours: frame[theirs] for ours, theirs in names.items()}
    features = [*(name for name in request.ready if name in names), *request.features]
    others = [name for name in names if name not in BY_NAME]
    further = [name for name in others if series[name].dtype.kind in _TYPES["number"]]
    wrong = _wrong(request, series, features, further)
    if wrong:
        return wrong
    wanted = [*(column.name for column in COLUMNS if column.name in names), *dict.fromkeys(features)]
    cleaner = Cleaner(frames.xp, _arrays(request, frames, {name: series[name] for name in wanted}))
    columns = cleaner.columns()
    if columns is None:
        return cleaner.broken
    log_left_out(others, further, features, where)
    defaults = absent([*stated, *request.derived])
    log_table(cleaner.dropped, defaults, where, sized="mktcap" in columns.numbers)
    warn_of_scale(cleaner.scale_ratio(), where)
    given = request.settings.units
    units = {name: given.get(name, EXTRA_UNITS.get(name, request.units.get(name, "ratio"))) for name in features}
    return ColumnTable(columns, units, defaults, cleaner.dropped)


def _read(request: Request, frames: Frames) -> Any:  # noqa: ANN401 - a frame of any library
    paths = find_files(request.source, request.settings.path)
    for path in paths:
        if not path.name.endswith(".parquet"):
            raise _error(request, f"'{path}' is no Parquet file", "Parquet files", "set source.frames=pandas for CSV")
    try:
        return frames.read_parquet(paths)
    except (OSError, ValueError, RuntimeError) as error:
        first = str(error).partition("\n")[0]
        raise _error(
            request, f"'{request.settings.path}' can't be read ({first})", "Parquet files", "check the files"
        ) from None


def _names(request: Request, given: list[str]) -> dict[str, str]:
    """Return the file's column by our name, the derived ones left out."""
    mapped = request.settings.columns
    hidden = {*shadowed_by(request.source, given, mapped), *mapped.values()}
    names = {name: name for name in given if name not in hidden} | mapped
    return {ours: theirs for ours, theirs in names.items() if ours not in request.derived}


def _with_stand_in(names: Mapping[str, str]) -> dict[str, str]:
    """Let float_mktcap stand in for an absent mktcap."""
    if "mktcap" in names:
        return dict(names)
    return {"mktcap" if ours == "float_mktcap" else ours: theirs for ours, theirs in names.items()}


def _wrong(request: Request, series: dict[str, Any], features: Sequence[str], further: Sequence[str]) -> list[str]:
    """Return what the contract or the settings name and the files lack."""
    wrong = [f"missing column '{each.name}'" for each in COLUMNS if each.required and each.name not in series]
    numeric = [name for name, each in series.items() if each.dtype.kind in "fiub"]
    wrong += [f"no numeric column '{name}' to scale" for name in _scales(request, series) if name not in numeric]
    return wrong + [str(each) for each in column_violations(features, request.settings.units, further)]


def _scales(request: Request, names: Collection[str]) -> dict[str, float]:
    """Return the scales by our names; one of float_mktcap is of mktcap where it stands in for it."""
    scales = dict(request.settings.scales)
    if "float_mktcap" in scales and "float_mktcap" not in names and "mktcap" not in scales:
        scales["mktcap"] = scales.pop("float_mktcap")
    return scales


def _arrays(request: Request, frames: Frames, series: dict[str, Any]) -> dict[str, Array | Texts]:
    """Return the columns as arrays, scaled; raises SourceError if one is not of its type."""
    strange = [name for name, each in series.items() if each.dtype.kind not in _TYPES[kind_of(name)]]
    scales = dict.fromkeys(series, 1.0) | _scales(request, series)
    arrays = (
        {} if strange else {name: _array(frames, kind_of(name), each, scales[name]) for name, each in series.items()}
    )
    strange += [name for name, each in arrays.items() if isinstance(each, Texts) and not each.are_texts]
    if strange:
        problem = ", ".join(f"column '{name}' is {series[name].dtype}" for name in strange)
        remedy = "store the files with typed columns, or set source.frames=pandas, which reads text too"
        raise _error(request, problem, "dates, texts, numbers and flags as the contract says", remedy)
    return arrays


def _array(frames: Frames, kind: Kind, series: Any, scale: float) -> Array | Texts:  # noqa: ANN401 - a column of any library
    if kind == "date":
        return frames.days(series, NEVER)
    if kind in {"code", "text"}:
        return Texts(*frames.numbered(series))
    return frames.floats(series) * scale


def _error(request: Request, problem: str, expected: str, remedy: str) -> SourceError:
    return SourceError(name=request.source, problem=problem, expected=expected, remedy=remedy)
