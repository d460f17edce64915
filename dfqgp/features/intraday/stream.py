"""The bars of a block of files, a day at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from dfqgp.features.intraday.columns import needed, typed
from dfqgp.features.intraday.days import split_days
from dfqgp.features.intraday.files import find_blocks, hive_keys, open_file, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from dfqgp.features.intraday.files import Block, RowGroup
    from dfqgp.features.intraday.settings import IntradaySettings


def days_of_files(settings: IntradaySettings) -> Iterator[tuple[np.datetime64, pa.Table]]:
    """Yield (day, all bars of it) of the settings' files in time order; raises SourceError, DataContractError."""
    for block in find_blocks(settings, lambda _: ""):  # nothing is kept, so nothing has to be told apart
        yield from stream_days(block, settings)


def stream_days(block: Block, settings: IntradaySettings) -> Iterator[tuple[np.datetime64, pa.Table]]:
    """Yield (day, all bars of it) in time order; each row group is read once.

    A day is complete when the next row group begins after it. Memory holds the row groups that share a day.

    Raises
    ------
    SourceError
        If a file cannot be read.
    DataContractError
        If a column is not of its type.
    """
    waiting: dict[np.datetime64, list[pa.Table]] = {}
    for group, after in zip(block.groups, (*block.groups[1:], None), strict=True):
        for day, bars in split_days(_read(group, settings)):
            waiting.setdefault(day, []).append(bars)
        complete = sorted(day for day in waiting if after is None or day < after.first)
        for day in complete:
            yield day, _whole(waiting.pop(day))


def _read(group: RowGroup, settings: IntradaySettings) -> pa.Table:
    where, keys = f"intraday ({group.file})", hive_keys(group.file)
    with open_file(group.file) as opened:
        given = opened.schema_arrow.names
        named = needed([*given, *keys], settings, where).values()
        try:
            table = opened.read_row_group(group.index, columns=[name for name in named if name in given])
        except (OSError, pa.ArrowException) as error:
            refuse(f"'{group.file}' cannot be read ({error})", "a Parquet file", "write or fetch the file again")
    for name in named:
        if name not in given:
            table = table.append_column(name, pa.array([keys[name]] * group.rows))
    return typed(table, settings, where)


def _whole(pieces: list[pa.Table]) -> pa.Table:
    return pieces[0] if len(pieces) == 1 else pa.concat_tables(pieces).unify_dictionaries().combine_chunks()
