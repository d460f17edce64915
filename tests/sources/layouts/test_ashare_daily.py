"""The ready map for daily A-share tables, on a small table and on the real one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dfqgp.errors import SourceError
from dfqgp.sources import FilesSettings
from dfqgp.sources.files import FilesSource


@pytest.fixture
def layout(good, tmp_path):
    """Write a table in the vendor layout and return its settings."""
    frame = good.assign(
        preclose=good["open"], turnover_pct=1.5, is_st=False, is_trading=True, float_mktcap=1e9, pe_ttm=12.0
    )
    frame.loc[0, "high"] = frame.loc[0, "preclose"] * 1.2
    frame.to_parquet(tmp_path / "t.parquet")
    return FilesSettings(layout="ashare_daily", path=str(tmp_path / "t.parquet"))


def test_layout_is_mapped_and_limits_derived(layout):
    table = FilesSource(layout).load()
    frame = table.frame
    assert (frame["turnover"] == 0.015).all()
    assert table.units == {"pe_ttm": "ratio"}
    assert "preclose" not in frame
    assert not {"limit_up", "limit_down"} & set(table.defaults)
    assert np.isnan(frame["limit_up"][0])
    percent = np.where(frame["code"] == "300001.SZ", 0.2, 0.1)[1:]
    np.testing.assert_allclose(frame["limit_up"][1:], frame["open"][1:] * (1 + percent), atol=0.0051)
    np.testing.assert_allclose(frame["limit_down"][1:], frame["open"][1:] * (1 - percent), atol=0.0051)


def test_user_map_replaces_the_ready_one(layout):
    table = FilesSource(FilesSettings(layout="ashare_daily", path=layout.path, scales={"turnover": 1.0})).load()
    assert (table.frame["turnover"] == 1.5).all()


def test_features_beside_the_ready_ones_have_to_be_named(layout):
    frame = pd.read_parquet(layout.path).assign(extra=1.0, other=2.0)
    frame.to_parquet(layout.path)
    assert set(FilesSource(layout).load().units) == {"pe_ttm"}
    more = FilesSource(replace(layout, features=("extra", "preclose"))).load()
    assert more.units == {"pe_ttm": "ratio", "extra": "ratio", "preclose": "price"}
    assert set(more.units) < set(more.frame)


def test_missing_preclose_is_a_clear_error(layout):
    frame = pd.read_parquet(layout.path).rename(columns={"preclose": "pre_close"})
    frame.to_parquet(layout.path)
    with pytest.raises(SourceError, match=r"no column 'preclose'; did you mean 'pre_close'\?"):
        FilesSource(layout).load()
    assert (
        len(
            FilesSource(FilesSettings(layout="ashare_daily", path=layout.path, columns={"preclose": "pre_close"}))
            .load()
            .frame
        )
        == 18
    )


@pytest.mark.real_data
def test_real_table_keeps_the_contract(real_table_path, real_frame):
    table = FilesSource(FilesSettings(layout="ashare_daily", path=str(real_table_path))).load()
    frame = table.frame
    assert len(frame) == 369_338
    assert (~frame["is_trading"]).sum() == 712
    assert table.dropped == {}
    assert set(table.defaults) == {"mktcap", "in_universe", "list_date"}
    assert table.units == {"pe_ttm": "ratio", "pb_mrq": "ratio"}
    for name in ("open", "close", "volume", "mktcap", "turnover", "adj_factor"):
        np.testing.assert_allclose(frame[name], real_frame[name], rtol=1e-6)
    # The limits are right where the market says so: hardly a price lies beyond them, and many lie on them.
    assert frame["limit_up"].isna().sum() < 50
    trading = frame["is_trading"]
    assert (np.isclose(frame["close"], frame["limit_up"]) & trading).sum() > 2000
