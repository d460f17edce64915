"""Laws of every rule: it is as equal as it says, and it simplifies, so that rewriting ends."""

from functools import cache

import numpy as np
import pytest
from rule_cases import Unrounded, difference, hard_panel, instances, ordinary_panel

from dfqgp.backends import BackendSettings, open_backend
from dfqgp.engine import Engine
from dfqgp.expr import canonicalize, score_form
from dfqgp.expr.node import Call, Constant, Group
from dfqgp.expr.patterns import read
from dfqgp.expr.rules import ROOT_RULES, RULES, Equality
from dfqgp.fitness import FitnessSettings, make_target

BY_VALUES = [rule for rule in RULES if rule.equality is Equality.VALUES]
BY_ROUNDING = [rule for rule in RULES if rule.equality is Equality.ROUNDING]


@cache
def engine(name, panel):
    return Engine({"hard": hard_panel, "ordinary": ordinary_panel}[panel](), open_backend(BackendSettings(name=name)))


def values(name, panel, pairs):
    """Return the values of both sides of many instances."""
    found = engine(name, panel).evaluate([side for pair in pairs for side in pair])
    return zip(found[::2].astype(np.float64), found[1::2].astype(np.float64), pairs, strict=True)


def text(pair):
    return f"{pair[0]!r} and {pair[1]!r}"


@pytest.mark.parametrize("rule", BY_VALUES, ids=str)
def test_a_rule_of_values_keeps_every_value_and_nan(rule):
    pairs = list(instances(rule))
    assert pairs
    for one, other, pair in values("reference", "hard", pairs):
        np.testing.assert_array_equal(one, other, err_msg=text(pair))


def test_rules_of_values_keep_them_on_the_compiled_backend_too():
    pairs = [pair for rule in BY_VALUES for pair in instances(rule, each=1)]
    for one, other, pair in values("cpu", "hard", pairs):
        np.testing.assert_array_equal(one, other, err_msg=text(pair))


@pytest.mark.parametrize("rule", BY_ROUNDING, ids=str)
def test_a_rule_of_rounding_holds_exactly_but_for_rounding(rule):
    """Without rounding to float32 on hard panels, and within rounding on ordinary ones."""
    pairs = list(instances(rule))
    assert pairs
    exact = Unrounded(hard_panel())
    for pair in pairs:
        assert not difference(*map(exact.value, pair), 1e-5), text(pair)
    for one, other, pair in values("reference", "ordinary", pairs):
        assert not difference(one, other, 1e-3), text(pair)


@pytest.mark.parametrize("rule", ROOT_RULES, ids=str)
def test_a_rule_of_the_root_keeps_every_days_ic_up_to_sign(rule):
    panel = ordinary_panel()
    label = np.random.default_rng(0).standard_normal(panel.shape).astype(np.float32)
    target = make_target(panel, label, range(12, panel.shape[0]), FitnessSettings(min_assets=10), horizon=5)
    scorer = Engine(panel, open_backend(BackendSettings(name="reference")), targets=[target])
    pairs = list(instances(rule, each=3))
    scores = scorer.score([side for pair in pairs for side in pair])[0].ic
    for one, other, (left, right) in zip(scores[::2], scores[1::2], pairs, strict=True):
        stripped, sign = score_form(canonicalize(left))
        assert (np.isfinite(one) == np.isfinite(other)).all()
        if canonicalize(right) is stripped:  # no rule before it has another turn
            assert np.nanmean(one * sign * other) > 0, text((left, right))
        apart = np.abs(np.abs(one) - np.abs(other))
        assert np.nanmean(apart) < 2e-3, text((left, right))  # a rounding may break a tie, and change a rank


HEAVIER = {
    "ts_delay": 15, "abs": 14, "power": 14, "pow": 13, "clip": 12, "max2": 12, "min2": 12, "not": 12,
    "gt": 10, "ge": 10, "slog1p": 9, "ssqrt": 9, "tanh": 9, "sigmoid": 9, "mul": 9, "add": 8, "sub": 8, "div": 8,
    "sign": 7, "ts_quantile": 5,
}  # fmt: skip
"""Constants of operators; 4 for those that are not named."""


def weight(node):
    """Return the measure that rules lower: a constant for each operator, plus twice what its arguments weigh.

    A sign, and a number that is added or multiplied, weigh little and double nothing, so that they move to the root. As
    more of less is less, a rewrite inside a tree lowers the weight of the whole.
    """
    if not isinstance(node, Call):
        return int(node.value < 0) if isinstance(node, Constant) else int(not isinstance(node, Group))
    numbers = [arg for arg in node.args if isinstance(arg, Constant)]
    others = [arg for arg in node.args if not isinstance(arg, Constant)]
    if node.op.name == "neg":
        return 1 + weight(others[0])
    affine = node.op.name in {"add", "sub", "mul"} or (node.op.name == "div" and isinstance(node.args[1], Constant))
    if affine and len(numbers) == len(others) == 1:
        from_number = node.op.name == "sub" and node.args[0] is numbers[0]
        return 3 + 2 * weight(numbers[0]) + from_number + weight(others[0])
    return HEAVIER.get(node.op.name, 4) + 2 * sum(map(weight, node.args))


def depth_of_signs(node):
    """Return the measure of rules that leave the weight: it is lower the nearer signs are to the root."""
    if isinstance(node, Constant) or not node.args:
        return int(not isinstance(node, Constant))
    if node.op.name == "neg":
        return 1 + depth_of_signs(node.args[0])
    return 8 + 2 * sum(map(depth_of_signs, node.args))


@pytest.mark.parametrize("rule", [*RULES, *ROOT_RULES], ids=str)
def test_every_rewrite_is_simpler(rule):
    for left, right in instances(rule, each=4):
        measures = [(weight(each), depth_of_signs(each)) for each in (left, right)]
        assert measures[1] < measures[0] or ("before(" in rule.when and measures[1] == measures[0]), text((left, right))
        assert right.size <= left.size
        assert right.lookback <= left.lookback


def test_no_rule_repeats_a_name_more_often_than_its_left_side():
    def count(pattern, name):
        args = getattr(pattern, "args", ())
        return sum(count(arg, name) for arg in args) + (getattr(pattern, "name", None) == name)

    for rule in (*RULES, *ROOT_RULES):
        for name in "xyzpq":
            assert count(read(rule.right), name) <= count(read(rule.left), name), rule


def test_rules_are_said_once():
    said = [(rule.left, rule.when) for rule in RULES]
    assert len(said) == len(set(said))
