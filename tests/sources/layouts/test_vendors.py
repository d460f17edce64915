"""What a vendor exports gives the panel of a plain table with the same content; what a layout cannot take, it says."""

from __future__ import annotations

import numpy as np
import pytest
from vendors import VENDORS, make_table

from dfqgp.errors import ConfigError, DataContractError, SourceError
from dfqgp.features import assemble
from dfqgp.market import UniverseSettings
from dfqgp.sources import FilesSettings, SqlSettings, open_source
from dfqgp.sources.contract import check
from dfqgp.sources.layouts import LAYOUTS, standard_code
from dfqgp.sources.layouts.factor import with_factor

YOUNG = UniverseSettings(min_listed_days=5)


@pytest.fixture(scope="module")
def table():
    return make_table()


@pytest.fixture(scope="module")
def exports(table):
    return {vendor: export(table) for vendor, export in VENDORS.items()}


def write(frame, folder, name="t.csv"):
    frame.to_csv(folder / name, index=False) if name.endswith("csv") else frame.to_parquet(folder / name)
    return str(folder / name)


def panel_of(settings):
    table = open_source(settings).load()
    return assemble(table.frame, units=table.units, universe=YOUNG)


def plain_panel(vendor, plain):
    features = [name for name in LAYOUTS[vendor].ready if name in plain]
    checked = check(plain, where="memory", features=features)
    return assemble(checked.frame, units=checked.units, universe=YOUNG)


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_export_gives_the_panel_of_the_plain_table(vendor, exports, tmp_path):
    export, plain = exports[vendor]
    expected = plain_panel(vendor, plain)
    assert len(expected.fields) > 10
    assert not expected.buyable.all()
    assert (expected.universe.sum(axis=0) > 0).all()
    in_csv = FilesSettings(layout=vendor, path=write(export, tmp_path))
    in_parquet = FilesSettings(layout=vendor, path=write(export, tmp_path, "t.parquet"))
    for settings in (in_csv, in_parquet, SqlSettings(layout=vendor, query=f"from read_parquet('{in_parquet.path}')")):
        assert panel_of(settings).fingerprint() == expected.fingerprint()


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_column_of_a_layout_is_in_the_export_and_has_a_meaning(vendor, exports):
    layout = LAYOUTS[vendor]
    export, _ = exports[vendor]
    assert set(layout.columns.values()) <= set(export.columns)
    assert set(layout.scales) <= set(layout.columns)
    assert {*layout.ready, *layout.negated, *layout.needs} <= {*layout.columns, "adj_factor"}


def test_one_file_per_stock_is_read_as_one_table(exports, tmp_path):
    export, plain = exports["akshare"]
    for code, rows in export.groupby("股票代码"):
        write(rows, tmp_path, f"{code}.csv")
    got = panel_of(FilesSettings(layout="akshare", path=str(tmp_path)))
    assert got.fingerprint() == plain_panel("akshare", plain).fingerprint()


def test_columns_that_are_not_there_are_not_needed(table, exports, tmp_path):
    few = exports["tushare"][0][["ts_code", "trade_date", "open", "high", "low", "close", "pre_close", "vol", "amount"]]
    loaded = open_source(FilesSettings(layout="tushare", path=write(few, tmp_path))).load()
    assert {"turnover", "mktcap", "limit_up", "industry"} <= set(loaded.defaults)
    traded = table[table["is_trading"]].reset_index(drop=True)
    np.testing.assert_allclose(loaded.frame["volume"], traded["volume"])


def test_the_settings_replace_what_the_layout_says(exports, tmp_path):
    export = exports["tushare"][0].rename(columns={"vol": "shares"}).assign(vol=-1.0)
    settings = FilesSettings(
        layout="tushare", path=write(export, tmp_path), columns={"volume": "shares"}, scales={"volume": 7.0},
        features=("change", "preclose"), units={"change": "price"},
    )  # fmt: skip
    loaded = open_source(settings).load()
    np.testing.assert_allclose(loaded.frame["volume"], export["shares"] * 7)
    ready = dict.fromkeys(("pe_ttm", "pb", "ps_ttm"), "ratio")
    assert loaded.units == ready | {"change": "price", "preclose": "price"}


@pytest.mark.parametrize("vendor", ["tushare", "baostock"])
def test_an_absent_factor_follows_from_the_previous_closes(vendor, table, exports, tmp_path):
    export = exports[vendor][0].drop(columns="adj_factor").sample(frac=1.0, random_state=1)
    frame = open_source(FilesSettings(layout=vendor, path=write(export, tmp_path))).load().frame
    rows = table if vendor == "baostock" else table[table["is_trading"]].reset_index(drop=True)
    given = rows["adj_factor"] / rows.groupby("code")["adj_factor"].transform("first")
    assert given.nunique() > 5
    events = given.groupby(rows["code"]).transform("nunique")
    cents = 0.01 / rows.groupby("code")["close"].transform("min")
    assert (np.abs(frame["adj_factor"] / given - 1) <= events * cents).all()
    still = given.groupby(rows["code"]).transform("nunique") == 1
    assert (frame["adj_factor"][still] == 1).all()


