"""Settings refuse what can't be meant, and every name opens a source."""

from __future__ import annotations

import pytest

from dfqgp.errors import ConfigError
from dfqgp.sources import SourceSettings, open_source
from dfqgp.sources.registry import SOURCES
from dfqgp.sources.settings import SOURCE_NAMES


@pytest.mark.parametrize(
    ("bad", "key"),
    [
        ({"name": "file"}, "source.name"),
        ({"name": "files"}, "source.path"),
        ({"path": "t.csv"}, "source.path"),
        ({"assets": 1}, "source.assets"),
        ({"days": 0}, "source.days"),
        ({"seed": -1}, "source.seed"),
        ({"signal": float("nan")}, "source.signal"),
        ({"listed_later": 1.0}, "source.listed_later"),
        ({"start": "soon"}, "source.start"),
        ({"scales": {"volume": 0.0}}, "source.scales.volume"),
        ({"units": {"pe": "rato"}}, "source.units.pe"),
    ],
)
def test_impossible_value_is_refused_with_its_key(bad, key):
    with pytest.raises(ConfigError) as error:
        SourceSettings(**bad)
    assert error.value.details["key"] == key


def test_unknown_source_names_the_nearest():
    with pytest.raises(ConfigError, match="did you mean 'files'"):
        SourceSettings(name="file")


def test_every_name_opens_its_source():
    assert tuple(SOURCES) == SOURCE_NAMES
    for name in SOURCE_NAMES:
        assert open_source(SourceSettings(name=name, path="" if name == "synthetic" else "t.csv")).name == name
