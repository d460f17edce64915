"""A library as a table, for spreadsheets and notebooks."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from dfqgp.errors import SnapshotError
from dfqgp.store.atomic import write_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from dfqgp.library.member import Member

Value = str | int | float


def member_table(members: Sequence[Member]) -> dict[str, list[Value]]:
    """Return the members as columns.

    Parameters
    ----------
    members : sequence of Member
        One row each, in their order.

    Returns
    -------
    dict of str to list
        ``expression, orientation, score, round, key`` and then ``train_*`` and ``valid_*``, the metrics by name; NaN
        where a member lacks one.
    """
    columns: dict[str, list[Value]] = {
        name: [getattr(member, name) for member in members]
        for name in ("expression", "orientation", "score", "round", "key")
    }
    for part in ("train", "valid"):
        for name in sorted({name for member in members for name in getattr(member, part)}):
            columns[f"{part}_{name}"] = [getattr(member, part).get(name, math.nan) for member in members]
    return columns


def export_members(members: Sequence[Member], path: Path) -> None:
    """Write the members to a .csv or .parquet file, atomically; NaN is an empty cell or a null.

    Raises
    ------
    SnapshotError
        If the file's ending is neither.
    """
    writers = {".csv": _csv, ".parquet": _parquet}
    if path.suffix not in writers:
        problem = f"its ending is '{path.suffix}', expected {' or '.join(writers)}"
        raise SnapshotError(path=path, problem=problem, remedy="name a file with one of these endings")
    write_bytes(path, writers[path.suffix](member_table(members)))


def _csv(columns: dict[str, list[Value]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow("" if _is_nan(value) else value for value in row)
    return text.getvalue().encode()


def _parquet(columns: dict[str, list[Value]]) -> bytes:
    empty = {"expression": pa.string(), "orientation": pa.int64(), "round": pa.int64(), "key": pa.string()}
    arrays = {
        name: pa.array([None if _is_nan(value) else value for value in column], empty.get(name, pa.float64()))
        for name, column in columns.items()
    }
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(arrays), sink)
    return bytes(sink.getvalue())


def _is_nan(value: Value) -> bool:
    return isinstance(value, float) and math.isnan(value)
