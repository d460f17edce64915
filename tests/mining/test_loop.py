"""Laws of the loop: where it is interrupted changes nothing, and validation never enters a score."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import runs
from panels import random_panel
from runs import files, labels_of, market

from dfqgp.backends import BackendSettings, open_backend
from dfqgp.backends.host import HostSession
from dfqgp.engine import Engine, EngineSettings
from dfqgp.errors import SampleError
from dfqgp.expr import Vocabulary, parse, score_form
from dfqgp.fitness import FitnessSettings
from dfqgp.gp import GpSettings
from dfqgp.library import Library, read_snapshot
from dfqgp.mining.assess import Assessor
from dfqgp.mining.ic_series import read_series
from dfqgp.mining.ledger import Ledger, Trial
from dfqgp.mining.loop import mine
from dfqgp.mining.settings import MiningConfig

PANEL, SEGMENTS = market(260, 40)
LABELS = labels_of(PANEL)
GENERATIONS = 4  # of both rounds together


def config(folder: Path, **changes) -> MiningConfig:
    return runs.config(folder, SEGMENTS, **changes)


def lines_of(folder: Path) -> tuple[list[dict], list[dict]]:
    """Return the lines of a run's ledger: trials, and duplicates."""
    found = {name: text for name, text in sorted(files(folder).items()) if name.endswith(".jsonl")}
    parts = {kind: [text for name, text in found.items() if ("duplicates" in name) is kind] for kind in (False, True)}
    return tuple([json.loads(line) for text in parts[kind] for line in text.splitlines()] for kind in (False, True))


class StopBefore:
    """Stands where the logs' binding does, and stops the run before its n-th generation."""

    def __init__(self, n: int) -> None:
        self.left = n

    def bind(self, *, round: int, generation: int) -> None:  # noqa: A002, ARG002
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    latest = mine(PANEL, LABELS, config(folder))
    assert latest == folder / "out" / "libraries" / "latest.json"
    return folder


@pytest.mark.parametrize("n", range(GENERATIONS + 1))
def test_where_a_run_stops_changes_no_byte(n, undisturbed, tmp_path):
    for stop in (n, 1):  # and once more, one generation later
        try:
            mine(PANEL, LABELS, config(tmp_path), StopBefore(stop))
        except KeyboardInterrupt:
            continue
    mine(PANEL, LABELS, config(tmp_path))
    assert files(tmp_path) == files(undisturbed)


def test_threads_and_budget_change_no_byte(undisturbed, tmp_path):
    frugal = {"backend": BackendSettings(threads=1), "engine": EngineSettings(budget=1_750_000)}
    mine(PANEL, LABELS, config(tmp_path, **frugal))
    assert files(tmp_path) == files(undisturbed)


