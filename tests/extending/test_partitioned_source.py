"""A source by partitions, written in one file, goes all the way to a panel and a run."""

from __future__ import annotations

import pytest
from extending.partitioned_source import YearlySettings

from dfqgp.backends import BackendSettings
from dfqgp.dataset import DatasetSettings, open_dataset
from dfqgp.engine import EngineSettings
from dfqgp.errors import SourceError
from dfqgp.fitness import FitnessSettings
from dfqgp.gp import GpSettings
from dfqgp.library import LibrarySettings, read_snapshot
from dfqgp.mining.loop import mine
from dfqgp.mining.settings import MiningConfig
from dfqgp.sources import SyntheticSettings
from dfqgp.sources.synthetic import make_market

MARKET = SyntheticSettings(assets=40, days=300)


@pytest.fixture
def folder(tmp_path):
    """The synthetic market in one folder per year."""
    frame = make_market(MARKET)
    for year, rows in frame.groupby(frame["date"].dt.year):
        (tmp_path / f"year={year}").mkdir()
        rows.to_parquet(tmp_path / f"year={year}" / "bars.parquet")
    return tmp_path


@pytest.fixture
def dataset(folder, tmp_path_factory):
    return open_dataset(DatasetSettings(YearlySettings(folder=str(folder))), tmp_path_factory.mktemp("data"))


def test_the_panel_is_that_of_the_whole_market(dataset, tmp_path_factory):
    whole = open_dataset(DatasetSettings(MARKET), tmp_path_factory.mktemp("data"))
    assert dataset.panel.fingerprint() == whole.panel.fingerprint()
    assert dataset.fingerprint != whole.fingerprint


def test_another_year_is_another_dataset(dataset, folder, tmp_path_factory):
    (folder / "year=2020" / "bars.parquet").unlink()
    settings = DatasetSettings(YearlySettings(folder=str(folder)))
    assert open_dataset(settings, tmp_path_factory.mktemp("data")).fingerprint != dataset.fingerprint


def test_an_empty_folder_says_what_is_missing(tmp_path):
    with pytest.raises(SourceError, match="source yearly: no partition"):
        YearlySettings(folder=str(tmp_path)).open().load()


def test_a_run_takes_it(dataset, tmp_path):
    settings = MiningConfig(
        label=dataset.label,
        segments=dataset.segments,
        backend=BackendSettings(threads=1),
        engine=EngineSettings(),
        fitness=FitnessSettings(min_assets=10),
        gp=GpSettings(population=20, generations=1, rounds=1, elites=2),
        library=LibrarySettings(min_score=0.0),
        seed=0,
        run_id="yearly",
        out=tmp_path / "out",
        state=tmp_path / "state",
        data_fingerprint=dataset.fingerprint,
        semantics="of the test",
        config_dict={},
    )
    assert read_snapshot(mine(dataset.panel, dataset.labels, settings)).members
