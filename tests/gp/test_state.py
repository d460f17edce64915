"""Laws of the saved state: it restores the same search, or it is refused."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from searches import SMALL, TINY, WORDS, tell, through_json, told

from dfqgp.errors import CheckpointError
from dfqgp.gp import Evolution


@settings(max_examples=15)
@given(st.integers(0, 3), st.integers(0, 2**40), st.none() | st.integers(0, 14))
def test_a_restored_search_goes_on_as_if_nothing_had_happened(generations, seed, partial):
    """``partial`` results are told of a generation before the stop; None stops before asking."""
    search = told(Evolution(WORDS, TINY, [seed, 1]), generations)
    if partial is not None:
        tell(search, search.ask()[:partial])
    again = through_json(search)
    assert json.dumps(again.state()) == json.dumps(search.state())
    assert again.population == search.population
    assert again.pending() == search.pending()
    for _ in range(3):
        assert again.ask() == search.ask()
        assert again.pending() == search.pending()
        for one in (again, search):
            tell(one, [each.node for each in one.pending()])


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
        (lambda _: [], "search: got a list, expected an object"),
        (lambda state: {k: v for k, v in state.items() if k != "seed"}, "search.seed: got nothing"),
        (_break(format=0), "search.format: got 0, expected 2"),
        (_break(generation=-1), "search.generation: got -1"),
        (_break(seed="1"), "search.seed: got '1'"),
        (_break(seed=[True]), r"search.seed\[0\]: got True"),
        (_break(seed=[]), "search.seed: got a list"),
        (_break(seen=[1]), r"search.seen\[0\]"),
        (_break(seen=["1"]), r"search.seen\[0\]: got '1', expected a string that matches"),
        (_break(seen=[]), "not in 'seen'"),
        (_break(immigrants=["open * 1"]), r"immigrants\[0\], 'open \* 1', is not in canonical form"),
        (_break(population=None), "search.population: got None"),
        (_entry(parents=["0" * 32]), "a parent's is not in 'seen'"),
        (_entry(expression="ts_mean(gone, 5)"), "population\\[0\\] does not fit"),
        (_entry(expression="close + volume"), "population\\[0\\] does not fit"),
        (_entry(expression="open * 1"), "not in canonical form"),
        (_entry(expression=5), r"population\[0\].expression: got 5, expected a valid string"),
        (_entry(objectives="high"), r"population\[0\].objectives: got 'high'"),
        (_entry(objectives=[math.inf]), r"population\[0\].objectives\[0\]: got inf"),
        (lambda state: {**state, "population": state["population"][:1] * 2}, "twice in 'population'"),
    ],
)
def test_a_damaged_state_is_refused_with_the_reason(damage, message):
    state = told(Evolution(WORDS, SMALL, [1]), 1).state()
    with pytest.raises(CheckpointError, match=message):
        Evolution.restore(WORDS, SMALL, damage(state))
