"""Bars in files: every layout gives the same, a day at a time, within the bound; what cannot be streamed is refused."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import dfqgp as dq
from dfqgp.errors import DataContractError, SourceError
from dfqgp.features.intraday import IntradaySettings, days_of_files
from dfqgp.features.intraday.files import by_day, find_blocks


@pytest.fixture(scope="module")
def some(bars):
    """Bars of five days."""
    return bars[bars["time"] < bars["time"].min() + pd.Timedelta(days=7)].reset_index(drop=True)


def by_date(frame, folder):
    for day, rows in frame.groupby(frame["time"].dt.strftime("%Y-%m-%d")):
        rows.to_parquet(folder / f"{day}.parquet")


def by_stock(frame, folder):
    for code, rows in frame.groupby("code"):
        rows.to_parquet(folder / f"{code}.parquet")


def by_stock_in_folders(frame, folder):
    for code, rows in frame.groupby("code"):
        (folder / f"code={code}").mkdir()
        rows.drop(columns="code").to_parquet(folder / f"code={code}" / "part-0.parquet")


def by_market(frame, folder):
    for half, rows in frame.groupby(frame["code"].str[5] < "5"):
        by_date(rows, made(folder / str(half)))


def one_file(frame, folder):
    frame.sort_values(["time", "code"]).to_parquet(folder / "all.parquet", row_group_size=700)


def text_stamps(frame, folder):
    by_date(frame, folder)
    for file in folder.glob("*.parquet"):
        table = pd.read_parquet(file)
        table.assign(time=table["time"].astype(str)).to_parquet(file)


def utc_stamps(frame, folder):
    aware = frame["time"].dt.tz_localize("Asia/Shanghai").dt.tz_convert("UTC")
    frame.assign(time=aware).to_parquet(folder / "utc.parquet", row_group_size=5000)


def made(folder):
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize(
    "write", [by_date, by_stock, by_stock_in_folders, by_market, one_file, text_stamps, utc_stamps]
)
def test_every_layout_gives_the_same(some, write, tmp_path):
    write(some, tmp_path)
    pd.testing.assert_frame_equal(dq.intraday(tmp_path), dq.intraday(some))


def test_days_come_once_each_in_time_order_with_all_their_bars(some, tmp_path):
    one_file(some, tmp_path)
    days = list(days_of_files(IntradaySettings(path=str(tmp_path))))
    assert [str(day) for day, _ in days] == sorted(some["time"].dt.strftime("%Y-%m-%d").unique())
    for day, bars in days:
        assert bars.num_rows == (some["time"].dt.normalize() == pd.Timestamp(day)).sum()


def test_what_waits_is_bounded_and_files_by_stock_are_refused_beyond_it(some, tmp_path):
    day = int(some.groupby(some["time"].dt.date).size().max())
    by_date(some, made(tmp_path / "days"))
    one_file(some, made(tmp_path / "sorted"))
    by_stock(some, made(tmp_path / "stocks"))

    def blocks(layout, rows):
        return find_blocks(IntradaySettings(path=str(tmp_path / layout), max_rows=rows), lambda _: "")

    assert len(blocks("days", day)) == 5
    assert len(blocks("sorted", day + 2 * 700)) == 1
    with pytest.raises(SourceError, match=r"because \d+ row groups share 2019-01-0\d.*intraday.max_rows.*DuckDB: COPY"):
        blocks("stocks", 2 * day)
    assert len(blocks("stocks", len(some))) == 1


@pytest.mark.parametrize("write", [by_date, one_file])
def test_memory_does_not_grow_with_the_days(bars, write, tmp_path):
    write(bars, tmp_path)
    before, held = pa.total_allocated_bytes(), []
    for day, table in days_of_files(IntradaySettings(path=str(tmp_path))):
        held.append(pa.total_allocated_bytes() - before)
        largest = table.nbytes
        del day, table
    assert len(held) == 12
    assert max(held) < 3 * largest


def test_the_line_of_duckdb_writes_what_streams(some, tmp_path, monkeypatch):
    duckdb = pytest.importorskip("duckdb")
    by_stock(some, made(tmp_path / "stocks"))
    monkeypatch.chdir(tmp_path)
    duckdb.sql(by_day("stocks/**/*.parquet"))
    settings = IntradaySettings(path=str(tmp_path / "bars_by_day"))
    assert all(block.single_day is not None for block in find_blocks(settings, lambda _: ""))
    pd.testing.assert_frame_equal(dq.intraday(tmp_path / "bars_by_day"), dq.intraday(some))


def test_files_that_cannot_be_used_are_named(some, tmp_path):
    with pytest.raises(SourceError, match=r"source intraday: nothing at '.*none'.*check intraday\.path"):
        dq.intraday(tmp_path / "none")
    (tmp_path / "bars.csv").write_text("time,code\n")
    with pytest.raises(SourceError, match=r"bars\.csv' is no Parquet file.*DuckDB|write them: COPY"):
        dq.intraday(tmp_path / "bars.csv")
    (tmp_path / "a.parquet").write_text("no Parquet")
    with pytest.raises(SourceError, match=r"a\.parquet' cannot be read"):
        dq.intraday(tmp_path / "a.parquet")
    pq.write_table(pa.Table.from_pandas(some), tmp_path / "a.parquet", write_statistics=False)
    with pytest.raises(SourceError, match=r"footer of '.*a\.parquet' has no first and last time"):
        dq.intraday(tmp_path / "a.parquet")
    some.drop(columns="close").to_parquet(tmp_path / "a.parquet")
    with pytest.raises(DataContractError, match=r"a\.parquet\).*\n.*missing column 'close'"):
        dq.intraday(tmp_path / "a.parquet")


def test_a_byte_that_flipped_is_found_by_the_checksum_of_its_page(some, tmp_path):
    path = tmp_path / "a.parquet"
    table = pa.Table.from_pandas(some, preserve_index=False)
    pq.write_table(table, path, write_page_checksum=True, compression="none", use_dictionary=False)
    column = pq.read_metadata(path).row_group(0).column(table.schema.get_field_index("close"))
    damaged = bytearray(path.read_bytes())
    damaged[column.data_page_offset + column.total_compressed_size // 2] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(SourceError, match=r"a\.parquet' cannot be read.*(checksum|CRC)"):
        dq.intraday(path)


def test_columns_of_the_files_are_mapped(some, tmp_path):
    by_date(some, tmp_path)
    for file in tmp_path.glob("*.parquet"):
        table = pd.read_parquet(file).rename(columns={"time": "trade_time", "volume": "vol"})
        table.assign(vol=table["vol"] / 100).to_parquet(file)
    found = dq.intraday(tmp_path, columns={"time": "trade_time", "volume": "vol"}, scales={"volume": 100})
    pd.testing.assert_frame_equal(found, dq.intraday(some), rtol=1e-6)


def test_a_glob_takes_what_it_names(some, tmp_path):
    by_date(some, tmp_path)
    for pattern in ("2019-01-02.parquet", "2019-01-0[23].parquet"):
        settings = IntradaySettings(path=str(tmp_path / pattern))
        assert [str(day) for day, _ in days_of_files(settings)] == sorted(each.stem for each in tmp_path.glob(pattern))
