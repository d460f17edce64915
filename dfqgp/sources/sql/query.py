"""One query, run once on a connection that may only read, and its result as a frame.

The text of a query is the user's own; nothing is ever put into it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pandas as pd

from dfqgp.errors import SourceError
from dfqgp.sources.frames import to_pandas

if TYPE_CHECKING:
    import sqlalchemy

NAME = "sql"

# What makes a connection or its transaction refuse to write, for the databases that have it.
_READ_ONLY = {
    "sqlite": "PRAGMA query_only = ON",
    "postgresql": "SET TRANSACTION READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
}

_EXTRA = "install it with: pip install 'dfqgp[sql]'"


def text_of(query: str) -> str:
    """Return the query, or what the file says if it is the path of a .sql file; raises SourceError."""
    if not query.endswith(".sql"):
        return query
    try:
        return Path(query).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        refuse(f"'{query}' can't be read ({error})", "a file with one query", "check source.query")


def run_in_duckdb(query: str, database: str) -> pd.DataFrame:
    """Run a query in DuckDB.

    Parameters
    ----------
    query : str
        One SELECT statement. It can read Parquet and CSV files by their names.
    database : str
        A DuckDB file, which is opened for reading alone; empty for a database in memory.

    Raises
    ------
    SourceError
        If DuckDB is not installed, the file is absent or no database, or the query is not one SELECT or fails.
    """
    try:
        import duckdb  # noqa: PLC0415 - an extra
    except ImportError:
        refuse("DuckDB is not installed", "the package duckdb", _EXTRA)
    path = os.path.expanduser(database) if database else ":memory:"  # noqa: PTH111 - DuckDB wants text
    if database and not Path(path).is_file():
        refuse(f"nothing at '{database}'", "a DuckDB file, or empty for one in memory", "check source.database")
    try:
        with duckdb.connect(path, read_only=bool(database)) as connection:
            _refuse_unless_select([statement.type.name for statement in duckdb.extract_statements(query)])
            return to_pandas(connection.sql(query))
    except duckdb.Error as error:
        refuse(_first_line(error), "one SELECT that DuckDB runs", "fix source.query or source.database")


def run_by_url(query: str, url: str) -> pd.DataFrame:
    """Run a query in any database that SQLAlchemy has a driver for.

    Parameters
    ----------
    query : str
        One statement that returns rows.
    url : str
        SQLAlchemy's URL. Names of environment variables, such as $DB_PASSWORD, are replaced by what they hold.

    Raises
    ------
    SourceError
        If SQLAlchemy or the driver is not installed, the URL cannot be read or holds a password, or the query fails.
    """
    try:
        import sqlalchemy  # noqa: PLC0415 - an extra
        from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415
    except ImportError:
        refuse("SQLAlchemy is not installed", "the package sqlalchemy", _EXTRA)
    try:
        _refuse_password(sqlalchemy.make_url(url).password)
        engine = sqlalchemy.create_engine(os.path.expandvars(url))
    except ImportError as error:
        refuse(f"a driver is not installed ({error})", "the driver that source.url names", "install it with pip")
    except SQLAlchemyError as error:
        refuse(_first_line(error), "a URL such as postgresql://user:$PASSWORD@host/name", "check source.url")
    try:
        return _rows(engine, query)
    except (SQLAlchemyError, pd.errors.DatabaseError) as error:
        refuse(_first_line(error), "one query that returns rows", "fix source.query or source.url")
    finally:
        engine.dispose()


def _rows(engine: sqlalchemy.Engine, query: str) -> pd.DataFrame:
    """Run in a transaction that is always rolled back."""
    with engine.connect() as connection:
        if statement := _READ_ONLY.get(engine.dialect.name):
            connection.exec_driver_sql(statement)
        frame = pd.read_sql_query(query, connection)
        connection.rollback()
    return frame


def _refuse_unless_select(kinds: list[str]) -> None:
    if kinds != ["SELECT"]:
        refuse(f"the query is {' and '.join(kinds) or 'empty'}", "one SELECT, which reads", "fix source.query")


def _refuse_password(password: object) -> None:
    if password is not None and not str(password).startswith("$"):
        refuse(
            "source.url holds a password, which would be kept with the results",
            "the name of an environment variable in its place",
            "write source.url='postgresql://user:$PASSWORD@host/name' and set PASSWORD",
        )


def refuse(problem: str, expected: str, remedy: str) -> NoReturn:
    """Raise the error of this source."""
    raise SourceError(name=NAME, problem=problem, expected=expected, remedy=remedy)


def _first_line(error: Exception) -> str:
    """Return what a library says before its advice, on one line."""
    return " ".join(str(error).partition("(Background on")[0].split("\n\n")[0].split())[:400]