def test_a_finished_run_is_not_done_again(tmp_path):
    mine(PANEL, LABELS, config(tmp_path))
    written = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.jsonl")}
    mine(PANEL, LABELS, config(tmp_path))
    assert written == {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.jsonl")}


def test_the_snapshot_says_what_is_behind_it(undisturbed):
    snapshot = read_snapshot(undisturbed / "out" / "libraries" / "latest.json")
    trials, duplicates = lines_of(undisturbed)
    assert snapshot.trials == len(trials) == len({trial["key"] for trial in trials})
    assert (snapshot.rounds, snapshot.seed, snapshot.data_fingerprint) == (2, 3, "data")
    words = Vocabulary.of(PANEL)
    tried = {trial["key"]: trial for trial in trials}
    originals = {each["key"]: each["original"] for each in duplicates}
    assert snapshot.members
    for member in snapshot.members:
        key = score_form(parse(member.expression, words))[0].key
        trial = tried[originals.get(key, key)]
        assert trial["metrics"] == pytest.approx(dict(member.train))
        assert member.orientation == (-1 if member.train["ic_mean"] < 0 else 1)
    assert any(trial["reason"] for trial in trials)


def test_a_later_round_tries_new_formulas_alone(undisturbed, tmp_path):
    """Also where there are none left: two rounds of plain features try each once, and the run ends."""
    found = files(undisturbed)
    new = [*found["r01_g000.jsonl"].splitlines(), *found["r01_g000.duplicates.jsonl"].splitlines()]
    assert len(new) == config(tmp_path).gp.population
    features = GpSettings(population=24, generations=2, rounds=2, elites=4, min_depth=1, max_depth=1)
    multiples = {"high", "low"}  # of the close, in this market: duplicates
    trials = read_snapshot(mine(PANEL, LABELS, config(tmp_path, gp=features))).trials
    assert trials == len(PANEL.fields.keys() - multiples)
    assert files(tmp_path)["r01_g000.jsonl"] == b""


def test_every_line_of_the_ledger_has_its_daily_ics(undisturbed):
    folder = undisturbed / "out" / "candidates" / "run"
    ledgers = [path for path in sorted(folder.glob("*.jsonl")) if "duplicates" not in path.name]
    assert len(ledgers) == GENERATIONS
    for number, path in enumerate(ledgers):
        dates, series = read_series(folder, round=number // 2, generation=number % 2)
        np.testing.assert_array_equal(dates, PANEL.dates[SEGMENTS.train.start : SEGMENTS.train.scored_stop])
        trials = [json.loads(line) for line in path.read_text().splitlines()]
        assert len(series) == len(trials) > 0
        for row, trial in zip(series, trials, strict=True):
            assert np.isfinite(row).sum() == trial["metrics"]["days"]
            if trial["metrics"]["days"]:
                assert np.nanmean(row) == pytest.approx(trial["metrics"]["ic_mean"], abs=1e-6)


def test_a_tree_that_stays_is_not_evaluated_again(tmp_path, monkeypatch):
    """Each tree is scored for the search once in a run; an elite's metrics and ranks are kept."""
    scored = []

    def score(self, nodes, targets=(0,), keep=None, original=Engine.score):
        scored.extend(node.key for node in nodes if keep is not None and not keep.all())
        return original(self, nodes, targets, keep)

    monkeypatch.setattr(Engine, "score", score)
    mine(PANEL, LABELS, config(tmp_path))
    assert len(scored) == len(set(scored)) > 0


def test_a_members_ranks_of_the_searched_days_are_held_once(tmp_path, monkeypatch):
    """Not again each generation: on a device that would be an upload each time."""
    held = []

    def hold(self, ranks, original=HostSession.hold):
        held.append(ranks)
        return original(self, ranks)

    monkeypatch.setattr(HostSession, "hold", hold)
    mine(PANEL, LABELS, config(tmp_path))
    whole = SEGMENTS.train.scored_stop - SEGMENTS.train.start
    of_search = [ranks.tobytes() for ranks in held if len(ranks) < whole]
    assert len(of_search) == len(set(of_search)) > 0


def test_no_two_trials_have_one_fingerprint_and_every_duplicate_has_its_originals(undisturbed):
    trials, duplicates = lines_of(undisturbed)
    prints = [trial["fingerprint"] for trial in trials if trial["fingerprint"]]
    assert len(prints) == len(set(prints))
    assert all(not trial["reason"].startswith("coverage") for trial in trials if trial["fingerprint"])
    keys = {trial["key"] for trial in trials}
    assert duplicates
    assert all(each["original"] in keys and each["key"] not in keys for each in duplicates)


def test_a_duplicate_takes_its_originals_metrics_also_of_an_earlier_generation(tmp_path):
    """Returns always are the lesser side: below any price of this panel."""
    settings = config(tmp_path)
    words = Vocabulary.of(PANEL)
    assessor = Assessor(PANEL, LABELS, settings, open_backend(settings.backend))
    library = Library(settings.library, assessor.correlations)
    ledger = Ledger(tmp_path / "ledger")
    plain, same, also, turned = (
        parse(text, words, typed=False)
        for text in ("ts_mean(returns, 3)", "min2(ts_mean(returns, 3), close)",
                     "min2(close * close, ts_mean(returns, 3))", "ts_mean(-returns, 3)")
    )  # fmt: skip
    first = assessor.assess([same, plain], library, ledger)
    assert [each.original for each in first] == [plain.key, ""]
    assert first[0].metrics.summary() == first[1].metrics.summary()
    assert first[0].fingerprint == first[1].fingerprint != ""
    for each in first:
        if not each.original:
            ledger.add(Trial(plain.key, repr(plain), 0, 0, 0.0, "", {**each.metrics.summary(), "ic_mean": 0.125},
                             each.fingerprint))  # fmt: skip
    later = assessor.assess([also, turned], library, ledger)
    assert [each.original for each in later] == [plain.key, plain.key]
    assert [each.metrics.ic_mean for each in later] == [0.125, 0.125]


def test_a_permuted_label_is_a_label_like_any_other(undisturbed, tmp_path):
    order = np.random.default_rng(0).permutation(len(PANEL.codes))
    mine(PANEL, lambda segment, horizon: LABELS(segment, horizon)[:, order], config(tmp_path))
    assert files(tmp_path)["r00_g000.jsonl"] != files(undisturbed)["r00_g000.jsonl"]


def test_members_do_not_repeat_one_another(undisturbed, tmp_path):
    snapshot = read_snapshot(undisturbed / "out" / "libraries" / "latest.json")
    settings = config(tmp_path)
    assessor = Assessor(PANEL, LABELS, settings, open_backend(settings.backend))
    words = Vocabulary.of(PANEL)
    ranks = assessor.rank_panels([parse(member.expression, words) for member in snapshot.members])
    off = np.abs(assessor.correlations(ranks, ranks))[~np.eye(len(ranks), dtype=bool)]
    assert off.max(initial=0) < settings.library.max_corr


def test_validation_never_enters_a_score(undisturbed, tmp_path):
    """Other validation days: the same formulas are tried, scored and admitted; only validation metrics change."""
    other = random_panel(260, 40, missing=0.02, seed=9)
    start = SEGMENTS.valid.start
    fields = {name: np.vstack([PANEL.fields[name][:start], other.fields[name][start : len(PANEL.dates)]])
              for name in PANEL.fields}  # fmt: skip
    changed = replace(PANEL, fields=fields)
    mine(changed, labels_of(changed), config(tmp_path))
    before, after = files(undisturbed), files(tmp_path)
    assert {n: t for n, t in before.items() if n.endswith("l")} == {n: t for n, t in after.items() if n.endswith("l")}
    one, two = (read_snapshot(folder / "out" / "libraries" / "run.json") for folder in (undisturbed, tmp_path))
    assert [(m.expression, m.score, m.train) for m in one.members] == [
        (m.expression, m.score, m.train) for m in two.members
    ]
    assert [m.valid for m in one.members] != [m.valid for m in two.members]


def test_another_seed_is_another_search(undisturbed, tmp_path):
    mine(PANEL, LABELS, config(tmp_path, seed=4))
    assert files(tmp_path)["r00_g000.jsonl"] != files(undisturbed)["r00_g000.jsonl"]


def test_a_market_where_nothing_can_be_scored_is_refused_before_the_search(tmp_path):
    """Every formula would fail for the one reason, which the message names; nothing is written."""
    with pytest.raises(SampleError, match=r"the train days: no day has min_assets=1000 assets: at most \d+ of \d+ are"):
        mine(PANEL, LABELS, config(tmp_path, fitness=FitnessSettings(min_assets=1000)))
    assert not list(tmp_path.rglob("*.jsonl"))
