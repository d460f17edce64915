"""A query gives the table of its rows, whatever database runs it; what it cannot give, it says."""

from __future__ import annotations

import sqlite3
import sys
from dataclasses import replace

import duckdb
import pandas as pd
import pytest

from dfqgp.errors import ConfigError, DataContractError, SourceError
from dfqgp.sources import SqlSettings, open_source
from dfqgp.sources.contract import check

ALL = "select * from daily"


@pytest.fixture
def database(good, tmp_path):
    """Write the good table into a DuckDB file and return the settings of a query on it."""
    path = tmp_path / "market.duckdb"
    with duckdb.connect(path) as connection:
        connection.register("given", good)
        connection.execute("create table daily as select * from given")
    return SqlSettings(query=ALL, database=str(path))


@pytest.fixture
def sqlite(good, tmp_path):
    with sqlite3.connect(tmp_path / "market.db") as connection:
        good.assign(date=good["date"].dt.strftime("%Y-%m-%d")).to_sql("daily", connection, index=False)
    connection.close()
    return SqlSettings(query=ALL, url=f"sqlite:///{tmp_path}/market.db")


@pytest.fixture(params=["database", "sqlite"])
def settings(request):
    return request.getfixturevalue(request.param)


def load(settings):
    return open_source(settings).load()


def test_a_query_gives_the_table_of_its_rows(settings, good):
    expected = check(good, where="memory").frame
    pd.testing.assert_frame_equal(load(settings).frame, expected)
    backward = replace(settings, query=f"{ALL} order by code desc, date desc;")
    pd.testing.assert_frame_equal(load(backward).frame, expected)


def test_a_query_in_memory_reads_files_and_joins_them(good, tmp_path):
    for code, rows in good.groupby("code"):
        rows.to_parquet(tmp_path / f"{code}.parquet")
    pd.DataFrame({"code": good["code"].unique(), "industry": ["a", "b", "a"]}).to_csv(tmp_path / "i.csv", index=False)
    text = f"from read_parquet('{tmp_path}/*.parquet') join read_csv('{tmp_path}/i.csv') using (code)"
    (tmp_path / "daily.sql").write_text(f"select * {text}\n-- one row a day\n")
    frame = load(SqlSettings(query=str(tmp_path / "daily.sql"))).frame
    assert frame["industry"].tolist() == ["a"] * 6 + ["b"] * 6 + ["a"] * 6
    pd.testing.assert_frame_equal(load(SqlSettings(query=text)).frame, frame)


def test_maps_scales_features_and_layouts_hold(settings):
    query = (
        "select date, code as 股票代码, open 开盘, high 最高, low 最低, close 收盘, volume 成交量, amount 成交额, "
        "1.0 as adj_factor, 7 as north from daily"
    )
    table = load(replace(settings, query=query, layout="akshare", features=("north",), scales={"volume": 1000.0}))
    assert table.units == {"north": "ratio"}
    plain = load(settings).frame
    assert table.frame["volume"].tolist() == (plain["volume"] * 1000).tolist()


def test_decimals_are_numbers(database, good):
    query = "select * replace (close::decimal(10, 2) as close, amount::hugeint as amount), 2.5 as pe from daily"
    table = load(replace(database, query=query, features=("pe",)))
    assert table.frame["close"].tolist() == check(good, where="memory").frame["close"].tolist()
    assert (table.frame["pe"] == 2.5).all()


def test_the_fingerprint_is_of_the_rows_and_the_maps(settings):
    original = open_source(settings).fingerprint()
    same = (f"{ALL} order by date, code desc", "select * from (select * from daily)")
    assert {open_source(replace(settings, query=query)).fingerprint() for query in same} == {original}
    others = [
        replace(settings, query=f"{ALL} where code <> '000001.SZ'"),
        replace(settings, query="select *, 1 as extra from daily"),
        replace(settings, query="select * from daily union all select * from daily where code = '000001.SZ'"),
        replace(settings, query="select date, code, open, high, low, close, volume, amount + 1 as amount from daily"),
        replace(settings, scales={"volume": 100.0}),
    ]
    assert len({open_source(each).fingerprint() for each in others} | {original}) == 6


