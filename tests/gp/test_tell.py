"""Laws of telling: in any order and number, and nothing that was not asked."""

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from searches import SMALL, TINY, WORDS, tell, told, toy_score

from dfqgp.errors import SearchError
from dfqgp.gp import Evolution


@settings(max_examples=15)
@given(st.permutations(range(TINY.population)), st.sets(st.integers(0, TINY.population)), st.integers(0, 1))
def test_the_order_and_the_parts_of_telling_do_not_matter(order, cuts, generations):
    whole, parts = (told(Evolution(WORDS, TINY, [6]), generations) for _ in range(2))
    tell(whole, whole.ask())
    trees = [parts.ask()[index] for index in order]
    edges = sorted({0, *cuts, len(trees)})
    for start, stop in pairwise(edges):
        assert parts.generation == generations
        assert [each.node for each in parts.pending()] == [tree for tree in parts.ask() if tree in trees[start:]]
        tell(parts, trees[start:stop])
    assert parts.generation == generations + 1
    assert parts.population == whole.population
    assert parts.ask() == whole.ask()


def test_a_survivor_that_is_not_told_keeps_its_objectives():
    search = told(Evolution(WORDS, SMALL, [3]), 1)
    before = search.best(SMALL.elites)
    trees = search.ask()
    tell(search, trees[SMALL.elites : 20], lambda _: -100.0)
    search.advance()
    assert [each.objectives for each in search.best(SMALL.elites)] == [each.objectives for each in before]
    assert [each.node for each in search.population] == trees[:20]


def test_a_new_tree_that_is_not_told_is_dropped_and_not_asked_again():
    search = Evolution(WORDS, SMALL, [3])
    dropped = set()
    for _ in range(4):
        trees = search.ask()
        assert not dropped & set(trees)
        tell(search, trees[:30])
        search.advance()
        assert not set(trees[30:]) & {each.node for each in search.population}
        dropped |= set(trees[30:])
    assert search.generation == 4


def test_scores_that_do_not_belong_are_refused_and_change_nothing():
    search = Evolution(WORDS, SMALL, [1])
    with pytest.raises(SearchError, match="tell is a call before ask"):
        search.tell([], [])
    with pytest.raises(SearchError, match="advance is a call before ask"):
        search.advance()
    trees = search.ask()
    foreign = next(tree for tree in Evolution(WORDS, SMALL, [2]).ask() if tree not in trees)
    tell(search, trees[:1])
    before = search.state()
    for nodes, results, words in (
        (trees[1:], [0.0] * 38, r"39 trees .* and 38 results"),
        ([trees[1], trees[1]], [0.0] * 2, r"2 trees \(1 distinct\)"),
        ([trees[1], trees[0]], [0.0] * 2, "again"),
        ([trees[1], foreign], [0.0] * 2, "was not asked"),
        (trees[1:3], [0.0, math.inf], "inf for"),
        (trees[1:3], [0.0, [0.0, math.inf]], "inf for"),
        (trees[1:3], [0.0, []], "an empty vector"),
        (trees[1:3], [0.0, [1.0, 2.0]], "2 objectives for"),
    ):
        with pytest.raises(SearchError, match=words):
            search.tell(nodes, results)
        assert search.state() == before
    tell(search, trees[1:])
    with pytest.raises(SearchError, match="call before ask"):
        tell(search, trees)


@pytest.mark.parametrize("result", [math.nan, -math.inf, [1.0, math.nan], (-math.inf, 2.0)])
def test_a_failure_has_no_objectives(result):
    search = told(Evolution(WORDS, SMALL, [1]), 1, lambda tree: result if tree.size > 4 else (tree.size, 1.0))
    assert {each.node.size > 4 for each in search.population if each.failed} == {True}
    assert {each.node.size > 4 for each in search.population if each.objectives} == {False}


def test_scalars_and_vectors_of_one_number_are_the_same():
    one, other = Evolution(WORDS, SMALL, [1]), Evolution(WORDS, SMALL, [1])
    told(one, 2), told(other, 2, lambda tree: [toy_score(tree)])
    assert one.state() == other.state()
