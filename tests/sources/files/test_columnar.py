"""Tables read as arrays: the code that runs on cuDF and CuPy, here on pandas and NumPy, gives what pandas gives.

The methods of cuDF that pandas lacks are put on pandas, so that every line of that code runs. What the two disagree in
(null and NaN) is kept out of it: see dfqgp/frames/device.py.
"""

from __future__ import annotations

import ast
import importlib.util
import logging
import os
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from broken_tables import BROKEN

from dfqgp.config import load
from dfqgp.errors import ConfigError, DataContractError, SourceError
from dfqgp.features import assemble
from dfqgp.frames import Frames, open_frames
from dfqgp.sources import FilesSettings, SyntheticSettings, open_source
from dfqgp.sources.files import columnar

DEVICE = Path(columnar.__file__).parents[2] / "frames" / "device.py"


@pytest.fixture(autouse=True)
def as_cudf(monkeypatch):
    """Let pandas stand for cuDF."""

    def to_cupy(self, na_value=None):
        return self.to_numpy() if na_value is None else self.to_numpy(dtype=self.dtype, na_value=na_value)

    monkeypatch.setattr(pd.Series, "to_cupy", to_cupy, raising=False)
    monkeypatch.setattr(pd.Index, "to_pandas", lambda self: self, raising=False)
    monkeypatch.setattr(columnar, "open_frames", lambda: Frames(pd, np))


def both(settings):
    """Return the tables and panels of a source, read by pandas and as arrays."""
    tables = [open_source(replace(settings, frames=name)).load() for name in ("pandas", "cudf")]
    return tables, [assemble(table.columns, units=table.units) for table in tables]


def assert_same(settings):
    (left, right), (expected, panel) = both(settings)
    assert panel.fingerprint() == expected.fingerprint()
    for name in ("units", "defaults", "dropped", "repaired"):
        assert getattr(left, name) == getattr(right, name)


def written(frame, folder, name="t.parquet"):
    frame.to_parquet(folder / name)
    return FilesSettings(path=str(folder / name))


@pytest.fixture(scope="module")
def market():
    """The checked table of a synthetic market, with suspensions, listings and limits."""
    return open_source(SyntheticSettings(assets=40, days=150)).load().frame


def test_the_synthetic_market_gives_the_same_panel(market, tmp_path):
    assert_same(written(market, tmp_path))
    assert_same(written(market.sample(frac=1.0, random_state=2), tmp_path))


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_dates_of_every_resolution_are_read(market, tmp_path, unit):
    hours = pd.Timedelta(hours=15)
    assert_same(written(market.assign(date=(market["date"] + hours).astype(f"datetime64[{unit}]")), tmp_path))


def test_days_before_1970_are_days(good, tmp_path):
    assert_same(written(good.assign(date=good["date"] - pd.Timedelta(days=20000, hours=-5)), tmp_path))


TABLES = {
    "as it is": lambda frame: frame,
    "rows without prices": lambda frame: frame.assign(
        **{name: frame[name].mask(frame.index.isin([0, 7, 8])) for name in ("open", "high", "low", "close")}
    ),
    "a code without prices": lambda frame: frame.assign(
        **{name: frame[name].mask(frame["code"] == "300001.SZ") for name in ("open", "high", "low", "close")}
    ),
    "codes by category": lambda frame: frame.assign(code=frame["code"].astype("category")),
    "industries": lambda frame: frame.assign(industry=["steel", None, "  ", "银行", "Banks", "banks"] * 3),
    "flags as numbers": lambda frame: frame.assign(is_st=[0, 1] * 9, is_trading=[True, False] * 9),
    "nullable numbers": lambda frame: frame.assign(turnover=pd.Series([0.1, None] * 9, dtype="Float64")),
    "whole numbers": lambda frame: frame.assign(mktcap=pd.Series([10**9] * 18, dtype="int64"), adj_factor=1),
    "listing dates": lambda frame: frame.assign(
        list_date=pd.Series(pd.to_datetime(["2001-05-08", None, "2023-12-01"] * 6))
    ),
    "suspended rows of nonsense": lambda frame: frame.assign(
        open=frame["open"].mask(frame.index == 4, 0.0), volume=frame["volume"].mask(frame.index == 4, 0)
    ),
    "limits": lambda frame: frame.assign(limit_up=frame["open"] * 1.1, limit_down=np.nan),
    "columns of no use": lambda frame: frame.assign(note="text", pe=1.0),
}


