"""Files: what is read is what was written, under our names; what can't be read says why."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from dfqgp.errors import DataContractError, SourceError
from dfqgp.sources import FilesSettings, check
from dfqgp.sources.files import FilesSource


def write(frame, path):
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_csv(path, index=False)
    return FilesSettings(path=str(path))


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.parquet"])
def test_file_gives_the_table_that_was_written(good, tmp_path, name):
    table = FilesSource(write(good, tmp_path / name)).load()
    pd.testing.assert_frame_equal(table.frame, check(good, where="memory").frame)


def test_leading_zeros_of_codes_survive_csv(good, tmp_path):
    good["code"] = good["code"].str[:6]
    settings = write(good.rename(columns={"code": "ticker"}), tmp_path / "t.csv")
    table = FilesSource(replace(settings, columns={"code": "ticker"})).load()
    assert table.frame["code"].unique().tolist() == ["000001", "300001", "600000"]


def test_columns_are_mapped_scaled_and_given_units(good, tmp_path):
    theirs = good.rename(columns={"close": "last"}).assign(close=-1.0, tr_pct=2.5, north=7)
    settings = replace(
        write(theirs, tmp_path / "t.parquet"),
        columns={"close": "last", "turnover": "tr_pct"},
        scales={"turnover": 0.01},
        features=("north",),
        units={"north": "shares"},
    )
    table = FilesSource(settings).load()
    assert table.frame["close"].tolist() == good["close"].tolist()
    assert table.frame["turnover"].unique() == pytest.approx([0.025])
    assert table.units == {"north": "shares"}
    assert not {"last", "tr_pct"} & set(table.frame.columns)


def test_folder_and_pattern_read_every_file(good, tmp_path):
    first, second = good.iloc[:9], good.iloc[9:]
    write(first, tmp_path / "a.csv")
    write(second, tmp_path / "b.parquet")
    (tmp_path / "notes.txt").write_text("not a table")
    whole = check(good, where="memory").frame
    pd.testing.assert_frame_equal(FilesSource(FilesSettings(path=str(tmp_path))).load().frame, whole)
    pattern = FilesSource(FilesSettings(path=str(tmp_path / "[ab].*")))
    pd.testing.assert_frame_equal(pattern.load().frame, whole)


def test_fingerprint_changes_with_bytes_and_maps_only(good, tmp_path):
    settings = write(good, tmp_path / "t.csv")
    original = FilesSource(settings).fingerprint()
    assert FilesSource(write(good, tmp_path / "copy.csv")).fingerprint() == original
    others = [
        replace(settings, columns={"open": "close"}),
        replace(settings, scales={"volume": 100.0}),
        replace(settings, features=("pe",)),
        replace(settings, features=("pe",), units={"pe": "count"}),
        write(good.assign(open=good["open"] + 0.01), tmp_path / "other.csv"),
    ]
    prints = {FilesSource(other).fingerprint() for other in others} | {original}
    assert len(prints) == 6
    assert all(int(text, 16) >= 0 for text in prints)


def bad_file(name, content):
    def make(_, folder):
        (folder / name).write_bytes(content)
        return FilesSettings(path=str(folder / name))

    return make


BAD = {
    "nothing at": lambda _, folder: FilesSettings(path=str(folder / "absent.csv")),
    "unknown extension": bad_file("t.xlsx", b"x"),
    "can't be read": bad_file("t.parquet", b"not parquet"),
    "No columns to parse": bad_file("t.csv", b""),
    "can't decode": bad_file("t.csv", "date,行业\n2024-01-02,银行\n".encode("gbk")),
    "no rows in": lambda good, folder: write(good.iloc[:0], folder / "t.csv"),
    r"column 'ticker' is not in the table": lambda good, folder: replace(
        write(good, folder / "t.csv"), columns={"code": "ticker"}
    ),
    r"no column 'volumes' to scale.*did you mean 'volume'": lambda good, folder: replace(
        write(good, folder / "t.csv"), scales={"volumes": 100.0}
    ),
    r"column 'code' to scale is text": lambda good, folder: replace(
        write(good, folder / "t.csv"), scales={"code": 2.0}
    ),
}


@pytest.mark.parametrize("message", BAD)
def test_unusable_file_says_what_and_what_to_do(good, tmp_path, message):
    with pytest.raises(SourceError, match=message) as error:
        FilesSource(BAD[message](good, tmp_path)).load()
    assert error.value.details["remedy"]


def test_broken_table_names_its_file(good, tmp_path):
    settings = write(good.assign(volume=-1), tmp_path / "t.csv")
    with pytest.raises(DataContractError, match=r"source files \(.*t\.csv\): .*\n.*negative volume: 18 rows"):
        FilesSource(settings).load()
