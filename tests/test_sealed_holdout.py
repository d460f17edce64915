"""The law above all others: what the search receives holds no row of the sealed holdout, nor a way to one."""

from __future__ import annotations

import gc
import mmap
from types import BuiltinFunctionType, FunctionType, ModuleType

import numpy as np
import pandas as pd
import pytest

import dfqgp.mine
from dfqgp.config import load
from dfqgp.dataset import DatasetBuilder, DatasetSettings
from dfqgp.market import SegmentSettings
from dfqgp.sources import FilesSettings, SyntheticSettings
from dfqgp.sources.synthetic import make_market
from dfqgp.sources.synthetic.calendar import trading_days

DAYS, ASSETS = 120, 20
LAST = trading_days("2019-01-02", DAYS)[95]  # train and validation are four fifths of the days


class Received(Exception):  # noqa: N818 - it is no error: it carries what was received out of the entry
    """Stands for the search."""


def receive(*arguments: object) -> None:
    raise Received(*arguments)


@pytest.fixture(scope="module")
def received(tmp_path_factory):
    """Everything that the entry of the command line hands to the search."""
    folder = tmp_path_factory.mktemp("run")
    paths = [f"paths.{name}={folder / name}" for name in ("out", "state", "data")]
    config = load([f"source.days={DAYS}", f"source.assets={ASSETS}", "segments.min_scored_days=5", *paths])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dfqgp.mine, "mine", receive)
        with pytest.raises(Received) as caught:
            dfqgp.mine.mine_one(config)
    return caught.value.args


def reachable(roots):
    """Every object that can be reached, arrays by way of the memory that they are views of included."""
    seen, waiting = {}, list(roots)
    while waiting:
        each = waiting.pop()
        if id(each) in seen or isinstance(each, type | ModuleType | BuiltinFunctionType):
            continue
        seen[id(each)] = each
        if isinstance(each, FunctionType):
            waiting += [each.__closure__, each.__defaults__, each.__kwdefaults__]
        elif isinstance(each, np.ndarray | memoryview):
            waiting.append(each.base if isinstance(each, np.ndarray) else each.obj)
        else:
            waiting += gc.get_referents(each)
    return seen.values()


def test_the_panel_ends_with_the_validation(received):
    panel = received[0]
    assert panel.dates[-1] == LAST
    assert panel.shape == (96, ASSETS)


def test_no_array_frame_map_or_source_leads_to_a_later_row(received):
    found = list(reachable(received))
    arrays = [each for each in found if isinstance(each, np.ndarray)]
    assert len(arrays) > 10
    assert not [each for each in found if isinstance(each, mmap.mmap | np.memmap | pd.DataFrame)]
    assert not [each for each in found if type(each).__module__.startswith("dfqgp.sources")]
    for each in arrays:
        if each.dtype.kind == "M":
            assert each.max() <= LAST
        assert each.ndim == 0 or len(each) <= 96, each.shape


@pytest.mark.parametrize("way", [lambda x: x[:3], lambda x: [{"a": x[1:]}], lambda x: lambda: x[0], memoryview])
def test_a_view_leads_to_all_of_its_memory(way):
    whole = np.zeros((5, 2))
    assert any(each is whole for each in reachable([way(whole)]))


def test_what_is_reported_of_returns_does_not_change_with_the_holdout(tmp_path):
    """Fields are compared with later returns, and legs are counted, on the days before the holdout alone."""
    market = make_market(SyntheticSettings(assets=ASSETS, days=DAYS))
    reports = []
    for factor in (1.0, 1.25):
        changed = market.copy()
        sealed = changed["date"] > LAST
        noise = np.random.default_rng(1).uniform(1, factor, len(changed))[:, None]
        prices = ["open", "high", "low", "close", "limit_up", "limit_down", "amount"]
        changed.loc[sealed, prices] = changed.loc[sealed, prices] * noise[sealed]
        path = tmp_path / f"{factor}.parquet"
        changed.to_parquet(path)
        settings = DatasetSettings(FilesSettings(path=str(path)), segments=SegmentSettings(min_scored_days=5))
        reports.append(DatasetBuilder(settings).measure(tmp_path / "data"))
    one, two = reports
    assert one.correlations == two.correlations
    assert len(one.correlations) > 5
    assert one.legs == two.legs
    assert one.finding("lost_legs") == two.finding("lost_legs")
    assert one.findings != two.findings, "data quality looks at all days"
