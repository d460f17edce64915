"""cuDF itself, on a device: what tests/sources/test_columnar.py shows on pandas has to hold there too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dfqgp.errors import ConfigError
from dfqgp.features import assemble
from dfqgp.frames import open_frames
from dfqgp.sources import FilesSettings, SyntheticSettings, open_source

pytestmark = pytest.mark.gpu


@pytest.fixture(autouse=True, scope="module")
def _device():
    try:
        open_frames()
    except ConfigError as error:
        pytest.skip(str(error))


def assert_same(settings):
    left, right = (open_source(replace(settings, frames=name)).load() for name in ("pandas", "cudf"))
    panels = [assemble(table.columns, units=table.units).fingerprint() for table in (left, right)]
    assert panels[0] == panels[1]
    for name in ("units", "defaults", "dropped", "repaired"):
        assert getattr(left, name) == getattr(right, name)


def test_the_synthetic_market_gives_the_same_panel(tmp_path):
    frame = open_source(SyntheticSettings(assets=40, days=150)).load().frame
    frame.loc[[3, 50], ["open", "high", "low", "close"]] = None
    frame.loc[frame.index % 7 == 0, ["industry", "turnover"]] = None
    frame.assign(code=frame["code"].astype("category")).to_parquet(tmp_path / "t.parquet")
    assert_same(FilesSettings(path=str(tmp_path / "t.parquet")))


@pytest.mark.real_data
def test_the_real_table_gives_the_same_panel(real_table_path):
    assert_same(FilesSettings(layout="ashare_daily", path=str(real_table_path)))
