"""Reading a CSV file, and what a file that cannot be read looks like."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, NoReturn

import pandas as pd

from dfqgp.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

    from dfqgp.sources.files.source import FilesSettings

_HEAD = 65_536
_MARKS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def read_csv(source: str, path: Path, code: str, settings: FilesSettings) -> pd.DataFrame:
    """Read a .csv or .csv.gz file.

    Parameters
    ----------
    source : str
        Name of the source, for messages.
    path : Path
        The file.
    code : str
        Column that is read as text, so that a code keeps its leading zeros.
    settings : FilesSettings
        Encoding, separator and decimal mark.

    Raises
    ------
    SourceError
        If the file cannot be read; it says what the file looks like and what to set.
    """
    try:
        frame = pd.read_csv(
            path,
            dtype={code: str},
            low_memory=False,
            encoding=settings.encoding,
            sep=settings.separator,
            decimal=settings.decimal,
        )
    except UnicodeDecodeError as error:
        _refuse(source, path, f"it is not in {settings.encoding}: {error}", _encoding_of(path))
    except EOFError:
        _refuse(source, path, "the gzip file ends too early", "copy or download the file again")
    except (OSError, zlib.error) as error:
        _refuse(source, path, str(error), "the file is damaged: copy or download it again")
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeError) as error:
        _refuse(source, path, str(error).strip(), "check the file, source.separator and source.encoding")
    _refuse_one_column(source, path, frame, settings)
    return frame


def _refuse_one_column(source: str, path: Path, frame: pd.DataFrame, settings: FilesSettings) -> None:
    """Refuse a file whose lines were not cut."""
    if len(frame.columns) != 1:
        return
    for mark, words in _MARKS.items():
        if mark in str(frame.columns[0]):
            shown = repr(mark).strip("'")
            problem = (
                f"its only column is '{frame.columns[0][:60]}', so {words} separate it, not '{settings.separator}'"
            )
            _refuse(source, path, problem, f"set source.separator='{shown}'")


def _encoding_of(path: Path) -> str:
    """Say which encoding the file is probably in."""
    if path.name.endswith(".gz"):
        return "set source.encoding, such as gb18030 (which GBK is part of) or utf-16"
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "it looks like UTF-16: set source.encoding=utf-16"
    # A letter of several bytes may be cut at the end.
    if head.decode("gb18030", errors="replace").count("\ufffd") <= 1:
        return "it looks like GBK: set source.encoding=gb18030"
    return "set source.encoding to that of the file"


def _refuse(source: str, path: Path, problem: str, remedy: str) -> NoReturn:
    words = f"'{path}' can't be read ({problem})"
    raise SourceError(name=source, problem=words, expected="a table in CSV", remedy=remedy)