@pytest.mark.parametrize("table", TABLES)
def test_clean_tables_give_the_same_panel(good, tmp_path, table):
    assert_same(written(TABLES[table](good), tmp_path))


def test_maps_scales_features_and_several_files_give_the_same_panel(good, tmp_path):
    theirs = good.rename(columns={"close": "last"}).assign(close=-1.0, tr_pct=np.float32(2.5), north=7, pe=1.5)
    theirs["float_mktcap"] = 3.0
    theirs.iloc[:7].to_parquet(tmp_path / "a.parquet")
    theirs.iloc[7:].drop(columns="pe").to_parquet(tmp_path / "b.parquet")
    assert_same(
        FilesSettings(
            path=str(tmp_path),
            columns={"close": "last", "turnover": "tr_pct"},
            scales={"turnover": 0.01, "float_mktcap": 1e4},
            features=("north", "pe"),
            units={"north": "shares"},
        )
    )


@pytest.mark.parametrize("features", [(), ("preclose",), ("extra",)], ids=str)
def test_the_vendor_layout_gives_the_same_limits(good, tmp_path, features):
    frame = good.assign(preclose=good["open"].round(2), turnover_pct=1.5, is_st=[True, False] * 9, extra=2.0, pe_ttm=12)
    frame["is_trading"] = frame.index != 3
    frame["date"] -= np.datetime64("2024-01-04") - np.datetime64("2020-08-24")  # around ChiNext's reform
    frame.loc[0, "high"] = frame.loc[0, "preclose"] * 1.4
    frame.to_parquet(tmp_path / "t.parquet")
    settings = FilesSettings(layout="ashare_daily", path=str(tmp_path / "t.parquet"), features=features)
    assert_same(settings)
    (left, right), _ = both(settings)
    for name in ("limit_up", "limit_down"):
        np.testing.assert_array_equal(right.columns.numbers[name], left.frame[name])


@pytest.mark.real_data
def test_the_real_table_gives_the_same_panel(real_table_path):
    assert_same(FilesSettings(layout="ashare_daily", path=str(real_table_path)))


# Text where the contract wants something else does not reach the rules: it is no typed column.
UNTYPED = {"date is not a date", "close is not a number", "industry is not text", "row before list_date"}
NO_PARQUET = {"column 'x' stands more than once", "code is not text", "is_trading is not true or false"}


def typed(frame):
    """Give columns of objects that hold numbers their type again."""
    return frame.apply(lambda column: column.infer_objects() if column.dtype == object else column)


@pytest.mark.parametrize("kind", [kind for kind in BROKEN if kind not in UNTYPED | NO_PARQUET])
def test_what_pandas_refuses_is_refused_in_the_same_words(good, tmp_path, kind):
    settings = written(typed(BROKEN[kind](good)), tmp_path)
    settings = replace(settings, features=("pe",) if "pe" in kind else ())
    messages = []
    for frames in ("pandas", "cudf"):
        with pytest.raises((DataContractError, SourceError)) as error:
            open_source(replace(settings, frames=frames)).load()
        messages.append(str(error.value))
    assert messages[0] == messages[1]
    if "no rows" not in kind:
        assert kind in messages[0]


def test_listing_after_the_row_and_bad_flags_are_found(good, tmp_path):
    for change in ({"list_date": pd.Timestamp("2024-01-04")}, {"is_st": 2}):
        with pytest.raises(DataContractError, match=r"row before list_date|is_st is not true or false"):
            open_source(replace(written(good.assign(**change), tmp_path), frames="cudf")).load()


