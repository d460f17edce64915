"""A qlib folder gives the panel of its table; a damaged one says which file is wrong, and how."""

from __future__ import annotations

import logging
from dataclasses import replace

import numpy as np
import pytest
from qlib_folders import write_field, write_folder

from dfqgp.errors import ConfigError, DataContractError, SourceError
from dfqgp.features import assemble
from dfqgp.sources import FilesSettings, QlibSettings, SyntheticSettings, open_source

FIELDS = ("turnover", "mktcap", "limit_up", "limit_down", "is_st", "is_trading")


@pytest.fixture(scope="module")
def market():
    """A checked table with listings, gaps, suspended rows, splits and limits; qlib holds no industries."""
    settings = SyntheticSettings(assets=15, days=120, suspension_rate=0.02, listed_later=0.4)
    frame = open_source(settings).load().frame
    codes = frame["code"].str[:6] + ".SZ"
    return frame.assign(code=codes, industry="all", list_date=frame.groupby("code")["date"].transform("min"))


@pytest.fixture
def folder(market, tmp_path):
    return write_folder(market, tmp_path / "cn", FIELDS, calendar=all_days(market))


def all_days(frame):
    """The table's days, and others around them, as a folder's calendar has."""
    days = np.unique(frame["date"].to_numpy().astype("datetime64[D]"))
    return np.concatenate([[days[0] - 2, days[0] - 1], days, [days[-1] + 1]])


def load(folder, **changes):
    return open_source(QlibSettings(path=str(folder), **changes)).load()


def panel(table):
    return assemble(table.frame, units=table.units)


def assert_agree(got, expected):
    """The same axes, masks and gaps, and the same numbers to the accuracy of float32."""
    np.testing.assert_array_equal(got.dates, expected.dates)
    assert got.codes.tolist() == expected.codes.tolist()
    assert set(got.fields) == set(expected.fields)
    for name, matrix in expected.fields.items():
        # a difference of two prices has the error of the prices
        floor = 1e-6 if expected.units[name] == "ratio" else 0.0
        np.testing.assert_allclose(got.field(name), matrix, rtol=1e-6, atol=floor, err_msg=name)
    for name in ("universe", "buyable"):
        np.testing.assert_array_equal(getattr(got, name), getattr(expected, name), err_msg=name)


def test_a_folder_gives_the_panel_of_the_table_that_it_was_written_of(market, folder):
    assert_agree(panel(load(folder)), assemble(market))


@pytest.mark.real_data
def test_a_folder_of_the_real_table_gives_its_panel(real_table_path, tmp_path):
    frame = open_source(FilesSettings(layout="ashare_daily", path=str(real_table_path))).load().frame
    frame = frame[frame["code"].isin(frame["code"].unique()[::10])].assign(industry="all")
    assert_agree(panel(load(write_folder(frame, tmp_path / "cn", FIELDS))), assemble(frame))


def test_prices_and_volume_become_raw(market, folder):
    frame = load(folder).frame
    assert frame["adj_factor"].nunique() > 5
    for name in ("open", "close", "volume", "amount", "adj_factor", "limit_up"):
        np.testing.assert_allclose(frame[name], market[name], rtol=1e-6, err_msg=name)
    as_it_is = load(folder, adjusted=False).frame
    np.testing.assert_allclose(as_it_is["close"], market["close"] * market["adj_factor"], rtol=1e-6)


def test_the_volume_weighted_price_stands_in_for_an_absent_amount(market, folder):
    vwap = market["amount"] / market["volume"].where(market["volume"] > 0) * market["adj_factor"]
    with_vwap = market.assign(vwap=vwap)
    days = np.unique(market["date"])
    for code, rows in with_vwap.groupby("code"):
        places = np.searchsorted(days, rows["date"].to_numpy()) + 2
        name = f"{code[-2:]}{code[:6]}"
        write_field(folder, name, "vwap", places, rows["vwap"].to_numpy())
        (folder / "features" / name.lower() / "amount.day.bin").unlink()
    traded = market["volume"] > 0
    table = load(folder)
    np.testing.assert_allclose(table.frame["amount"][traded], market["amount"][traded], rtol=1e-6)
    assert "vwap" not in table.frame


