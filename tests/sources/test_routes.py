"""The same data by another way gives the same panel, bit for bit; qlib's float32 gives it to its accuracy.

qlib's own route is compared in tests/sources/qlib.
"""

from __future__ import annotations

import duckdb
import pandas as pd
import polars as pl
import pytest
import sqlalchemy

import dfqgp as dq
from dfqgp.features import assemble
from dfqgp.market import UniverseSettings
from dfqgp.sources import FilesSettings, SqlSettings, SyntheticSettings, open_source

FEATURES = ("pe_ttm",)


@pytest.fixture(scope="module", params=["synthetic", pytest.param("real", marks=pytest.mark.real_data)])
def table(request):
    """A table in the form of the contract, its rows in no order."""
    if request.param == "real":
        frame = pd.read_parquet(request.getfixturevalue("real_table_path"))
        frame = frame[frame["code"].isin(frame["code"].unique()[::20])].astype({"code": str, "industry": str})
        # the decimals of a float32 in a CSV file are another number than the float32 itself
        frame = frame.astype(dict.fromkeys(frame.select_dtypes("float32"), "float64"))
        frame["turnover"] = frame.pop("turnover_pct") / 100
    else:
        frame = open_source(SyntheticSettings(assets=20, days=100, suspension_rate=0.02)).load().frame
        frame["pe_ttm"] = frame["close"] / 3
    return frame.sample(frac=1.0, random_state=2)


@pytest.fixture(scope="module")
def expected(table):
    return dq.Panel.from_frame(table, features=FEATURES).fingerprint()


def of_source(settings):
    loaded = open_source(settings).load()
    return assemble(loaded.frame, units=loaded.units, universe=UniverseSettings(min_listed_days=0))


def of_csv(frame, folder):
    frame.to_csv(folder / "t.csv", index=False)
    return of_source(FilesSettings(path=str(folder / "t.csv"), features=FEATURES))


def of_parquet(frame, folder):
    frame.to_parquet(folder / "t.parquet")
    return of_source(FilesSettings(path=str(folder / "t.parquet"), features=FEATURES))


def of_several_files(frame, folder):
    frame.iloc[:999].to_parquet(folder / "a.parquet")
    frame.iloc[999:].to_csv(folder / "b.csv.gz", index=False)
    return of_source(FilesSettings(path=str(folder), features=FEATURES))


def of_duckdb(frame, folder):
    with duckdb.connect(folder / "t.duckdb") as connection:
        connection.register("given", frame)
        connection.execute("create table daily as select * from given")
    return of_source(SqlSettings(query="from daily", database=str(folder / "t.duckdb"), features=FEATURES))


def of_files_by_duckdb(frame, folder):
    frame.to_csv(folder / "t.csv", index=False)
    return of_source(
        SqlSettings(query=f"from read_csv('{folder}/t.csv', types = {{'code': 'varchar'}})", features=FEATURES)
    )


def of_sqlite(frame, folder):
    engine = sqlalchemy.create_engine(f"sqlite:///{folder}/t.db")
    frame.to_sql("daily", engine, index=False)
    engine.dispose()
    return of_source(SqlSettings(query="select * from daily", url=f"sqlite:///{folder}/t.db", features=FEATURES))


def of_polars(frame, folder):
    frame.to_parquet(folder / "t.parquet")
    return dq.Panel.from_frame(pl.read_parquet(folder / "t.parquet"), features=FEATURES)


def of_a_relation(frame, folder):
    del folder
    return dq.Panel.from_frame(duckdb.from_df(frame), features=FEATURES)


ROUTES = (of_csv, of_parquet, of_several_files, of_duckdb, of_files_by_duckdb, of_sqlite, of_polars, of_a_relation)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.__name__)
def test_every_route_gives_the_same_panel(route, table, expected, tmp_path):
    assert route(table, tmp_path).fingerprint() == expected
