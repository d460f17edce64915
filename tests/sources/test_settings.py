"""Settings refuse what can't be meant, and every name opens a source."""

from __future__ import annotations

from typing import get_args

import pytest

from dfqgp.config import conf_dir
from dfqgp.errors import ConfigError
from dfqgp.sources import AshareDailySettings, FilesSettings, SourceSettings, SyntheticSettings, open_source

RECORDS = get_args(SourceSettings)


@pytest.mark.parametrize(
    ("record", "bad", "key"),
    [
        (FilesSettings, {"path": ""}, "source.path"),
        (AshareDailySettings, {"path": ""}, "source.path"),
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


def test_every_record_has_a_file_in_conf_and_opens_the_source_of_its_name():
    assert sorted(record.name for record in RECORDS) == sorted(path.stem for path in (conf_dir() / "source").glob("*"))
    for record in RECORDS:
        settings = record() if record is SyntheticSettings else record(path="t.csv")
        assert open_source(settings).name == record.name
