"""Damages of files, and of frames as they come out of other programs."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from damages.damage import Damage, FileDamage, Frame

if TYPE_CHECKING:
    from pathlib import Path


def _parquet(folder: Path, frame: Frame) -> Path:
    path = folder / "table.parquet"
    table = pa.Table.from_pandas(frame, preserve_index=False)
    pq.write_table(table, path, write_page_checksum=True, compression="none", use_dictionary=False)
    return path


def _flipped(folder: Path, frame: Frame) -> Path:
    path = _parquet(folder, frame)
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 4
    path.write_bytes(data)
    return path


def _cut(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def _gzip(folder: Path, frame: Frame) -> Path:
    path = folder / "table.csv.gz"
    path.write_bytes(gzip.compress(frame.to_csv(index=False).encode()))
    return path


def _csv(folder: Path, frame: Frame, encoding: str = "utf-8", **options: str) -> Path:
    path = folder / "table.csv"
    frame.to_csv(path, index=False, encoding=encoding, **options)
    return path


def _chinese(frame: Frame) -> Frame:
    return frame.assign(industry="银行" + frame["industry"].astype(str))


def _few_columns_longer(folder: Path, frame: Frame) -> Path:
    path = _csv(folder, frame)
    lines = path.read_text().splitlines()
    lines[100] += ",1,2,3"
    path.write_text("\n".join(lines))
    return path


FILES = (
    FileDamage("a flipped bit in a Parquet file with checksums", _flipped, "refused", "can't be read"),
    FileDamage(
        "a Parquet file cut in the middle",
        lambda folder, frame: _cut(_parquet(folder, frame)),
        "refused",
        "can't be read",
    ),
    FileDamage(
        "a gzip file cut in the middle", lambda folder, frame: _cut(_gzip(folder, frame)), "refused", "can't be read"
    ),
    FileDamage(
        "a CSV file with semicolons", lambda folder, frame: _csv(folder, frame, sep=";"), "refused", "semicolon"
    ),
    FileDamage(
        "a CSV file with a decimal comma",
        lambda folder, frame: _csv(folder, frame, sep=";", decimal=","),
        "refused",
        "semicolon",
    ),
    FileDamage(
        "a CSV file in GBK", lambda folder, frame: _csv(folder, _chinese(frame), encoding="gbk"), "refused", "GBK"
    ),
    FileDamage(
        "a CSV file with a byte order mark", lambda folder, frame: _csv(folder, frame, encoding="utf-8-sig"), "harmless"
    ),
    FileDamage("a line of a CSV file with three cells more", _few_columns_longer, "refused", "can't be read"),
    FileDamage("an empty CSV file", lambda folder, frame: _csv(folder, frame.iloc[:0]), "refused", "no rows"),
)

FRAMES = (
    Damage("date and code in the index", lambda frame: frame.set_index(["date", "code"]), "refused", "reset_index"),
    Damage("names in upper case", lambda frame: frame.rename(columns=str.upper), "refused", "case"),
    Damage("no column close", lambda frame: frame.drop(columns="close"), "refused", "missing column 'close'"),
    Damage("a column twice", lambda frame: frame.assign(volume2=1.0).rename(columns={"volume2": "volume"}), "refused", "more than once"),
    Damage("a price of text", lambda frame: frame.assign(close=frame["close"].astype(object).where(frame.index != 7, "n/a")),
           "refused", "close is not a number"),
    Damage("numbers written as text", lambda frame: frame.assign(close=frame["close"].astype(str)), "harmless"),
)  # fmt: skip
