import numpy as np
import pytest
from expressions import trees
from hypothesis import given, settings
from panels import hard_inputs, random_panel, random_trees

from dfqgp.backends import BackendSettings, open_backend
from dfqgp.engine import Engine
from dfqgp.expr import Vocabulary, canonicalize, parse, score_form
from dfqgp.expr.canonicalize import RULES
from dfqgp.panel import Panel

ROWS, COLUMNS = 40, 14
REFERENCE = open_backend(BackendSettings(name="reference"))


def hard_panel():
    base = random_panel(ROWS, COLUMNS)
    fields = {name: hard_inputs(ROWS, COLUMNS, seed) for seed, name in enumerate([*base.fields, "x", "y"])}
    for matrix in fields.values():
        matrix[~np.isfinite(matrix)] = np.nan
    units = dict.fromkeys(fields, "ratio")
    return Panel(base.dates, base.codes, fields, units, base.groups, base.universe, base.buyable)


PANEL = hard_panel()
WORDS = Vocabulary.of(PANEL)


@given(trees)
def test_canonical_form_is_its_own(tree):
    once = canonicalize(tree)
    assert canonicalize(once) is once


@settings(deadline=None, max_examples=60)
@given(trees)
def test_canonical_form_keeps_values(tree):
    value, expected = Engine(PANEL, REFERENCE).evaluate([canonicalize(tree), tree])
    np.testing.assert_array_equal(np.isnan(value), np.isnan(expected))
    np.testing.assert_allclose(value, expected, rtol=1e-6)


@pytest.mark.parametrize(("left", "right"), RULES)
def test_each_rule_keeps_every_value_and_nan(left, right):
    value, expected = Engine(PANEL, REFERENCE).evaluate([parse(right, WORDS), parse(left, WORDS)])
    np.testing.assert_array_equal(value, expected)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("close + open", "open + close"),
        ("ts_corr(close, open, 5)", "ts_corr(open, close, 5)"),
        ("close * 1 + 0", "close"),
        ("-(-close)", "close"),
        ("abs(abs(-close))", "abs(close)"),
        ("2 * 3 * close", "6 * close"),
        ("close - (-open)", "open + close"),
    ],
)
def test_equal_meanings_meet(one, other):
    assert canonicalize(parse(one, WORDS)) is canonicalize(parse(other, WORDS))


@pytest.mark.parametrize(("one", "other"), [("close - open", "open - close"), ("close / open", "open / close")])
def test_different_meanings_do_not(one, other):
    assert canonicalize(parse(one, WORDS)) is not canonicalize(parse(other, WORDS))


def test_score_form_strips_what_ranks_cannot_see():
    for text, sign in (("-close", -1), ("2 - close * 3", -1), ("close / -2 + 1", -1), ("5 + close", 1), ("close", 1)):
        inner, turn = score_form(canonicalize(parse(text, WORDS)))
        assert inner is parse("close", WORDS)
        assert turn == sign
    for text in ("1 / close", "close * 0", "close + open"):
        tree = canonicalize(parse(text, WORDS))
        assert score_form(tree) == (tree, 1)


def test_canonical_trees_of_the_search_stay():
    for tree in random_trees(random_panel(30, 10), 100):
        assert canonicalize(tree) is tree
