"""Explanations: facts about an expression on a panel, each counted here another way."""

import io
import json

import numpy as np
import pytest
import rich.console
from panels import random_panel, random_trees

import dfqgp as dq
from dfqgp.errors import ConfigError, ExpressionError, KernelMissingError, PanelError
from dfqgp.expr import Call, Field, Group, Vocabulary, canonicalize, unit_of
from dfqgp.ops import unregister

PANEL = random_panel(60, 20, missing=0.2)
TEXT = "cs_rank(ts_corr(close, volume, 20)) - ts_mean(group_demean(cs_rank(ts_corr(close, volume, 20)), industry), 5)"


@pytest.mark.parametrize("tree", random_trees(PANEL, 25, max_depth=5), ids=repr)
def test_facts_are_those_of_the_tree_and_of_its_values(tree):
    told = dq.explain(tree, PANEL, backend="reference")
    values = dq.evaluate(tree, PANEL, backend="reference")
    calls = {node for node in tree.walk() if isinstance(node, Call)}
    assert told.expression == repr(tree)
    assert told.canonical == repr(canonicalize(tree))
    assert (told.lookback, told.size, told.depth) == (tree.lookback, tree.size, tree.depth)
    assert told.unit == str(unit_of(tree, Vocabulary.of(PANEL)))
    assert told.operators == len(calls)
    assert told.cost == pytest.approx(sum(node.op.cost.value for node in calls))
    assert told.shared == sum(sum(node.args.count(each) for node in calls) > 1 for each in calls)
    assert set(told.inputs) == {node.name for node in tree.walk() if isinstance(node, Field | Group)}
    members = values[PANEL.universe]
    assert told.coverage == np.isfinite(members).sum() / members.size
    later = values[tree.lookback :][PANEL.universe[tree.lookback :]]
    assert told.coverage_after_warm_up == np.isfinite(later).sum() / later.size


def test_facts_travel_as_json_and_print_in_both_languages():
    for language, reading, label in (("en", "the day's rank", "coverage: "), ("zh", "当日横截面排名", "覆盖率：")):
        told = dq.explain(TEXT, PANEL, language)
        assert json.loads(json.dumps(told.to_dict()))["reading"] == told.reading
        assert json.loads(json.dumps(told.to_dict()))["shared"] == 1
        assert reading in told.reading
        assert label in str(told) == repr(told)
        shown = io.StringIO()
        rich.console.Console(width=200, file=shown).print(told)
        assert all(line in shown.getvalue() for line in (*told.reading.split("\n"), told.expression, told.canonical))


def test_units_that_do_not_agree_are_told_instead_of_refused():
    told = dq.explain("close + volume", PANEL)
    assert told.unit is None
    assert "add got price and shares" in told.disagreement
    assert told.disagreement in str(told)
    assert dq.explain("close + open", PANEL).disagreement is None
    assert "unit: shares\n" in str(dq.explain("volume", PANEL))
    assert "单位：股数\n" in str(dq.explain("volume", PANEL, "zh"))


def test_a_panel_shorter_than_the_lookback_has_no_coverage_after_it():
    told = dq.explain("ts_mean(close, 100)", PANEL)
    assert told.coverage == 0
    assert told.coverage_after_warm_up is None
    assert "0.0% of the universe's cells; - after the first 99 days" in str(told)


def test_an_operator_without_a_kernel_is_explained_on_the_reference():
    @dq.operator
    def halved(x: dq.ops.Numeric) -> dq.ops.Numeric:
        """Half of the value."""
        return x / 2

    try:
        assert dq.explain("halved(close)", PANEL, backend="reference").reading.endswith("halved(x): Half of the value.")
        with pytest.raises(KernelMissingError):
            dq.explain("halved(close)", PANEL)
    finally:
        unregister("halved")


def test_mistakes_are_answered():
    with pytest.raises(ExpressionError, match="did you mean 'close'"):
        dq.explain("closee", PANEL)
    with pytest.raises(ConfigError, match="language: got 'de', expected one of en, zh"):
        dq.explain("close", PANEL, "de")
    with pytest.raises(PanelError):
        dq.explain("close", "close")


def test_rules_are_those_that_bring_the_formula_to_its_canonical_form():
    told = dq.explain("abs(-close) * 1", PANEL, backend="reference")
    assert told.canonical == "abs(close)"
    assert told.rules == ("abs(-x) -> abs(x)", "x * 1 -> x")
    assert all(rule in str(told) for rule in told.rules)
    assert dq.explain("close", PANEL, backend="reference").rules == ()
