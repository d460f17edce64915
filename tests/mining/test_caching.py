"""Laws of a run with a cache: not a byte of its results changes, and what an earlier run computed is not done again."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import runs
from runs import labels_of, market

from dfqgp.backends import open_backend
from dfqgp.cache import Entries, StoredValues, formulas_of, materialize, measure_savings, plan_cache, scope_of, trees_of
from dfqgp.cache.settings import CacheSettings
from dfqgp.config import load
from dfqgp.engine import Engine
from dfqgp.expr import Vocabulary
from dfqgp.fitness import FitnessSettings
from dfqgp.gp.seeds import Seed
from dfqgp.library import read_snapshot
from dfqgp.mining.loop import mine

PANEL, SEGMENTS = market(260, 40)
LABELS = labels_of(PANEL)
SEEDS = tuple(Seed(f"line {n}", f"cs_rank(ts_corr(ts_mean(close, {n}), volume, 10))", "dfqgp") for n in (3, 5))


def config(folder: Path, **changes):
    found = runs.config(folder, SEGMENTS, **{"seeds": SEEDS, **changes})
    return replace(found, gp=replace(found.gp, population=14, rounds=1))


def kept(folder: Path, **settings):
    """Settings of a run that keeps its cache in a folder."""
    return {"cache": CacheSettings(**settings), "cache_folder": folder / "cache"}


def library_and_ledger(folder: Path):
    """What the run wrote, without the plan and the statistics of its cache."""
    own = [path for path in (folder / "out").rglob("[!.]*") if path.is_file() and path.parent.name != "cache_plan"]
    return {path.relative_to(folder): path.read_bytes() for path in own}


def statistics(folder: Path):
    return json.loads((folder / "out" / "cache_plan" / "run.stats.json").read_text())


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """A run without a cache."""
    folder = tmp_path_factory.mktemp("plain")
    mine(PANEL, LABELS, config(folder))
    return folder


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    """A run that keeps its scores."""
    folder = tmp_path_factory.mktemp("scored")
    mine(PANEL, LABELS, config(folder, **kept(folder, scores=10**8)))
    return folder


@pytest.fixture
def trees_scored(monkeypatch):
    """Numbers of trees that engines score for the search."""
    counts = []

    def score(self, nodes, targets=(0,), keep=None, original=Engine.score):
        if keep is not None and not keep.all():
            counts.append(len(nodes))
        return original(self, nodes, targets, keep)

    monkeypatch.setattr(Engine, "score", score)
    return counts


def test_a_run_that_materialises_gives_the_same_bytes(plain, tmp_path):
    mine(PANEL, LABELS, config(tmp_path, **kept(tmp_path, materialize=True)))
    assert library_and_ledger(tmp_path) == library_and_ledger(plain)
    found = statistics(tmp_path)
    assert found["written"] == found["entries"] > 0
    assert found["loads"] >= found["read"] > 0
    plan = json.loads((tmp_path / "out" / "cache_plan" / "run.json").read_text())
    assert plan["scope"]["rows"] == SEGMENTS.search_stop == len(PANEL.dates)
    assert any("ts_corr" in each["text"] for each in plan["entries"])


def test_the_newest_library_is_planned_too(plain, tmp_path):
    latest = tmp_path / "out" / "libraries" / "latest.json"
    latest.parent.mkdir(parents=True)
    latest.write_bytes((plain / "out" / "libraries" / "latest.json").read_bytes())
    settings = config(tmp_path, seeds=(), **kept(tmp_path, materialize=True))
    one = replace(settings, gp=replace(settings.gp, generations=1))
    mine(PANEL, LABELS, one)
    members = read_snapshot(plain / "out" / "libraries" / "latest.json").members
    plan = json.loads((tmp_path / "out" / "cache_plan" / "run.json").read_text())
    assert plan["formulas"] == len(members) > 0


def torn(data):
    return data[: len(data) // 2]


def changed(data):
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize("damage", [None, torn, changed])
def test_scores_of_an_earlier_run_are_not_computed_again(damage, plain, scored, tmp_path, trees_scored):
    """The ledger, the library and the number of trials are those of a run that computes everything."""
    (folder,) = (scored / "cache").glob("*/*.scores/[!.]*")
    blocks = [path for path in sorted(folder.iterdir()) if not path.name.startswith(".")]
    assert library_and_ledger(scored) == library_and_ledger(plain)
    ranks = blocks[0] / "ranks.npy"
    whole = ranks.read_bytes()
    if damage is not None:
        ranks.write_bytes(damage(whole))
    mine(PANEL, LABELS, config(tmp_path, cache=CacheSettings(), cache_folder=scored / "cache"))
    ranks.write_bytes(whole)
    assert library_and_ledger(tmp_path) == library_and_ledger(plain)
    lost = len(json.loads((blocks[0] / "index.json").read_text())["keys"])
    assert sum(trees_scored) == (0 if damage is None else lost)
    assert statistics(tmp_path)["scores"] == statistics_of_all(blocks) - sum(trees_scored)


def statistics_of_all(blocks):
    return sum(len(json.loads((each / "index.json").read_text())["keys"]) for each in blocks)


def permuted(segment, horizon):
    return LABELS(segment, horizon)[:, ::-1].copy()


@pytest.mark.parametrize(
    ("labels", "changes"),
    [
        (permuted, {}),
        (LABELS, {"fitness": FitnessSettings(min_assets=10, winsor=0.02)}),
        (LABELS, {"fitness": FitnessSettings(min_assets=10, corr_every=4)}),
        (LABELS, {"semantics": "others"}),
    ],
    ids=["labels", "winsor", "days of ranks", "semantics"],
)
def test_scores_under_other_conditions_are_not_known(labels, changes, scored, tmp_path):
    settings = config(tmp_path, cache=CacheSettings(), cache_folder=scored / "cache", **changes)
    mine(PANEL, labels, replace(settings, gp=replace(settings.gp, generations=1)))
    assert statistics(tmp_path)["scores"] == 0


def test_the_budget_of_scores_is_held(tmp_path):
    budget = 200_000
    settings = config(tmp_path, **kept(tmp_path, scores=budget))
    mine(PANEL, LABELS, replace(settings, gp=replace(settings.gp, population=8)))
    sizes = [path.stat().st_size for path in (tmp_path / "cache").rglob("*.npy")]
    assert 0 < sum(sizes) <= budget + 128 * len(sizes)


def test_where_a_run_with_a_cache_stops_changes_no_byte(plain, tmp_path):
    class Stop:
        def __init__(self):
            self.left = 2

        def bind(self, *, round, generation):  # noqa: A002, ARG002
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt

    settings = config(tmp_path, **kept(tmp_path, materialize=True, scores=10**8))
    with pytest.raises(KeyboardInterrupt):
        mine(PANEL, LABELS, settings, Stop())
    mine(PANEL, LABELS, settings)
    assert library_and_ledger(tmp_path) == library_and_ledger(plain)


def test_a_mined_library_hits_its_cache(plain, tmp_path):
    backend = open_backend(config(tmp_path).backend)
    members = read_snapshot(plain / "out" / "libraries" / "latest.json").members
    trees, failures = trees_of(formulas_of(members), Vocabulary.of(PANEL))
    scope = scope_of(PANEL, "semantics", backend)
    plan, entries = plan_cache(trees, scope, 10**7), Entries(tmp_path, scope)
    materialize(plan, entries, PANEL, backend)
    found = measure_savings(trees, PANEL, backend, StoredValues(entries))
    assert (failures, found.equal) == ({}, True)
    assert found.hit >= len(trees) // 2
    assert found.computed_with < found.computed_without


def test_the_cache_is_no_part_of_what_a_run_is():
    other = load(["cache.materialize=true", "cache.budget=5", "cache.scores=7", "cache.folder=elsewhere"])
    assert (other.cache.budget, other.cache.folder) == (5, "elsewhere")
    assert other.run_id("data", "semantics") == load().run_id("data", "semantics")
    np.testing.assert_equal(other.identity(), load().identity())
