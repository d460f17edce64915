"""Laws of every tree that is drawn or varied."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dfqgp.errors import ConfigError
from dfqgp.expr import Vocabulary, canonicalize, parse, render, score_form, unit_of
from dfqgp.gp import GpSettings
from dfqgp.gp.constraints import is_degenerate
from dfqgp.gp.crossover import Crossover
from dfqgp.gp.generate import Generator, Remaining
from dfqgp.gp.mutation import PointMutation, SubtreeMutation
from dfqgp.gp.subtrees import ancestor_lookback, positions, replace_at
from dfqgp.ops import OPERATORS
from dfqgp.ops.units import PRICE, RATIO

UNITS = {
    "open": "price",
    "close": "price",
    "volume": "shares",
    "amount": "currency",
    "returns": "ratio",
    "trades": "count",
}
WORDS = Vocabulary.named(UNITS, ["industry", "sector"])


def machine(words=WORDS, **changes):
    return Generator.of(words, GpSettings(**changes))


def ways(generator):
    return Crossover(generator), SubtreeMutation(generator), PointMutation(generator)


vocabularies = st.sets(st.sampled_from(sorted(UNITS)), min_size=1).map(
    lambda names: Vocabulary.named({name: UNITS[name] for name in names}, ["industry"])
)
bounds = st.fixed_dictionaries(
    {
        "min_depth": st.integers(1, 3),
        "max_depth": st.integers(3, 7),
        "max_size": st.integers(1, 30),
        "max_lookback": st.integers(0, 80),
        "typed": st.booleans(),
        "constants": st.sampled_from([(), (0.5, 2.0)]),
    }
)


def assert_lawful(tree, generator):
    bounds, words = generator.constraints.settings, generator.grammar.vocabulary
    unit_of(tree, words)
    assert canonicalize(tree) is tree
    assert score_form(tree)[0] is tree
    assert parse(render(tree), words) is tree
    assert not is_degenerate(tree)
    assert tree.depth <= bounds.max_depth
    assert tree.size <= bounds.max_size
    assert tree.lookback <= bounds.max_lookback


@settings(max_examples=40, deadline=None)
@given(vocabularies, bounds, st.integers(0, 2**32))
def test_every_tree_is_typed_canonical_readable_and_within_bounds(words, changes, seed):
    generator = machine(words, **changes)
    rng = np.random.default_rng(seed)
    parents = [generator.ramped(rng, index) for index in range(6)]
    pairs = zip(parents, parents[::-1], strict=True)
    children = [way(rng, *pair[: way.parents]) for pair in pairs for way in ways(generator)]
    for tree in (*parents, *children):
        if tree is not None:
            assert_lawful(tree, generator)


@pytest.mark.parametrize("way", ways(machine()), ids=lambda way: way.name)
def test_variation_mostly_finds_a_child_that_is_new(way):
    rng = np.random.default_rng(5)
    parents = [machine().fresh(rng, 4, full=True) for _ in range(40)]
    found = 0
    for pair in pairwise(parents):
        given_parents = pair[: way.parents]
        child = way(rng, *given_parents)
        found += child is not None
        assert child not in given_parents
    assert found >= 35


def test_a_child_of_crossover_is_made_of_its_parents():
    crossover = Crossover(machine())
    rng = np.random.default_rng(3)
    one = parse("cs_rank(ts_mean(close, 5) / open)", WORDS)
    other = parse("ts_corr(volume, amount, 20)", WORDS)
    parts = {node.name for tree in (one, other) for node in tree.walk() if not node.args}
    for _ in range(20):
        child = crossover(rng, one, other)
        assert child is None or {node.name for node in child.walk() if not node.args} <= parts


def test_every_operator_is_drawn_sooner_or_later():
    generator = machine()
    rng = np.random.default_rng(0)
    units = [generator.grammar.vocabulary.fields[name] for name in UNITS]
    trees = [generator.subtree(rng, units[k % len(units)], Remaining(5, 200)) for k in range(2000)]
    calls = [node for tree in trees if tree is not None for node in tree.walk() if hasattr(node, "op")]
    assert {node.op.name for node in calls} == set(OPERATORS)
    drawn = {(node.op.name, place): set() for node in calls for place in range(len(node.literals))}
    for node in calls:
        for place, value in enumerate(node.literals):
            drawn[node.op.name, place].add(value)
    assert all(len(values) > 1 for values in drawn.values())


def test_a_unit_without_a_leaf_is_reached_by_combining():
    words = Vocabulary.named({"amount": "currency", "volume": "shares"})
    generator = machine(words)
    rng = np.random.default_rng(1)
    for unit in (PRICE, RATIO):
        for depth in (2, 3, 4):
            assert unit_of(generator.subtree(rng, unit, Remaining(depth, 100)), words) == unit
    assert generator.subtree(rng, PRICE, Remaining(1, 100)) is None


def test_odd_units_are_drawn_too():
    """Illiquidity, returns per amount, has a unit of no leaf."""
    generator = machine()
    rng = np.random.default_rng(0)
    units = {str(unit_of(generator.ramped(rng, index), WORDS)) for index in range(400)}
    assert {"price", "ratio", "currency^-1"} <= units


def test_full_trees_are_full():
    generator = machine(max_size=400, constants=(), max_lookback=1000)
    rng = np.random.default_rng(2)
    full = np.mean([generator.fresh(rng, 4, full=True).depth for _ in range(60)])
    grown = np.mean([generator.fresh(rng, 4, full=False).depth for _ in range(60)])
    assert full > grown
    assert full > 3.5


def test_order_of_the_vocabulary_does_not_matter():
    turned = Vocabulary(dict(reversed(WORDS.fields.items())), WORDS.groups[::-1])
    draws = [[machine(words).ramped(np.random.default_rng(i), i) for i in range(20)] for words in (WORDS, turned)]
    assert draws[0] == draws[1]


def test_replacing_by_itself_is_identity_and_lookbacks_add_up():
    tree = parse("ts_corr(ts_mean(close, 5) - open, group_demean(volume, industry), 20)", WORDS)
    for each in positions(tree):
        assert replace_at(tree, each.path, each.node) is tree
        assert ancestor_lookback(tree, each.path) + each.node.lookback <= tree.lookback
    assert [each.node.name for each in positions(tree) if not each.node.args] == ["close", "open", "volume"]


@pytest.mark.parametrize(
    "text", ["close - close", "cs_rank(2)", "ts_corr(close, close, 5)", "close * log(2)", "2", "ts_corr(close, 2, 5)"]
)
def test_degenerate_trees_are_told(text):
    assert is_degenerate(parse(text, WORDS))


def test_squares_and_numbers_beside_a_feature_are_not_degenerate():
    assert not any(is_degenerate(parse(text, WORDS)) for text in ("close * close", "1 - returns", "volume"))


def test_no_feature_is_refused():
    with pytest.raises(ConfigError, match="no feature"):
        machine(Vocabulary.named({}))


def test_a_tree_that_mixes_units_is_not_accepted():
    mixed = parse("close + volume", WORDS, typed=False)
    assert machine().constraints.normalized(mixed) is None
    assert machine(typed=False).constraints.normalized(mixed) is canonicalize(mixed)
