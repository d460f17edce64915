"""Laws of the populations that a search asks."""

import json
import logging
import math
import os
import subprocess
import sys
from collections import Counter

import pytest
from searches import SMALL, WORDS, tell, told

from dfqgp.errors import ConfigError
from dfqgp.expr import call, canonicalize, parse, render, score_form
from dfqgp.gp import Birth, Evolution, GpSettings


@pytest.mark.parametrize("typed", [True, False])
def test_a_population_is_full_distinct_and_canonical(typed):
    search = Evolution(WORDS, GpSettings(population=120, elites=5, typed=typed), [1, 2])
    for _ in range(3):
        population = search.ask()
        assert len(population) == 120
        assert all(canonicalize(tree) is tree for tree in population)
        assert len({score_form(tree)[0].key for tree in population}) == 120
        tell(search, population)


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
        tell(search, population)


def test_best_are_sorted_and_never_failed():
    search = told(Evolution(WORDS, SMALL, [5]), 1)
    scores = [each.objectives for each in search.best(100)]
    assert scores == sorted(scores, reverse=True)
    assert all(scores)
    assert 0 < len(scores) < SMALL.population


def test_different_seeds_give_different_trees():
    first = [set(Evolution(WORDS, SMALL, seed).ask()) for seed in ([1], [2], [1, 0], [1, 1])]
    for index, one in enumerate(first):
        assert all(len(one & other) < len(one) for other in first[index + 1 :])


SCRIPT = """
import json, sys
sys.path.insert(0, {folder!r})
from searches import SMALL, WORDS, told
from dfqgp.gp import Birth, Evolution
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


def similarity(tree, target):
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
        search = told(Evolution(WORDS, GpSettings(population=40, elites=4), [seed]), 8, lambda t: similarity(t, target))
        evolved.append(search.best(1)[0].objectives[0])
        drawn = Evolution(WORDS, GpSettings(population=320, elites=0), [100 + seed]).ask()
        blind.append(max(similarity(tree, target) for tree in drawn))
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


def test_a_search_asks_nothing_that_it_is_told_was_asked():
    first = told(Evolution(WORDS, SMALL, [4]), 2)
    again = Evolution(WORDS, SMALL, [4], seen=first.seen)
    assert not set(first.seen) & {tree.key for tree in again.ask()}
    assert len(again.ask()) == SMALL.population
    assert again.seen == (*first.seen, *(tree.key for tree in again.ask()))


def test_births_tell_where_every_tree_comes_from():
    """Parents were asked in an earlier generation; elites and nothing else are asked again, as their own parents."""
    search = Evolution(WORDS, GpSettings(population=80, elites=4), [9])
    earlier, operators = {}, Counter()
    for generation in range(4):
        trees, individuals = search.ask(), search.pending()
        assert [each.node for each in individuals] == trees
        for each in individuals:
            known = each.key in earlier
            assert (each.birth.operator == "elite") == (each.birth.parents == (each.key,)) == known
            assert each.generation == earlier.get(each.key, generation)
            assert set(each.birth.parents) <= set(earlier)
            assert each.objectives is None
            operators[each.birth.operator, len(each.birth.parents)] += 1
        earlier |= {each.key: each.generation for each in individuals}
        tell(search, trees)
        assert [each.birth for each in search.population] == [each.birth for each in individuals]
    kinds = {("crossover", 2), ("subtree_mutation", 1), ("point_mutation", 1), ("ramped", 0), ("elite", 1)}
    assert set(operators) == kinds
    assert operators["elite", 1] == 3 * 4


def test_the_first_objective_that_differs_decides():
    search = Evolution(WORDS, SMALL, [5])
    told(search, 1, lambda tree: (tree.depth, tree.size))
    expected = sorted(search.population, key=lambda each: (-each.node.depth, -each.node.size, each.key))
    assert search.best(9) == expected[:9]


class Weakest:
    """A selection that takes the worst."""

    def parent(self, rng, pool):  # noqa: ARG002
        return max(pool, key=lambda each: each.rank_key())


class Doubling:
    """A variation that adds a lookback to its one parent."""

    def offspring(self, rng, select):
        parent, days = select(), int(rng.integers(2, 200))
        return call("ts_mean", (parent.node,), (days,)), Birth("doubling", (parent.key,))


def test_policies_may_be_handed_in():
    search = told(Evolution(WORDS, SMALL, [1], selection=Weakest(), variation=Doubling()), 1)
    weakest = max((each for each in search.population if each.objectives), key=lambda each: each.rank_key())
    search.ask()
    children = search.pending()[SMALL.elites :]
    assert {each.birth for each in children} == {Birth("doubling", (weakest.key,))}
    assert {each.node.args for each in children} == {(weakest.node,)}


@pytest.mark.parametrize("seed", [[], [-1], [1.5], [True]])
def test_a_seed_that_is_none_is_refused(seed):
    with pytest.raises(ConfigError, match="seed"):
        Evolution(WORDS, SMALL, seed)
