"""What ``dq.equivalent`` tells: the strictest kind, the rules of both sides, and with a panel the fingerprint."""

import pytest
from expressions import trees
from hypothesis import given, settings
from panels import random_panel

import dfqgp as dq
from dfqgp.errors import ExpressionError, PanelError
from dfqgp.expr import Field, call, constant, equivalent, is_boolean

PANEL = random_panel(120, 40)


@pytest.mark.parametrize(
    ("left", "right", "kind"),
    [
        ("open + close", "close + open", "values"),
        ("ts_delay(ts_delay(close, 2), 3)", "ts_delay(close, 5)", "values"),
        ("if_else(lt(open, close), open, close)", "min2(close, open)", "values"),
        ("max2(ts_corr(open, close, 5), -1)", "ts_corr(close, open, 5)", "values"),
        ("cs_rank(slog1p(returns))", "cs_rank(returns)", "rounding"),
        ("(close - ts_mean(close, 9)) / ts_std(close, 9)", "ts_zscore(close, 9)", "rounding"),
        ("-close * 2 + 1", "close", "fitness"),
        ("cs_demean(close)", "cs_zscore(close)", "fitness"),
        ("close", "open", None),
        ("ts_mean(close, 5)", "ts_mean(close, 6)", None),
    ],
)
def test_the_strictest_kind_is_told_either_way_round(left, right, kind):
    for pair in ((left, right), (right, left)):
        found = dq.equivalent(*pair)
        assert (found.equal, found.kind) == (kind is not None, kind)
        assert bool(found) is found.equal
        assert (found.form is None) is (kind is None)


def test_the_rules_of_both_sides_are_named():
    found = dq.equivalent("-(-close)", "close * 1")
    assert found.rules == ("-(-x) -> x", "x * 1 -> x")


def test_a_panel_shows_what_no_rule_does():
    texts = "min2(close, ts_corr(close, volume, 10) - 2)", "ts_corr(close, volume, 10)"
    assert not dq.equivalent(*texts)
    assert dq.equivalent(*texts, PANEL).kind == "fingerprint"
    assert not dq.equivalent("close", "volume", PANEL)
    assert not dq.equivalent("ts_mean(close, 300)", "ts_mean(volume, 300)", PANEL)


def test_mistakes_have_the_packages_own_errors():
    with pytest.raises(ExpressionError):
        dq.equivalent("clsoe", "close")
    with pytest.raises(PanelError):
        dq.equivalent("open", "close", "a panel")


@settings(max_examples=100)
@given(trees)
def test_a_tree_is_equivalent_to_itself_and_to_its_multiples(tree):
    assert equivalent(tree, tree).kind == "values"
    varies = any(isinstance(part, Field) for part in tree.walk())  # a number times 3 is another number
    if varies and not is_boolean(tree):
        assert equivalent(call("mul", (tree, constant(3.0))), tree)
