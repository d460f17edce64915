"""The long table of a qlib folder.

1. find which columns of the contract, and which of the features, the folder has a field for;
2. read each stock's fields into rows of the calendar, and keep the days on which it has a price;
3. take the factor out of prices and volume, and mark the days on which the stock was in the universe.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dfqgp.sources.contract.columns import COLUMNS, PRICES
from dfqgp.sources.layouts import standard_code, unadjust
from dfqgp.sources.mapping import map_columns
from dfqgp.sources.qlib.folder import NAME, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from dfqgp.sources.qlib.folder import QlibFolder, Ranges
    from dfqgp.sources.qlib.source import QlibSettings

logger = logging.getLogger(__name__)

VWAP = "vwap"
REQUIRED = (*PRICES, "volume")

# The exchanges' own indices, which folders list among the stocks.
_INDEX = re.compile(r"(sh000|sz399)\d{3}")

# A folder holds numbers alone; the contract's other columns have no field.
_NUMBERS = tuple(
    column.name for column in COLUMNS if column.kind in {"number", "flag"} and column.name != "in_universe"
)


@dataclass(frozen=True)
class Fields:
    """What is read of a folder: the stocks that have data, and the field of each column.

    Parameters
    ----------
    codes : tuple of str
        In lower case, as the folders of ``features`` are named.
    columns : dict of str to str
        Our column name to the folder's field.
    """

    codes: tuple[str, ...]
    columns: dict[str, str]

    def files(self, folder: QlibFolder) -> Iterator[Path]:
        """Yield every file of a field that is read."""
        for code in self.codes:
            for field in self.columns.values():
                path = folder.field(code, field)
                if path.is_file():
                    yield path


def find_fields(folder: QlibFolder, settings: QlibSettings) -> Fields:
    """Return the stocks and fields that the settings ask for.

    Raises
    ------
    SourceError
        If no stock of the market has data, or one lacks a field that is needed.
    """
    market = folder.ranges(settings.instruments)
    codes = tuple(
        code for code in sorted(market) if folder.field(code, "x").parent.is_dir() and not _INDEX.fullmatch(code)
    )
    _report_left_out(folder, settings.instruments, sorted(set(market) - set(codes)))
    if not codes:
        refuse(f"no stock of {settings.instruments}.txt has data", "a folder of features for some", "check the folder")
    always = [*REQUIRED, *(["adj_factor"] if settings.adjusted else [])]
    asked = [*settings.features, *settings.columns]
    columns = {name: _field_of(name, settings) for name in dict.fromkeys([*always, *asked, *_NUMBERS, VWAP])}
    there = {field: [code for code in codes if folder.field(code, field).is_file()] for field in columns.values()}
    for name in always:
        _refuse_lacking(folder, sorted(set(codes) - set(there[columns[name]])), columns[name], len(codes))
    for name in asked:
        if not there[columns[name]]:
            _refuse_lacking(folder, codes, columns[name], len(codes))
    return Fields(codes, {ours: field for ours, field in columns.items() if there[field]})


def read_table(folder: QlibFolder, fields: Fields, settings: QlibSettings) -> pd.DataFrame:
    """Return the rows of all stocks on the days on which they have a price, under our names.

    Prices and volume are raw where ``settings.adjusted`` says that the folder's are adjusted. Without an amount the
    volume-weighted price gives it: the factor cancels in vwap x volume.

    Raises
    ------
    SourceError
        If a file is damaged.
    """
    members = folder.ranges(settings.universe or settings.instruments)
    stocks = [_rows_of(folder, code, fields, members.get(code, [])) for code in fields.codes]
    numbers = np.repeat(np.arange(len(stocks)), [len(rows) for rows, _, _ in stocks])
    names = [standard_code(code) or code.upper() for code in fields.codes]
    columns = {name: np.concatenate([cells[name] for _, cells, _ in stocks]) for name in fields.columns}
    frame = pd.DataFrame(
        {
            "date": folder.days[np.concatenate([rows for rows, _, _ in stocks])].astype("datetime64[us]"),
            "code": pd.Categorical.from_codes(numbers, categories=pd.Index(names, dtype=object)),
            **columns,
            "in_universe": np.concatenate([inside for _, _, inside in stocks]),
        }
    )
    scaled = map_columns(NAME, frame, {}, settings.scales)
    if VWAP in scaled and "amount" not in scaled:
        logger.info("source %s: no field amount; it is vwap x volume", NAME)
        scaled["amount"] = scaled[VWAP] * scaled["volume"]
    return _raw(scaled.drop(columns=VWAP, errors="ignore"), settings)


def _field_of(name: str, settings: QlibSettings) -> str:
    return settings.columns.get(name, "factor" if name == "adj_factor" else name).lower().removeprefix("$")


def _rows_of(
    folder: QlibFolder, code: str, fields: Fields, members: Ranges
) -> tuple[NDArray[np.int64], dict[str, NDArray[np.float64]], NDArray[np.bool_]]:
    """Return the rows of the calendar with a price, the columns there, and where the stock was in the universe."""
    cells = {name: np.full(len(folder.days), np.nan) for name in fields.columns}
    for name, field in fields.columns.items():
        path = folder.field(code, field)
        if path.is_file():
            start, values = folder.values(path)
            cells[name][start : start + len(values)] = values
    rows = np.flatnonzero(~np.isnan([cells[name] for name in PRICES]).all(axis=0))
    inside = np.zeros(len(folder.days), dtype=bool)
    for start, stop in members:
        inside[start:stop] = True
    return rows, {name: values[rows] for name, values in cells.items()}, inside[rows]


def _raw(frame: pd.DataFrame, settings: QlibSettings) -> pd.DataFrame:
    if not settings.adjusted:
        return frame
    further = {unit: [name for name, given in settings.units.items() if given == unit] for unit in ("price", "shares")}
    prices = [*PRICES, "limit_up", "limit_down", *further["price"]]
    return unadjust(frame, prices, ["volume", *further["shares"]])


def _report_left_out(folder: QlibFolder, market: str, codes: Sequence[str]) -> None:
    indices = [code.upper() for code in codes if _INDEX.fullmatch(code)]
    absent = [code.upper() for code in codes if not _INDEX.fullmatch(code)]
    if indices:
        logger.info("source %s: left out, as indices are no stocks: %s", NAME, ", ".join(indices))
    if absent:
        logger.warning(
            "source %s: %d stocks of %s.txt have no folder in %s and are left out, e.g. %s; a market without the "
            "stocks that left it overstates returns",
            NAME, len(absent), market, folder.root / "features", ", ".join(absent[:3]),
        )  # fmt: skip


def _refuse_lacking(folder: QlibFolder, lacking: Sequence[str], field: str, count: int) -> None:
    if not lacking:
        return
    remedy = "dump the field, or map another with source.columns"
    if field == "factor":
        remedy += ", or set source.adjusted=false where prices are to be taken as they are"
    path = folder.field(lacking[0], field)
    refuse(f"{len(lacking)} of {count} stocks have no field '{field}', e.g. no '{path}'", "one for each", remedy)
