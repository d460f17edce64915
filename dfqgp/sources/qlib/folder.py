"""A qlib folder on disk: its calendar, its instruments and the files of its fields.

calendars/day.txt               one day a line
instruments/all.txt             code, first day, last day, separated by tabs; a code may have several ranges
features/sh600000/close.day.bin little-endian float32: the first is the place of the first value in the calendar
"""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import numpy as np
import pandas as pd

from dfqgp.errors import SourceError, nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

NAME = "qlib"

Ranges = list[tuple[int, int]]
"""Rows of the calendar, each range as its first row and the row after its last one."""

_VALUE = np.dtype("<f4")


class QlibFolder:
    """The files of one qlib folder, read without qlib.

    Parameters
    ----------
    path : str
        The folder that holds ``calendars``, ``instruments`` and ``features``.

    Raises
    ------
    SourceError
        If it is no such folder, or its calendar of days is missing, empty or not in order.

    Attributes
    ----------
    days : ndarray of datetime64[D], shape (T,)
        The calendar.
    """

    def __init__(self, path: str) -> None:
        self.root = Path(path).expanduser()
        for part in ("calendars", "instruments", "features"):
            if not (self.root / part).is_dir():
                refuse(f"no folder '{part}' in '{path}'", "calendars, instruments and features", "check source.path")
        self.calendar = self.root / "calendars" / "day.txt"
        self.days = self._days()

    def market(self, name: str) -> Path:
        """Return the file of a market's instruments; raises SourceError with the nearest name."""
        path = self.root / "instruments" / f"{name.lower()}.txt"
        if not path.is_file():
            known = sorted(each.stem for each in path.parent.glob("*.txt"))
            expected = f"one of {', '.join(known) or 'none'}{nearest(name, known)}"
            refuse(f"no market '{name}' in '{path.parent}'", expected, "set source.instruments or source.universe")
        return path

    def ranges(self, name: str) -> dict[str, Ranges]:
        """Return the ranges of each code of a market, codes in lower case as the folders of features have them.

        Raises
        ------
        SourceError
            If a line cannot be read, or two ranges of a code overlap.
        """
        path = self.market(name)
        lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        for number, cells in enumerate(lines, start=1):
            if len(cells) < 3:
                refuse(f"'{path}' has '{' '.join(cells)}' in row {number}", "code, first day, last day", "fix the file")
        if not lines:
            refuse(f"'{path}' has no rows", "at least one instrument", "choose another market")
        starts, stops = (self._rows(path, [cells[place] for cells in lines], place) for place in (1, 2))
        found: dict[str, Ranges] = {}
        for cells, start, stop in zip(lines, starts, stops, strict=True):
            found.setdefault(cells[0].lower(), []).append((int(start), int(stop)))
        _refuse_overlaps(path, found)
        return found

    def field(self, code: str, name: str) -> Path:
        """Return the file of a field, which need not be there."""
        return self.root / "features" / code / f"{name.lower()}.day.bin"

    def values(self, path: Path) -> tuple[int, NDArray[np.float32]]:
        """Return the row of the first value in the calendar, and the values.

        Raises
        ------
        SourceError
            If the file is cut off or empty, or reaches beyond the calendar.
        """
        try:
            raw = np.fromfile(path, dtype=np.uint8)
        except OSError as error:
            refuse(f"'{path}' can't be read ({error})", "a file of float32", "check the folder")
        if len(raw) % _VALUE.itemsize or len(raw) < 2 * _VALUE.itemsize:
            refuse(f"'{path}' has {len(raw)} bytes", "whole float32 numbers, two or more", "copy or dump it again")
        numbers = raw.view(_VALUE)
        start, count = numbers[0], len(numbers) - 1
        if not (start >= 0 and start == np.floor(start) and start + count <= len(self.days)):
            where = f"'{path}' starts at row {start:g} of the calendar with {count} values"
            refuse(where, f"a place within its {len(self.days)} days", "dump the folder again")
        return int(start), numbers[1:]

    def _days(self) -> NDArray[np.datetime64]:
        if not self.calendar.is_file():
            found = ", ".join(sorted(path.name for path in self.calendar.parent.glob("*.txt"))) or "nothing"
            refuse(f"no '{self.calendar}', only {found}", "a calendar of days", "daily folders alone are read")
        texts = self.calendar.read_text(encoding="utf-8").split("\n")
        lines = [text.strip() for text in texts if text.strip()]
        if not lines:
            refuse(f"'{self.calendar}' is empty", "at least one day", "dump the folder again")
        days = _days_of(self.calendar, lines)
        wrong = np.flatnonzero(days[1:] <= days[:-1])
        if wrong.size:
            row = int(wrong[0])
            refuse(f"'{self.calendar}' has {days[row]} before {days[row + 1]}", "days in order", "dump it again")
        return days

    def _rows(self, path: Path, texts: list[str], place: int) -> NDArray[np.int64]:
        """Return the first row from a first day on, or the row after a last day."""
        return np.searchsorted(self.days, _days_of(path, texts), side="left" if place == 1 else "right")


def refuse(problem: str, expected: str, remedy: str) -> NoReturn:
    """Raise the error of this source."""
    raise SourceError(name=NAME, problem=problem, expected=expected, remedy=remedy)


def _days_of(path: Path, texts: list[str]) -> NDArray[np.datetime64]:
    parsed = pd.to_datetime(pd.Series(texts, dtype=object), format="ISO8601", errors="coerce")
    if parsed.isna().any():
        row = int(np.flatnonzero(parsed.isna())[0])
        refuse(f"'{path}' has '{texts[row]}' in row {row + 1}", "a day such as 2024-01-02", "fix the file")
    days: NDArray[np.datetime64] = parsed.to_numpy().astype("datetime64[D]")
    return days


def _refuse_overlaps(path: Path, found: dict[str, Ranges]) -> None:
    for code, ranges in found.items():
        ordered = sorted(ranges)
        for before, after in itertools.pairwise(ordered):
            if after[0] < before[1]:
                refuse(f"'{path}' has ranges of {code.upper()} that overlap", "ranges apart", "remove one of its rows")