@pytest.mark.real_data
def test_the_factor_of_the_real_table_follows_from_its_previous_closes(real_frame):
    derived = with_factor(real_frame.drop(columns="adj_factor"), "Asia/Shanghai")
    steps = [frame.groupby("code")["adj_factor"].transform(lambda f: f / f.shift()) for frame in (real_frame, derived)]
    # closes and previous closes are in cents; the vendor's own factor is, in this table, less exact than that
    error = (steps[0] / steps[1] - 1).abs() * real_frame["close"]
    assert (error.dropna() < 0.02).mean() > 0.9999
    assert (steps[0] > 1.001).sum() > 1000


def of(vendor, *, drop=(), **changes):
    def make(exports, folder, settings=None):
        frame = exports[vendor][0].drop(columns=list(drop)).assign(**changes)
        return FilesSettings(layout=vendor, path=write(frame, folder), **(settings or {}))

    return make


REFUSED = {
    r"source akshare: no column 'adj_factor'.*jump at every dividend.*docs/sources\.md": of(
        "akshare", drop=["adj_factor"]
    ),
    r"source joinquant: no column 'adj_factor'.*fq='post' and round=False": of("joinquant", drop=["factor"]),
    r"source baostock: no column 'preclose'.*export the field preclose": of("baostock", drop=["preclose"]),
    r"source tushare: no column 'preclose'.*or add the column adj_factor": of(
        "tushare", drop=["adj_factor", "pre_close"]
    ),
    r"column 'adjustflag' is 2 on 1\d+ rows: their prices are adjusted; expected 3": of("baostock", adjustflag="2"),
    r"code '510300', '000300\.CSI' is of no stock": lambda exports, folder: of(
        "akshare", 股票代码=["510300", "000300.CSI"] + ["600000"] * (len(exports["akshare"][0]) - 2)
    )(exports, folder),
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_a_layout_cannot_take_says_why_and_what_to_do(message, exports, tmp_path):
    with pytest.raises(SourceError, match=message) as error:
        open_source(REFUSED[message](exports, tmp_path)).load()
    assert error.value.details["remedy"]


def test_adjusted_prices_need_no_factor_where_the_settings_say_so(exports, tmp_path):
    without_factor = of("akshare", drop=["adj_factor"])(exports, tmp_path, {"prices": "backward"})
    assert "adj_factor" in open_source(without_factor).load().defaults
    marked = of("baostock", drop=["adj_factor"], adjustflag="1")(exports, tmp_path, {"prices": "backward"})
    assert "adj_factor" in open_source(marked).load().defaults
    with pytest.raises(ConfigError, match=r"source\.prices: got 'forward', expected raw for source\.layout=joinquant"):
        FilesSettings(layout="joinquant", path="t.csv", prices="forward")


def test_a_flag_that_cannot_be_read_is_not_turned_round(exports, tmp_path):
    settings = of("joinquant", paused="perhaps")(exports, tmp_path)
    with pytest.raises(DataContractError, match=r"is_trading is not true or false.*is_trading=perhaps"):
        open_source(settings).load()


def test_further_prices_and_shares_are_taken_back_to_raw_ones_too(table, exports, tmp_path):
    settings = of("joinquant")(exports, tmp_path, {"features": ("avg",), "units": {"avg": "price"}})
    loaded = open_source(settings).load()
    traded = table["volume"] > 0
    vwap = (table["amount"] / table["volume"])[traded]
    np.testing.assert_allclose(loaded.frame["avg"][traded], vwap, rtol=1e-12)


CODES = {
    "000001.SZ": ("000001.XSHE", "sz.000001", "SZ000001", "000001.sz", "000001"),
    "600000.SH": ("600000.xshg", "sh.600000", "SH600000", "600000"),
    "920001.BJ": ("BJ920001", "920001"),
    "430047.BJ": ("430047.BJ", "430047"),
    "830799.BJ": ("830799",),
    "688001.SH": ("688001",),
    "900901.SH": ("900901",),
    "200002.SZ": ("200002",),
    "300750.SZ": ("300750",),
    None: ("159915", "510300", "60000", "6000000", "00001.HK", "600000.SS", "AAPL", ""),
}


@pytest.mark.parametrize("standard", CODES)
def test_codes_of_every_form_are_known(standard):
    assert {standard_code(code) for code in CODES[standard]} == {standard}
