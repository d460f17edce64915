"""Reading a Parquet file into a frame, one column at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path


def read_parquet(path: Path) -> pd.DataFrame:
    """Return the columns of a Parquet file, those of its index among them, in the file's order.

    Texts come as categories, as the file has their distinct values already, and dates as datetime64. A column is
    converted before the next one is read, so that no more than one is in memory twice.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    OSError, pyarrow.ArrowInvalid
        If it cannot be read, or a page does not fit the checksum that the file has of it.
    """
    schema = pq.read_schema(path)
    texts = [field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)]
    with pq.ParquetFile(path, read_dictionary=texts, page_checksum_verification=True) as file:
        # An index without a name has no column of its own that anyone would look for.
        names = [name for name in dict.fromkeys(schema.names) if not name.startswith("__index_level_")]
        frames = [_column(file, name) for name in names]
    return pd.concat(frames, axis=1) if frames else pd.DataFrame()


def _column(file: pq.ParquetFile, name: str) -> pd.DataFrame:
    """One column, or all that share the name."""
    table = file.read(columns=[name])
    table = table.select([place for place, each in enumerate(table.column_names) if each == name])
    frame: pd.DataFrame = table.to_pandas(ignore_metadata=True, date_as_object=False, self_destruct=True)
    return frame.copy()  # out of Arrow's memory, which Arrow keeps for later reads when the table is long gone