@pytest.mark.parametrize("kind", sorted(UNTYPED))
def test_text_in_place_of_a_type_is_refused_with_its_column(good, tmp_path, kind):
    frame = BROKEN[kind](good)
    column = "list_date" if "list_date" in kind else kind.split()[0]
    frame[column] = frame[column].map(str)
    if column == "industry":
        frame[column] = 7
    with pytest.raises(SourceError, match=rf"column '{column}' is .*; expected dates.*set source\.frames=pandas"):
        open_source(replace(written(frame, tmp_path), frames="cudf")).load()


DOUBTFUL = {
    "stray": lambda frame: pd.concat(
        [frame, frame, frame.iloc[[0]].assign(date=pd.Timestamp("2261-01-05"))], ignore_index=True
    ),
    "case": lambda frame: frame.assign(code=frame["code"].replace("000001.SZ", "600000.sh")),
    "UTC": lambda frame: frame.assign(date=frame["date"] - pd.Timedelta(hours=8)),
    "has no value": lambda frame: frame.assign(mktcap=np.nan, industry=pd.Series([None] * 18, dtype="str")),
    "float32": lambda frame: frame.assign(amount=1e300),
}


@pytest.mark.parametrize("words", DOUBTFUL)
def test_doubtful_tables_are_refused_in_the_same_words(good, tmp_path, words):
    settings = written(DOUBTFUL[words](good), tmp_path)
    messages = []
    for frames in ("pandas", "cudf"):
        with pytest.raises(DataContractError) as error:
            open_source(replace(settings, frames=frames)).load()
        messages.append(str(error.value))
    assert messages[0] == messages[1]
    assert words in messages[0] or "duplicate" in messages[0]


def test_settings_that_the_files_cannot_serve_are_refused_in_the_same_words(good, tmp_path):
    settings = written(good.assign(note="text"), tmp_path)
    for change in ({"columns": {"code": "ticker"}}, {"scales": {"volumes": 2.0}}, {"scales": {"code": 2.0}},
                   {"features": ("pee",)}, {"features": ("note",)}, {"units": {"open": "price"}}):  # fmt: skip
        messages = []
        for frames in ("pandas", "cudf"):
            with pytest.raises((DataContractError, SourceError)) as error:
                open_source(replace(settings, frames=frames, **change)).load()
            messages.append(str(error.value))
        assert messages[0] == messages[1]


@pytest.mark.parametrize(
    "treatment",
    [{"on_bad": "drop", "bad_limit": 0.2}, {"amount": "without"}, {"prices": "forward"}, {"prices": "backward"}],
    ids=str,
)
def test_choices_give_the_same_panel(good, tmp_path, treatment):
    frame = good.assign(adj_factor=1.0 + 0.01 * (good.index % 6 > 2), industry=["steel ", " steel", "banks"] * 6)
    frame.loc[[2, 9], "volume"] = -1
    if "on_bad" not in treatment:
        frame = good.drop(columns="amount").assign(adj_factor=frame["adj_factor"])
    assert_same(replace(written(frame, tmp_path), **treatment))
    assert_same(replace(written(frame.drop(columns="adj_factor"), tmp_path), **treatment))


def test_stamps_with_an_offset_are_left_to_pandas(good, tmp_path):
    settings = written(good.assign(date=good["date"].dt.tz_localize("Asia/Shanghai")), tmp_path)
    assert len(open_source(settings).load().frame) == 18
    with pytest.raises(SourceError, match=r"column 'date' of .* has time stamps with an offset.*source\.frames=pandas"):
        open_source(replace(settings, frames="cudf")).load()


def test_csv_is_left_to_pandas(good, tmp_path):
    good.to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(SourceError, match=r"no Parquet file; expected Parquet files; set source\.frames=pandas"):
        open_source(FilesSettings(path=str(tmp_path / "t.csv"), frames="cudf")).load()


