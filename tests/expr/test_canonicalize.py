import numpy as np
import pytest
from expressions import trees
from hypothesis import given, settings
from panels import hard_inputs, random_panel, random_trees

from dfqgp.backends import BackendSettings, open_backend
from dfqgp.engine import Engine
from dfqgp.expr import Equality, Vocabulary, canonicalize, parse, score_form
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


@given(trees)
def test_the_form_up_to_rounding_is_its_own_and_that_of_the_form_of_values(tree):
    once = canonicalize(tree, Equality.ROUNDING)
    assert canonicalize(once, Equality.ROUNDING) is once
    assert canonicalize(once) is once
    assert score_form(once)[0] is score_form(score_form(once)[0])[0]


@given(trees)
def test_forms_are_never_larger(tree):
    sizes = [canonicalize(tree, each).size for each in (Equality.VALUES, Equality.ROUNDING)]
    assert max(sizes) <= tree.size


def test_a_form_is_found_once_and_the_rules_used_are_told():
    tree = parse("ts_mean(-(close - open) * 2, 5) / 2", WORDS)
    used = []
    form = canonicalize(tree, Equality.ROUNDING, used)
    assert form is canonicalize(tree, Equality.ROUNDING) is parse("ts_mean(open - close, 5)", WORDS)
    assert [str(rule) for rule in used] == [
        "-(x - y) -> y - x",
        "ts_mean(x * k, w) -> ts_mean(x, w) * k where k > 0",
        "(x * a) / b -> x * (a / b) where b != 0",
        "x * 1 -> x",
    ]


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
        ("if_else(gt(close, open), close, open)", "max2(open, close)"),
        ("ts_delay(ts_delay(close, 2), 3)", "ts_delay(close, 5)"),
        ("abs(close - open)", "abs(open - close)"),
        ("ts_max(close, 5) - ts_min(close, 5)", "ts_range(close, 5)"),
        ("max2(ts_corr(close, open, 5), -2)", "ts_corr(open, close, 5)"),
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
