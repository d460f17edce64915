"""Laws of a run with seeds: they are scored first, and interruptions change no byte."""

import json
from dataclasses import replace

import pytest
from panels import random_panel
from runs import config, files, labels_of, market

import dfqgp as dq
from dfqgp.expr import Vocabulary, parse
from dfqgp.gp import distinct_form
from dfqgp.gp.seeds import Seed
from dfqgp.mining.loop import Run, mine

PANEL, SEGMENTS = market(260, 40)
LABELS = labels_of(PANEL)
TEXTS = [f"cs_rank(ts_delta(close, {days}))" for days in range(1, 31)]  # more than a population of 24
FEW = ("add", "sub", "mul", "neg", "ts_mean", "ts_delta", "cs_rank")  # few kernels to compile
SEEDS = tuple(Seed(f"f:{line}", text, "dfqgp") for line, text in enumerate(TEXTS, start=1))


def seeded(folder, **changes):
    plain = config(folder, SEGMENTS, seeds=SEEDS)
    return replace(plain, gp=replace(plain.gp, operators=FEW, **changes))


class StopBefore:
    """Stands where the logs' binding does, and stops the run before its n-th generation."""

    def __init__(self, n):
        self.left = n

    def bind(self, *, round, generation):  # noqa: A002, ARG002
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("seeded")
    mine(PANEL, LABELS, seeded(folder))
    return folder


def test_seeds_are_scored_first_and_none_is_lost(undisturbed):
    ledger = sorted((undisturbed / "out").rglob("*.jsonl"))
    rows = [json.loads(line) for path in ledger for line in path.read_text().splitlines()]
    seeds = [repr(distinct_form(parse(text, Vocabulary.of(PANEL)))) for text in TEXTS]
    first = [row["expression"] for row in rows if (row["round"], row["generation"]) == (0, 0)]
    assert first == seeds[:24]
    assert set(seeds) <= {row["expression"] for row in rows if row["round"] == 0}


@pytest.mark.parametrize("stop", [0, 1, 2])
def test_where_a_seeded_run_stops_changes_no_byte(stop, undisturbed, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        mine(PANEL, LABELS, seeded(tmp_path), StopBefore(stop))
    mine(PANEL, LABELS, seeded(tmp_path))
    assert files(tmp_path) == files(undisturbed)


def test_seeds_that_wait_at_the_end_of_a_round_enter_the_next(tmp_path):
    run = Run(PANEL, LABELS, seeded(tmp_path, generations=1))
    run.resume()
    run.step(0, 0)
    left = [distinct_form(parse(text, run.vocabulary)) for text in TEXTS[24:]]
    assert run.evolution.ask()[: len(left)] == left
    again = Run(PANEL, LABELS, seeded(tmp_path, generations=1))
    again.resume()
    assert (again.round, again.generation) == (1, 0)
    assert again.evolution.ask() == run.evolution.ask()


def test_a_search_in_memory_takes_a_file(tmp_path):
    path = tmp_path / "seeds.txt"
    path.write_text("# dialect: qlib\nMean($close, 5)/$close\n")
    small = {"population": 6, "generations": 1, "rounds": 1, "elites": 1, "operators": (*FEW[:3], "ts_mean", "div")}
    folder = tmp_path / "run"
    dq.search(random_panel(260, 40, missing=0.02), folder=folder, gp={**small, "seeds": str(path)})
    [ledger] = (folder / "out").rglob("r00_g000.jsonl")
    assert json.loads(ledger.read_text().splitlines()[0])["expression"] == "ts_mean(close, 5) / close"