def test_the_ranges_of_a_market_say_when_a_stock_is_in_the_universe(market, folder):
    days = np.unique(market["date"])
    code = market["code"].iloc[0]
    name = f"{code[-2:]}{code[:6]}"
    text = f"{name}\t{str(days[5])[:10]}\t{str(days[9])[:10]}\n{name}\t{str(days[20])[:10]}\t2099-12-31\n"
    (folder / "instruments" / "csi300.txt").write_text(text)
    frame = load(folder, universe="csi300").frame
    members = frame.loc[frame["in_universe"], ["code", "date"]]
    own = frame.loc[frame["code"] == code, "date"]
    inside = own[((own >= days[5]) & (own <= days[9])) | (own >= days[20])]
    assert members["code"].unique().tolist() == [code]
    assert members["date"].tolist() == inside.tolist()
    assert frame["code"].nunique() == 15
    alone = load(folder, instruments="CSI300").frame
    assert alone["code"].unique().tolist() == [code]
    assert len(alone) == len(own)


def test_days_without_a_price_are_no_rows(folder):
    path = next((folder / "features").iterdir()) / "close.day.bin"
    before = load(folder).frame
    for field in ("open", "high", "low", "close"):
        values = np.fromfile(path.with_name(f"{field}.day.bin"), "<f4")
        values[4:9] = np.nan
        values.tofile(path.with_name(f"{field}.day.bin"))
    table = load(folder)
    assert len(before) - len(table.frame) == 5
    assert table.dropped == {}


def test_a_day_with_a_price_and_no_factor_breaks_the_contract(folder):
    path = next((folder / "features").iterdir()) / "factor.day.bin"
    values = np.fromfile(path, "<f4")
    values[4] = np.nan
    values.tofile(path)
    with pytest.raises(DataContractError, match="missing adj_factor: 1 row"):
        load(folder)


def test_further_fields_become_features_and_maps_and_scales_hold(market, folder):
    days = np.unique(market["date"])
    rows = market[market["code"] == market["code"].iloc[0]]
    name = f"{rows['code'].iloc[0][-2:]}{rows['code'].iloc[0][:6]}"
    write_field(folder, name, "pe", np.searchsorted(days, rows["date"].to_numpy()) + 2, np.full(len(rows), 12.0))
    table = load(folder, features=("pe",), columns={"turnover": "$turnover"}, scales={"turnover": 0.5, "amount": 2.0})
    assert table.units == {"pe": "ratio"}
    assert table.frame["pe"].notna().sum() == len(rows)
    np.testing.assert_allclose(table.frame["turnover"], market["turnover"] / 2, rtol=1e-6)
    np.testing.assert_allclose(table.frame["amount"], market["amount"] * 2, rtol=1e-6)


def test_indices_and_stocks_without_data_are_left_out_in_words(folder, caplog):
    (folder / "features" / "sh000300").mkdir()
    with (folder / "instruments" / "all.txt").open("a") as file:
        file.write("SH000300\t2019-01-01\t2020-01-01\nSH600999\t2019-01-01\t2020-01-01\n")
    with caplog.at_level(logging.INFO, logger="dfqgp.sources"):
        assert load(folder).frame["code"].nunique() == 15
    assert "left out, as indices are no stocks: SH000300" in caplog.text
    assert "1 stocks of all.txt have no folder" in caplog.text


def test_the_fingerprint_covers_what_is_read_and_nothing_else(folder, tmp_path):
    source = QlibSettings(path=str(folder))
    original = open_source(source).fingerprint()
    moved = folder.rename(tmp_path / "elsewhere")
    source = replace(source, path=str(moved))
    (moved / "instruments" / "other.txt").write_text("SH600000\t2019-01-01\t2020-01-01\n")
    (moved / "features" / "sz000000").mkdir()
    stock = sorted((moved / "features").iterdir())[-1]
    np.array([0.0, 1.0], "<f4").tofile(stock / "unused.day.bin")
    assert open_source(source).fingerprint() == original
    prints = {original}
    changes = {
        moved / "calendars" / "day.txt": lambda content: content.replace(b"2018-12-31", b"2018-12-30"),
        moved / "instruments" / "all.txt": lambda content: content.replace(b"2019-01", b"2018-01", 1),
        stock / "close.day.bin": lambda content: content[:-4] + bytes(4),
    }
    for path, change in changes.items():
        content = path.read_bytes()
        path.write_bytes(change(content))
        prints.add(open_source(source).fingerprint())
        path.write_bytes(content)
    prints.add(open_source(replace(source, adjusted=False)).fingerprint())
    assert len(prints) == 5