def test_what_is_logged_is_the_same(market, tmp_path, caplog):
    lines = []
    frame = market.drop(columns=["mktcap", "is_st"]).assign(pe=1.0, note="text", volume=market["volume"] / 100)
    for frames in ("pandas", "cudf"):
        caplog.clear()
        with caplog.at_level(logging.INFO, logger="dfqgp.sources"):
            open_source(replace(written(frame, tmp_path), frames=frames)).load()
        lines.append(sorted(caplog.messages))
    assert lines[0] == [text for text in lines[1] if "cuDF does not compare pages with their checksums" not in text]
    assert len(lines[1]) == len(lines[0]) + 1
    assert len(lines[0]) > 4


def test_frames_never_change_the_name_of_a_run_or_a_panel(good, tmp_path):
    settings = written(good, tmp_path)
    assert open_source(settings).fingerprint() == open_source(replace(settings, frames="cudf")).fingerprint()
    overrides = ["source=files", f"source.path={settings.path}"]
    assert load(overrides).identity() == load([*overrides, "source.frames=cudf"]).identity()
    assert load().identity()["source"]["name"] == "synthetic"


def test_without_cudf_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "cudf", None)
    with pytest.raises(ConfigError, match=r"source\.frames: got 'cudf', which cannot be imported.*'dfqgp\[gpu,cudf\]'"):
        open_frames()


def cudf_sources():
    """Return the Python files of cuDF: of the installed package, or of a wheel that DFQGP_CUDF_WHEEL names."""
    wheel = os.environ.get("DFQGP_CUDF_WHEEL")
    if wheel:
        with zipfile.ZipFile(wheel) as archive:
            return [archive.read(name) for name in archive.namelist() if name.endswith(".py") and "/tests/" not in name]
    spec = importlib.util.find_spec("cudf")
    if spec is None:
        pytest.skip("cuDF is not installed, and DFQGP_CUDF_WHEEL names no wheel of it")
    return [path.read_bytes() for path in Path(spec.origin).parent.rglob("*.py") if "tests" not in path.parts]


USED = {
    "read_parquet": (None, 1, ()),
    "concat": (None, 1, ("ignore_index",)),
    "astype": ("Series", 1, ()),
    "to_cupy": ("Series", 0, ("na_value",)),
    "factorize": ("Series", 0, ()),
    "to_pandas": ("Index", 0, ()),
}
"""What frames/device.py calls: the class it is of, the positional arguments and the names of the others."""


def test_the_table_of_what_is_used_of_cudf_is_complete():
    calls = {}
    for node in ast.walk(ast.parse(DEVICE.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            names = {keyword.arg for keyword in node.keywords}
            calls[node.func.attr] = calls.get(node.func.attr, set()) | names
    others = {"where", "asarray", "tolist", "datetime_data", "datetime64", "getDeviceCount", "splitlines", "dtype"}
    assert {name: names for name, names in calls.items() if name not in others} == {
        name: set(keywords) for name, (_, _, keywords) in USED.items()
    }


def test_every_method_that_is_used_is_cudfs(request):
    functions, methods, bases = {}, {}, {}
    for node in [each for source in cudf_sources() for each in ast.parse(source).body]:
        if isinstance(node, ast.FunctionDef):
            functions.setdefault(node.name, node)
        elif isinstance(node, ast.ClassDef):
            methods.setdefault(node.name, {}).update({e.name: e for e in node.body if isinstance(e, ast.FunctionDef)})
            bases[node.name] = [each.id for each in node.bases if isinstance(each, ast.Name)]

    def find(name, owner):
        if owner is None:
            return functions.get(name)
        found = (methods.get(owner, {}).get(name), *(find(name, base) for base in bases.get(owner, ())))
        return next((each for each in found if each is not None), None)

    for name, (owner, positional, keywords) in USED.items():
        function = find(name, owner)
        assert function is not None, f"cuDF has no {owner or 'module'}.{name}"
        given = [each.arg for each in (*function.args.posonlyargs, *function.args.args) if each.arg != "self"]
        assert len(given) >= positional, name
        assert set(keywords) <= {*given, *(each.arg for each in function.args.kwonlyargs)}, name
