"""The result of a query: in DuckDB, whose queries read Parquet and CSV files too, or in another database."""

from __future__ import annotations

import hashlib
import json
from dataclasses import field
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import AfterValidator

from dfqgp.errors import ConfigError
from dfqgp.records import plain, record
from dfqgp.sources.base import Partition, Source
from dfqgp.sources.layouts import LAYOUTS_VERSION, LayoutSettings, check_table, to_ours
from dfqgp.sources.sql.query import NAME, refuse, run_by_url, run_in_duckdb, text_of

if TYPE_CHECKING:
    from dfqgp.sources.contract import Table

# Where rows come from never changes a table: the rows themselves count.
_IRRELEVANT = ("query", "database", "url")


def _given(query: str) -> str:
    if not query.strip():
        raise ValueError("Input should be a query or the path of a .sql file; set source.query")
    return query


@record("source", ConfigError)
class SqlSettings(LayoutSettings):
    """Settings of :class:`SqlSource`.

    Parameters
    ----------
    name : {"sql"}
        Chooses this source.
    columns, scales, features, units, layout, timezone, amount, on_bad, bad_limit, prices
        See LayoutSettings.
    query : str
        One SELECT, or the path of a file that ends with .sql and holds one.
    database : str
        A DuckDB file; empty for a database in memory, whose queries can read Parquet and CSV files.
    url : str
        URL of another database, by SQLAlchemy; passwords as names of environment variables ($NAME).

    Raises
    ------
    ConfigError
        If the query is empty, both a database and a URL are given, a scale is not a finite number above 0, or a unit
        or the layout is unknown.
    """

    name: Literal["sql"] = "sql"
    query: Annotated[str, AfterValidator(_given)] = field(kw_only=True)
    database: str = field(default="", kw_only=True)
    url: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.database and self.url:
            expected = "empty where source.database is given: a query runs in one database"
            raise ConfigError(key="source.url", got=repr(self.url), expected=expected, hint="")

    def open(self) -> Source:
        """Return the source; nothing is read yet."""
        return SqlSource(self)


class SqlSource(Source):
    """The rows of one query, which runs once: its result is kept for the table, and its fingerprint is of the rows.

    Parameters
    ----------
    settings : SqlSettings
        Query and database.

    Examples
    --------
    >>> query = "select * from read_parquet('nowhere/*.parquet')"
    >>> SqlSource(SqlSettings(query=query)).load()
    Traceback (most recent call last):
        ...
    dfqgp.errors.SourceError: source sql: IO Error: No files found that match the pattern "nowhere/*.parquet"; \
expected one SELECT that DuckDB runs; fix source.query or source.database
    """

    name = NAME

    def __init__(self, settings: SqlSettings) -> None:
        self.settings = self.treatment = settings
        self._result: pd.DataFrame | None = None

    def partitions(self) -> list[Partition]:
        """Return one partition: the rows, in whatever order they come, and the settings of the table decide it."""
        counted = {name: value for name, value in plain(self.settings).items() if name not in _IRRELEVANT}
        digest = hashlib.blake2b(digest_size=16)
        digest.update(json.dumps([LAYOUTS_VERSION, counted], sort_keys=True).encode())
        digest.update(_digest(self._of_query()))
        return [Partition(digest.hexdigest())]

    def read(self, partition: Partition) -> pd.DataFrame:  # noqa: ARG002 - there is one
        """Return the result under our names and in our units, and let go of it; raises SourceError."""
        frame, self._result = self._of_query(), None
        return to_ours(self.name, frame, self.settings)

    def check(self, frame: pd.DataFrame) -> Table:
        """Check with the features and units of the settings; raises DataContractError."""
        return check_table(frame, self.settings, f"source {self.name}")

    def _of_query(self) -> pd.DataFrame:
        if self._result is None:
            query, url = text_of(self.settings.query), self.settings.url
            result = run_by_url(query, url) if url else run_in_duckdb(query, self.settings.database)
            if result.empty:
                refuse("the query returns no rows", "at least one row", "check source.query")
            _refuse_repeated(list(map(str, result.columns)))
            self._result = result
        return self._result


def _refuse_repeated(names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        remedy = "name the columns in the query, or join with USING"
        refuse(f"the query returns {', '.join(twice)} more than once", "distinct columns", remedy)


def _digest(frame: pd.DataFrame) -> bytes:
    """Return a digest of column names, types and rows; the order of rows does not count, as a database has none."""
    digest = hashlib.blake2b(digest_size=16)
    digest.update(repr([(name, str(dtype)) for name, dtype in frame.dtypes.items()]).encode())
    rows = pd.util.hash_pandas_object(frame, index=False).to_numpy()
    digest.update(np.sort(rows).tobytes())
    return digest.digest()