def cut(root):
    path = first(root) / "close.day.bin"
    path.write_bytes(path.read_bytes()[:-3])


def first(root):
    return sorted((root / "features").iterdir())[0]


def written(name, text):
    return lambda root: (root / name).write_text(text)


def of_field(name, values):
    return lambda root: np.array(values, "<f4").tofile(first(root) / name)


def one_minute(root):
    (root / "calendars" / "day.txt").rename(root / "calendars" / "1min.txt")


def twice(root):
    with (root / "instruments" / "all.txt").open("a") as file:
        file.write((root / "instruments" / "all.txt").read_text().partition("\n")[0].lower() + "\n")


DAMAGES = {
    r"no folder 'features'": lambda root: (root / "features").rename(root / "feature"),
    r"no '.*day\.txt', only 1min\.txt.*daily folders alone are read": one_minute,
    r"day\.txt' is empty": written("calendars/day.txt", "\n\n"),
    r"day\.txt' has 'tomorrow' in row 2": written("calendars/day.txt", "2019-01-02\ntomorrow\n"),
    r"day\.txt' has 2019-01-03 before 2019-01-02": written("calendars/day.txt", "2019-01-03\n2019-01-02\n"),
    r"all\.txt' has no rows": written("instruments/all.txt", ""),
    r"all\.txt' has 'SH600000 2019-01-02' in row 1": written("instruments/all.txt", "SH600000\t2019-01-02\n"),
    r"all\.txt' has 'x' in row 1": written("instruments/all.txt", "SH600000\tx\t2019-01-02\n"),
    r"all\.txt' has ranges of SZ000001 that overlap": twice,
    r"no market 'all'.*did you mean 'al'": lambda root: (root / "instruments" / "all.txt").rename(
        root / "instruments" / "al.txt"
    ),
    r"no stock of all\.txt has data": written("instruments/all.txt", "SH600999\t2019-01-02\t2020-01-02\n"),
    r"close\.day\.bin' has \d+ bytes; expected whole float32": cut,
    r"high\.day\.bin' has 4 bytes": of_field("high.day.bin", [0.0]),
    r"low\.day\.bin' starts at row 1e\+06 of the calendar with 1 values": of_field("low.day.bin", [1e6, 1.0]),
    r"low\.day\.bin' starts at row nan": of_field("low.day.bin", [np.nan, 1.0]),
    r"low\.day\.bin' starts at row 0\.5": of_field("low.day.bin", [0.5, 1.0]),
    r"1 of 15 stocks have no field 'volume'.*volume\.day\.bin": lambda root: (first(root) / "volume.day.bin").unlink(),
    r"no field 'factor'.*source\.adjusted=false": lambda root: (first(root) / "factor.day.bin").unlink(),
}


@pytest.mark.parametrize("message", DAMAGES)
def test_a_damaged_folder_says_which_file_is_wrong_and_how(folder, message):
    DAMAGES[message](folder)
    with pytest.raises(SourceError, match=message) as error:
        load(folder)
    assert error.value.details["remedy"]


def test_a_field_that_is_asked_for_has_to_be_there(folder):
    with pytest.raises(SourceError, match=r"15 of 15 stocks have no field 'pe'"):
        load(folder, features=("pe",))


def test_a_table_is_checked_with_the_folder_as_its_name(folder):
    with pytest.raises(DataContractError, match=r"source qlib \(.*unit 'x'|units.pe|has a unit"):
        load(folder, units={"pe": "price"})
    with pytest.raises(ConfigError, match=r"source\.path"):
        QlibSettings(path="")
