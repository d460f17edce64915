"""Laws of searches that may draw from some operators and features alone."""

import logging

import pytest
from hypothesis import example, given, reject, settings
from hypothesis import strategies as st
from searches import SMALL, WORDS, told

from dfqgp.errors import CheckpointError, ConfigError
from dfqgp.expr import Vocabulary, parse
from dfqgp.gp import Evolution, GpSettings
from dfqgp.gp.constraints import TreeConstraints
from dfqgp.gp.grammar import Grammar
from dfqgp.ops import OPERATORS

SOME = {"population": 8, "elites": 2, "max_depth": 3, "constants": (-1.0, 1.0, 2.0)}  # numbers that get rewritten


def names(tree):
    parts = list(tree.walk())
    used = {part.op.name for part in parts if part.args}
    return used, {part.name for part in parts if not part.args and hasattr(part, "name")} - {"industry"}


@settings(max_examples=40)
@given(
    st.lists(st.sampled_from(sorted(OPERATORS)), min_size=1, max_size=6, unique=True).map(tuple),
    st.lists(st.sampled_from(sorted(WORDS.fields)), unique=True).map(tuple),
    st.booleans(),
    st.integers(0, 99),
)
@example(("log",), (), True, 0)  # makes a ratio, but features of other units are drawn too
def test_a_subset_is_never_left(operators, features, typed, seed):
    wanted = GpSettings(operators=operators, features=features, typed=typed, **SOME)
    try:
        search = Evolution(WORDS, wanted, [seed])
    except ConfigError:
        reject()  # such as a logarithm of prices alone
    for _ in range(2):
        for tree in search.ask():
            used, leaves = names(tree)
            assert used <= set(operators)
            assert leaves <= set(features or WORDS.fields)
        told(search, 1)


@pytest.mark.parametrize("typed", [True, False])
def test_naming_everything_is_as_naming_nothing(typed):
    everything = {"operators": tuple(OPERATORS)[::-1], "features": tuple(sorted(WORDS.fields))[::-1]}
    one = told(Evolution(WORDS, GpSettings(population=40, typed=typed), [1]), 2)
    other = told(Evolution(WORDS, GpSettings(population=40, typed=typed, **everything), [1]), 2)
    assert one.ask() == other.ask()


def test_a_subset_is_used_up():
    """Every name of the subset stands in some tree."""
    wanted = GpSettings(population=60, operators=("add", "ts_mean", "group_demean"), features=("close", "open"))
    used, leaves = zip(*map(names, Evolution(WORDS, wanted, [1]).ask()), strict=True)
    assert (set().union(*used), set().union(*leaves)) == ({"add", "ts_mean", "group_demean"}, {"close", "open"})


def test_a_tree_whose_canonical_form_leaves_the_subset_is_not_accepted():
    wanted = GpSettings(operators=("add", "neg"))
    constraints = TreeConstraints(Grammar(WORDS, wanted), wanted)
    assert constraints.normalized(parse("open + -close", WORDS)) is None  # it is open - close
    assert constraints.normalized(parse("open + close", WORDS)) is not None


def test_a_subset_that_only_leaves_can_be_made_of_ends_with_features(caplog):
    search = Evolution(WORDS, GpSettings(population=20, elites=2, operators=("neg",)), [0])
    with caplog.at_level(logging.WARNING):
        assert sorted(map(str, search.ask())) == sorted(WORDS.fields)
    assert "5 trees of 20" in caplog.text


@pytest.mark.parametrize(
    ("words", "changes", "message"),
    [
        (WORDS, {"features": ("close", "opne")}, r"gp\.features: got 'opne', .*; did you mean 'open'\?"),
        (Vocabulary(WORDS.fields), {"operators": ("group_demean",)}, r"gp\.operators: got group_demean"),
        (WORDS, {"operators": ("ts_mean", "ts_corr"), "max_lookback": 0}, "features, groups and windows"),
        (WORDS, {"operators": ("ts_delta",), "delays": ()}, "features, groups and windows"),
        (WORDS, {"operators": ("log",), "features": ("close",)}, "features, groups and windows"),
    ],
)
def test_a_subset_that_cannot_be_built_with_is_refused(words, changes, message):
    with pytest.raises(ConfigError, match=message):
        Evolution(words, GpSettings(**changes), [0])


def test_a_restored_search_refuses_trees_outside_of_its_subset():
    state = told(Evolution(WORDS, SMALL, [1]), 1).state()
    with pytest.raises(CheckpointError, match="not within the settings"):
        Evolution.restore(WORDS, GpSettings(population=40, operators=("add",)), state)
