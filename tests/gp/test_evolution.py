"""Laws of ask and tell."""

import json
import logging
import math
import os
import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dfqgp.errors import CheckpointError, ConfigError, SearchError
from dfqgp.expr import Vocabulary, canonicalize, parse, render, score_form
from dfqgp.gp import Evolution, GpSettings

WORDS = Vocabulary.named(
    {"open": "price", "close": "price", "volume": "shares", "amount": "currency", "returns": "ratio"}, ["industry"]
)
SMALL = GpSettings(population=40, elites=4)


def toy_score(tree):
    """Deterministic, uneven, with failures."""
    number = int(tree.key[:8], 16)
    return math.nan if number % 7 == 0 else (number % 1000) / 1000 - 0.01 * tree.size


def told(search, generations, score=toy_score):
    for _ in range(generations):
        population = search.ask()
        search.tell(population, [score(tree) for tree in population])
    return search


@pytest.mark.parametrize("typed", [True, False])
def test_a_population_is_full_distinct_and_canonical(typed):
    search = Evolution(WORDS, GpSettings(population=120, elites=5, typed=typed), [1, 2])
    for _ in range(3):
        population = search.ask()
        assert len(population) == 120
        assert all(canonicalize(tree) is tree for tree in population)
        assert len({score_form(tree)[0].key for tree in population}) == 120
        search.tell(population, [toy_score(tree) for tree in population])


def test_untyped_search_mixes_units():
    untyped = Evolution(WORDS, GpSettings(population=80, typed=False), [0]).ask()
    refused = 0
    for tree in untyped:
        try:
            parse(render(tree), WORDS)
        except ValueError:
            refused += 1
    assert refused > 5


def test_asking_twice_gives_the_same_population():
    search = told(Evolution(WORDS, SMALL, [3]), 2)
    assert search.ask() == search.ask()


def test_elites_stay_and_all_else_is_new():
    search = Evolution(WORDS, SMALL, [4])
    ever = set()
    for generation in range(4):
        elites = [each.node for each in search.best(SMALL.elites)]
        population = search.ask()
        assert population[: len(elites)] == elites
        assert len(elites) == (SMALL.elites if generation else 0)
        assert not ever & set(population[len(elites) :])
        ever |= set(population)
        search.tell(population, [toy_score(tree) for tree in population])


def test_best_are_sorted_and_never_failed():
    search = told(Evolution(WORDS, SMALL, [5]), 1)
    scores = [each.score for each in search.best(100)]
    assert scores == sorted(scores, reverse=True)
    assert 0 < len(scores) < SMALL.population


def test_the_order_of_telling_does_not_matter():
    searches = [Evolution(WORDS, SMALL, [6]) for _ in range(2)]
    for step, search in zip((1, -1), searches, strict=True):
        population = search.ask()[::step]
        search.tell(population, [toy_score(tree) for tree in population])
    assert searches[0].ask() == searches[1].ask()


def test_different_seeds_give_different_trees():
    first = [set(Evolution(WORDS, SMALL, seed).ask()) for seed in ([1], [2], [1, 0], [1, 1])]
    for place, one in enumerate(first):
        assert all(len(one & other) < len(one) for other in first[place + 1 :])


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 3), st.integers(0, 2**40), st.booleans(), st.booleans())
def test_a_restored_search_goes_on_as_if_nothing_had_happened(generations, seed, typed, asked):
    wanted = GpSettings(population=15, elites=2, typed=typed)
    search = told(Evolution(WORDS, wanted, [seed, 1]), generations)
    if asked:
        search.ask()
    text = json.dumps(search.state(), allow_nan=False)
    again = Evolution.restore(WORDS, wanted, json.loads(text))
    assert json.dumps(again.state(), allow_nan=False) == text
    for _ in range(2):
        assert again.ask() == search.ask()
        told(search, 1), told(again, 1)


SCRIPT = """
import json, sys
sys.path.insert(0, {folder!r})
from test_evolution import SMALL, WORDS, told
from dfqgp.gp import Evolution
state = json.loads(sys.stdin.read())
search = Evolution.restore(WORDS, SMALL, state) if state else Evolution(WORDS, SMALL, [8, 1])
print(json.dumps([str(tree) for tree in told(search, 2).ask()]))
"""


@pytest.mark.parametrize("restored", [False, True])
def test_another_process_asks_the_same_trees(restored):
    search = Evolution(WORDS, SMALL, [8, 1])
    if restored:
        told(search, 1)
    state = json.dumps(search.state() if restored else None)
    expected = [str(tree) for tree in told(search, 2).ask()]
    code = SCRIPT.format(folder=os.path.dirname(__file__))  # noqa: PTH120
    for hash_seed in ("1", "77"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            input=state,
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
        )
        assert json.loads(done.stdout) == expected


