"""Laws of trees that come from outside."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from searches import SMALL, TINY, WORDS, through_json, told

from dfqgp.errors import SearchError
from dfqgp.expr import Vocabulary, parse
from dfqgp.gp import Evolution, GpSettings, distinct_form

STRANGERS = Evolution(WORDS, GpSettings(population=30, elites=0), [99]).ask()


@settings(max_examples=10)
@given(st.integers(0, 2), st.booleans(), st.integers(0, 2 * TINY.population))
def test_migrants_are_asked_in_the_next_generation_bred_also_after_a_restart(generations, asked, count):
    """As many as there is space beside the survivors; the rest in the generations after it."""
    search = told(Evolution(WORDS, TINY, [6]), generations)
    before = search.ask() if asked else []
    seen = search.state()["seen"]
    waiting = search.immigrate(STRANGERS[:count])
    assert waiting == [tree for tree in STRANGERS[:count] if tree.key not in seen]
    search = through_json(search)
    if asked:
        assert search.ask() == before
        told(search, 1)
    expected = waiting
    while expected:
        trees = search.ask()
        migrants = [each for each in search.pending() if each.birth.operator == "migrant"]
        survivors = sum(each.birth.operator == "elite" for each in search.pending())
        space = TINY.population - survivors
        assert [each.node for each in migrants] == expected[:space]
        assert trees[survivors : survivors + len(migrants)] == expected[:space]
        assert {(each.birth.parents, each.generation) for each in migrants} == {((), search.generation)}
        assert len(trees) == TINY.population
        expected = expected[space:]
        told(search, 1)
    search.ask()
    assert all(each.birth.operator != "migrant" for each in search.pending())


def test_migrants_enter_in_their_distinct_form_once():
    search = Evolution(WORDS, SMALL, [1])
    texts = ("-ts_mean(close, 5) * 2", "ts_mean(close, 5) + 1", "ts_mean(close, 5)")
    trees = [parse(text, WORDS, typed=False) for text in texts]
    assert search.immigrate(trees) == [trees[2]] == [distinct_form(trees[0])]
    assert search.ask()[0] is trees[2]
    assert search.immigrate(trees) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("close + volume", "units do not agree"),
        ("ts_mean(ts_mean(close, 200), 200)", "lookback is 398, more than gp.max_lookback=250"),
        ("ts_corr(close, close, 5)", "trivial"),
        ("abs(log(abs(log(abs(log(abs(returns)))))))", "depth is 8"),
        ("cs_rank(high)", "'high' is not among the names"),
        ("group_demean(returns, sector)", "'sector' is not among the names"),
    ],
)
def test_a_tree_that_the_search_could_not_make_does_not_enter(text, words):
    search = Evolution(WORDS, SMALL, [1])
    before = search.state()
    names = Vocabulary({**WORDS.fields, "high": WORDS.fields["close"]}, ("industry", "sector"))
    tree = parse(text, names, typed=False)
    with pytest.raises(SearchError, match=words):
        search.immigrate([parse("cs_rank(open)", WORDS), tree])
    assert search.state() == before
