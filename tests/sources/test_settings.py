"""Settings refuse what can't be meant, and every name opens a source."""

from __future__ import annotations

import functools
from typing import get_args

import pytest
import yaml

from dfqgp.config import conf_dir, load
from dfqgp.errors import ConfigError
from dfqgp.records import plain
from dfqgp.sources import FilesSettings, SourceSettings, SyntheticSettings, open_source
from dfqgp.sources.layouts import LAYOUTS

RECORDS = get_args(SourceSettings)
FILES = sorted((conf_dir() / "source").glob("*.yaml"))

PATH = ("source.path=t.csv",)
NEEDED = {"synthetic": (), "sql": ("source.query=select 1",)}
"""What a source cannot do without, where it is no path."""


@pytest.mark.parametrize(
    ("record", "bad", "key"),
    [
        (FilesSettings, {"path": ""}, "source.path"),
        (FilesSettings, {"path": "t.csv", "layout": "wind"}, "source.layout"),
        (FilesSettings, {"path": "t.parquet", "layout": "tushare", "frames": "cudf"}, "source.frames"),
        (FilesSettings, {"path": "t.csv", "scales": {"volume": 0.0}}, "source.scales.volume"),
        (FilesSettings, {"path": "t.csv", "units": {"pe": "rato"}}, "source.units.pe"),
        (SyntheticSettings, {"assets": 1}, "source.assets"),
        (SyntheticSettings, {"days": 0}, "source.days"),
        (SyntheticSettings, {"seed": -1}, "source.seed"),
        (SyntheticSettings, {"signal": float("nan")}, "source.signal"),
        (SyntheticSettings, {"listed_later": 1.0}, "source.listed_later"),
        (SyntheticSettings, {"start": "soon"}, "source.start"),
    ],
)
def test_impossible_value_is_refused_with_its_key(record, bad, key):
    with pytest.raises(ConfigError) as error:
        record(**bad)
    assert error.value.details["key"] == key


@functools.cache
def settings_of(path):
    return load([f"source={path.stem}", *NEEDED.get(path.stem, PATH)]).source


def test_every_file_in_conf_opens_a_source_and_every_record_and_layout_has_one():
    opened = [settings_of(path) for path in FILES]
    for path, settings in zip(FILES, opened, strict=True):
        assert open_source(settings).name == path.stem
    assert {type(settings) for settings in opened} == set(RECORDS)
    assert {path.stem for path in FILES} >= set(LAYOUTS) - {"none"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_in_conf_shows_every_setting_of_its_source(path):
    settings = settings_of(path)
    shown = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(shown) == set(plain(settings))