def test_the_query_runs_once_for_the_fingerprint_and_the_table(database, monkeypatch):
    runs = []
    connect = duckdb.connect
    monkeypatch.setattr(duckdb, "connect", lambda *args, **kwargs: runs.append(args) or connect(*args, **kwargs))
    source = open_source(database)
    source.fingerprint()
    source.load()
    assert len(runs) == 1


def test_a_database_is_not_written_to(settings, tmp_path):
    for query, database in (("create table x as select 1", ""), ("drop table daily", settings.database)):
        with pytest.raises(SourceError, match=r"the query is (CREATE|DROP); expected one SELECT"):
            load(SqlSettings(query=query, database=database))
    with pytest.raises(SourceError, match=r"the query is DELETE|attempt to write a readonly database"):
        load(replace(settings, query="delete from daily"))
    assert len(load(settings).frame) == 18


BAD = {
    r"Parser Error: syntax error": {"query": "selekt 1"},
    r"Catalog Error: .*dayly.*[Dd]id you mean": {"query": "select * from dayly"},
    r"the query is SELECT and SELECT; expected one SELECT": {"query": "select 1; select 2"},
    r"the query returns no rows": {"query": f"{ALL} where code = 'x'"},
    r"'nowhere\.sql' can't be read": {"query": "nowhere.sql"},
    r"nothing at 'nowhere\.duckdb'": {"database": "nowhere.duckdb"},
    r"not a valid DuckDB database file": {"database": __file__},
    r"returns open more than once": {"query": "select *, 1 as open from daily", "database": "", "url": "sqlite"},
    r"unable to open database file": {"database": "", "url": "sqlite:////nowhere/x.db"},
    r"Could not parse SQLAlchemy URL": {"database": "", "url": "market.db"},
    r"Can't load plugin: sqlalchemy\.dialects:nodb": {"database": "", "url": "nodb://x"},
    r"source\.url holds a password.*environment": {"database": "", "url": "postgresql://me:secret@host/x"},
}


@pytest.mark.parametrize("message", BAD)
def test_what_cannot_be_run_says_why_and_what_to_do(database, sqlite, message):
    changes = {name: sqlite.url if value == "sqlite" else value for name, value in BAD[message].items()}
    with pytest.raises(SourceError, match=message) as error:
        load(replace(database, **changes))
    assert error.value.details["remedy"]
    assert "secret" not in str(error.value)


def test_names_of_environment_variables_stand_for_what_they_hold(sqlite, monkeypatch):
    monkeypatch.setenv("FOLDER", sqlite.url.removeprefix("sqlite:///").removesuffix("/market.db"))
    settings = replace(sqlite, url="sqlite:///$FOLDER/market.db")
    assert len(load(settings).frame) == 18


@pytest.mark.parametrize(("package", "changes"), [("duckdb", {}), ("sqlalchemy", {"database": "", "url": "sqlite://"})])
def test_without_the_extra_one_line_says_what_to_install(database, monkeypatch, package, changes):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(SourceError, match=rf"not installed; expected the package {package}.*'dfqgp\[sql\]'"):
        load(replace(database, **changes))


def test_a_query_has_one_database_and_some_text():
    with pytest.raises(ConfigError, match=r"source\.url.*a query runs in one database"):
        SqlSettings(query=ALL, database="a.duckdb", url="sqlite://")
    with pytest.raises(ConfigError, match=r"source\.query"):
        SqlSettings(query="  ")
    with pytest.raises(DataContractError, match=r"source sql: (?s:.*)missing column 'code'"):
        load(SqlSettings(query="select 1 as date"))
