"""A Parquet file that is read column by column holds what pandas reads from it."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dfqgp.errors import SourceError
from dfqgp.sources import FilesSettings
from dfqgp.sources.files.parquet import read_parquet

TABLE = pa.table(
    {
        "date": pa.array([19724, 19725, None], pa.date32()),
        "time": pa.array([1, 2, None], pa.timestamp("ms", "Asia/Shanghai")),
        "code": ["000001.SZ", "600000.SH", None],
        "industry": pa.array(["steel", None, "steel"], pa.large_string()).dictionary_encode(),
        "close": [1.5, None, float("nan")],
        "volume": pa.array([1, None, 3], pa.int64()),
        "is_st": [True, None, False],
        "a.b": [1, 2, 3],
        "a": [4, 5, 6],
    }
)


def test_columns_are_those_that_pandas_reads(tmp_path):
    pq.write_table(TABLE, tmp_path / "t.parquet", row_group_size=2)
    frame, expected = read_parquet(tmp_path / "t.parquet"), pd.read_parquet(tmp_path / "t.parquet")
    assert frame["date"].dtype.kind == "M"
    assert frame["code"].dtype == "category"
    expected["date"] = pd.to_datetime(expected["date"])
    pd.testing.assert_frame_equal(frame.astype(object), expected.astype(object))


def test_an_index_with_names_is_read_as_columns(tmp_path):
    frame = TABLE.to_pandas(date_as_object=False).dropna()
    frame.set_index(["date", "code"]).to_parquet(tmp_path / "t.parquet")
    assert sorted(read_parquet(tmp_path / "t.parquet")) == sorted(frame)
    frame.to_parquet(tmp_path / "t.parquet")  # its index has no name
    assert list(read_parquet(tmp_path / "t.parquet")) == list(frame)


def test_repeated_columns_and_none_are_read(tmp_path):
    repeated = pa.table([pa.array([1]), pa.array([2]), pa.array([3])], names=["x", "y", "x"])
    pq.write_table(repeated, tmp_path / "t.parquet")
    assert sorted(read_parquet(tmp_path / "t.parquet")) == ["x", "x", "y"]
    pq.write_table(pa.table({}), tmp_path / "t.parquet")
    assert read_parquet(tmp_path / "t.parquet").empty


def test_a_byte_that_its_checksum_contradicts_is_refused(tmp_path):
    path = tmp_path / "t.parquet"
    table = pa.table({"close": pa.array(range(1000), pa.float64())})
    pq.write_table(table, path, use_dictionary=False, compression="none", write_page_checksum=True)
    data = bytearray(path.read_bytes())
    data[4000] ^= 1
    path.write_bytes(data)
    with pytest.raises(SourceError, match="can't be read"):
        FilesSettings(path=str(path)).open().load()
