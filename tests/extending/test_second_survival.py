"""A survival policy that the package does not know runs a search and a mining run."""

import math

import pytest
from second_survival import Truncation

from dfqgp.config import load
from dfqgp.errors import ConfigError
from dfqgp.expr import Vocabulary
from dfqgp.gp import Evolution, GpSettings
from dfqgp.gp.survival import SURVIVALS
from dfqgp.library import read_snapshot
from dfqgp.mine import mine_one

WORDS = Vocabulary.named({"open": "price", "close": "price", "volume": "shares", "returns": "ratio"}, ["industry"])
SETTINGS = GpSettings(population=20)


def score(tree):
    number = int(tree.key[:8], 16)
    return math.nan if number % 7 == 0 else number % 1000


def test_the_best_of_all_trees_ever_asked_stay():
    search = Evolution(WORDS, SETTINGS, [1], survival=Truncation(8))
    asked = {}
    for _ in range(5):
        trees = search.ask()
        assert len(trees) == SETTINGS.population
        assert not set(trees) & set(asked)
        assert {parent for each in search.pending() for parent in each.birth.parents} <= {
            each.key for each in search.population
        }
        search.tell(trees[::-1], [score(tree) for tree in trees[::-1]])
        asked |= {tree: score(tree) for tree in trees}
        found = sorted((value for value in asked.values() if not math.isnan(value)), reverse=True)[:8]
        assert [each.objectives for each in search.population] == [(value,) for value in found]
    again = Evolution.restore(WORDS, SETTINGS, search.state(), survival=Truncation(8))
    assert again.ask() == search.ask()


def test_settings_choose_it_by_name_and_a_whole_run_goes_through(tmp_path, monkeypatch):
    with pytest.raises(ConfigError, match="expected one of elites"):
        GpSettings(survival="truncation")
    kept = []

    class Watched(Truncation):
        def survivors(self, population, evaluated):
            kept.append(super().survivors(population, evaluated))
            return kept[-1]

    monkeypatch.setitem(SURVIVALS, "truncation", lambda settings: Watched(settings.population // 2))
    paths = [f"paths.{name}={tmp_path / name}" for name in ("out", "state", "data")]
    market = ["source.assets=40", "source.days=300", "fitness.min_assets=10"]
    search = ["gp.survival=truncation", "gp.population=12", "gp.generations=3", "gp.rounds=1"]
    snapshot = read_snapshot(mine_one(load([*paths, *market, *search])))
    duplicates = "".join(path.read_text() for path in (tmp_path / "out").rglob("*.duplicates.jsonl")).splitlines()
    assert snapshot.trials + len(duplicates) == 36  # no tree is asked again
    assert [len(each) for each in kept] == [6, 6, 6]
    assert {each.generation for each in kept[-1]} > {0}