def likeness(tree, target):
    """Share of the target's sub-trees (shapes of operators and leaves) that a tree holds, less a little a node."""

    def parts(node):
        return Counter((part.op.name if part.args else str(part)) for part in node.walk()) + Counter(
            part.key for part in node.walk()
        )

    wanted, found = parts(target), parts(tree)
    return (wanted & found).total() / (wanted | found).total()


def test_evolution_beats_random_search_at_the_same_number_of_evaluations():
    target = canonicalize(
        parse("cs_rank(ts_corr(ts_delta(close, 5), volume, 20)) * ts_mean(returns / amount, 10)", WORDS)
    )
    evolved, blind = [], []
    for seed in range(4):
        search = told(Evolution(WORDS, GpSettings(population=40, elites=4), [seed]), 8, lambda t: likeness(t, target))
        evolved.append(search.best(1)[0].score)
        drawn = Evolution(WORDS, GpSettings(population=320, elites=0), [100 + seed]).ask()
        blind.append(max(likeness(tree, target) for tree in drawn))
    assert sum(one > other for one, other in zip(evolved, blind, strict=True)) >= 3
    assert sum(evolved) > 1.1 * sum(blind)


def test_an_exhausted_space_gives_fewer_and_says_so(caplog):
    tiny = GpSettings(population=50, elites=2, max_depth=1, min_depth=1, max_size=1)
    search = Evolution(WORDS, tiny, [0])
    with caplog.at_level(logging.WARNING):
        assert sorted(map(str, search.ask())) == ["amount", "close", "open", "returns", "volume"]
    assert "5 trees of 50" in caplog.text
    told(search, 1, lambda tree: len(tree.name))
    assert [len(tree.name) for tree in search.ask()] == [len("returns"), len("amount")]


def test_a_generation_that_failed_as_a_whole_is_followed_by_fresh_trees():
    search = told(Evolution(WORDS, SMALL, [2]), 1, lambda _: math.nan)
    assert search.best(5) == []
    assert len(search.ask()) == SMALL.population


def test_scores_that_do_not_belong_are_refused():
    search = Evolution(WORDS, SMALL, [1])
    with pytest.raises(SearchError, match="before ask"):
        search.tell([], [])
    population = search.ask()
    with pytest.raises(SearchError, match=r"40 trees .* and 39 scores"):
        search.tell(population, [0.0] * 39)
    with pytest.raises(SearchError, match="39 trees"):
        search.tell(population[1:], [0.0] * 39)
    with pytest.raises(SearchError, match="inf"):
        search.tell(population, [math.inf] * 40)
    assert search.generation == 0


@pytest.mark.parametrize("seed", [[], [-1], [1.5], [True]])
def test_a_seed_that_is_none_is_refused(seed):
    with pytest.raises(ConfigError, match="seed"):
        Evolution(WORDS, SMALL, seed)


def _break(**changes):
    def apply(state):
        return {**state, **changes}

    return apply


def _entry(**changes):
    def apply(state):
        first, *rest = state["population"]
        return {**state, "population": [{**first, **changes}, *rest]}

    return apply


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda _: [], "the state is a list"),
        (lambda state: {k: v for k, v in state.items() if k != "seen"}, "'seen' is missing"),
        (_break(format=0), "format is 0"),
        (_break(generation=-1), "'generation' is -1"),
        (_break(seed="1"), "'seed' is a str"),
        (_break(seed=[True]), "a number of 'seed'"),
        (_break(seen=[1]), "list of keys"),
        (_break(seen=[]), "not in 'seen'"),
        (_break(population=None), "'population' is a NoneType"),
        (_entry(expression="ts_mean(gone, 5)"), "population\\[0\\] does not fit"),
        (_entry(expression="close + volume"), "population\\[0\\] does not fit"),
        (_entry(expression="open * 1"), "not in canonical form"),
        (_entry(expression=5), "expected a text"),
        (_entry(score="high"), "score of population\\[0\\]"),
        (_entry(score=math.inf), "score of population\\[0\\]"),
    ],
)
def test_a_damaged_state_is_refused_with_the_reason(damage, message):
    state = told(Evolution(WORDS, SMALL, [1]), 1).state()
    with pytest.raises(CheckpointError, match=message):
        Evolution.restore(WORDS, SMALL, damage(state))
