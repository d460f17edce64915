"""Files: what is read is what was written, under our names; what can't be read says why."""

from __future__ import annotations

import gzip
from dataclasses import replace

import pandas as pd
import pytest

from dfqgp.errors import ConfigError, DataContractError, SourceError
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
        *(
            replace(settings, **{name: value})
            for name, value in {
                "timezone": "UTC",
                "amount": "without",
                "on_bad": "drop",
                "bad_limit": 0.1,
                "prices": "forward",
                "encoding": "gb18030",
                "separator": ";",
                "decimal": ",",
            }.items()
        ),
    ]
    prints = {FilesSource(other).fingerprint() for other in others} | {original}
    assert len(prints) == len(others) + 1
    assert all(int(text, 16) >= 0 for text in prints)


def bad_file(name, content):
    def make(_, folder):
        (folder / name).write_bytes(content)
        return FilesSettings(path=str(folder / name))

    return make


def cut_off(name):
    def make(good, folder):
        settings = write(good, folder / name)
        path = folder / name
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        return settings

    return make


def flipped(name, **keywords):
    """Change one bit in the middle of the data."""

    def make(good, folder):
        whole = pd.concat([good] * 200)
        if name.endswith(".parquet"):
            whole.to_parquet(folder / name, compression=None, **keywords)
        else:
            whole.to_csv(folder / name, index=False)
        content = bytearray((folder / name).read_bytes())
        content[len(content) // 2] ^= 1
        (folder / name).write_bytes(content)
        return FilesSettings(path=str(folder / name))

    return make


GBK = "date,行业\n2024-01-02,银行\n".encode("gbk")
BAD = {
    "nothing at": lambda _, folder: FilesSettings(path=str(folder / "absent.csv")),
    "unknown extension": bad_file("t.xlsx", b"x"),
    "can't be read .* copy it again if it is damaged": bad_file("t.parquet", b"not parquet"),
    "CRC checksum verification failed.* copy it again": flipped("t.parquet", write_page_checksum=True),
    "can't be read .*damaged: copy or download": flipped("t.csv.gz"),
    "the gzip file ends too early.*copy or download the file again": cut_off("t.csv.gz"),
    "No columns to parse": bad_file("t.csv", b""),
    "it is not in utf-8: .*can't decode.*looks like GBK: set source.encoding=gb18030": bad_file("t.csv", GBK),
    "set source.encoding, such as gb18030": bad_file("t.csv.gz", gzip.compress(GBK)),
    "looks like UTF-16: set source.encoding=utf-16": bad_file("t.csv", "date,code".encode("utf-16")),
    "its only column is 'a;b', so semicolons separate it, not ','.*set source.separator=';'": bad_file(
        "t.csv", b"a;b\n1;2"
    ),
    "tabs separate it": bad_file("t.csv", b"a\tb\n1\t2"),
    "check the file, source.separator": bad_file("t.csv", b"a,b\n1,2,3,4\n1,2,3\n1,2,3,4,5,6"),
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


def test_every_form_of_csv_is_read_when_it_is_told(good, tmp_path):
    expected = check(good.assign(industry="银行"), where="memory").frame
    for number, (encoding, separator, decimal) in enumerate(
        [("gb18030", ",", "."), ("utf-8-sig", ";", ","), ("utf-16", "\t", "."), ("utf-8", "|", ",")]
    ):
        path = tmp_path / f"{number}.csv"
        good.assign(industry="银行").to_csv(path, index=False, encoding=encoding, sep=separator, decimal=decimal)
        told = FilesSettings(path=str(path), encoding=encoding, separator=separator, decimal=decimal)
        pd.testing.assert_frame_equal(FilesSource(told).load().frame, expected)
    with pytest.raises(ConfigError, match=r"source\.encoding: got 'utf8x', expected an encoding that Python knows"):
        FilesSettings(path="t.csv", encoding="utf8x")


def test_a_byte_order_mark_is_no_part_of_a_name(good, tmp_path):
    good.to_csv(tmp_path / "t.csv", index=False, encoding="utf-8-sig")
    pd.testing.assert_frame_equal(
        FilesSource(FilesSettings(path=str(tmp_path / "t.csv"))).load().frame, check(good, where="memory").frame
    )


def test_decimal_commas_are_named(good, tmp_path):
    good.to_csv(tmp_path / "t.csv", index=False, sep=";", decimal=",")
    with pytest.raises(
        DataContractError, match=r"numbers have a comma, such as '[\d,]+': set source\.decimal=','.*open"
    ):
        FilesSource(FilesSettings(path=str(tmp_path / "t.csv"), separator=";")).load()


def test_broken_table_names_its_file(good, tmp_path):
    settings = write(good.assign(volume=-1), tmp_path / "t.csv")
    with pytest.raises(DataContractError, match=r"source files \(.*t\.csv\): .*\n.*negative volume: 18 rows"):
        FilesSource(settings).load()
