"""What the language page says of missing values and lookbacks is what the definitions do, for every operator."""

import re

import numpy as np
import pytest
from reference_pages.examples import calls, example_of
from reference_pages.operators import forms_of, kernels_of, lookback_text, numbers_text, unit_example
from reference_pages.rules import has_window, inputs_for, literals_for, missing_rule, random_inputs

import dfqgp as dq
from dfqgp.backends.cpu.kernels import _LOOPS
from dfqgp.ops import OPERATORS, Elementwise, Kind, Role
from dfqgp.ops.units import BOOLEAN, UNITS

by_operator = pytest.mark.parametrize("op", OPERATORS.values(), ids=list(OPERATORS))
windowed = [op for op in OPERATORS.values() if has_window(op)]
DAYS = 7


def value_of(op, panels, literals, universe=None, codes=None):
    inputs = inputs_for(op, panels, literals)
    if codes is not None:
        inputs = [codes if each.role is Role.GROUP else given for each, given in zip(op.arguments, inputs)]
    return op.apply(inputs, np.ones(panels[0].shape, dtype=bool) if universe is None else universe)


def number_in(text, op, literals):
    """The value of a formula such as ``max(k, ceil(w/2))``, ``4w - 1`` or ``d`` for literals."""
    names = {each.name: value for each, value in zip(op.literals, literals)}
    inner = re.fullmatch(r"max\((.*)\)", text)
    if inner:
        return max(number_in(part, op, literals) for part in inner[1].split(", "))
    half = re.fullmatch(r"ceil\((\w+)/2\)", text)
    if half:
        return (names[half[1]] + 1) // 2
    linear = re.fullmatch(r"(\d*)([a-z]?)(?: - (\d+))?", text)
    return int(linear[1] or 1) * (names[linear[2]] if linear[2] else 1) - int(linear[3] or 0)


def said_missing(rule, name):
    """Whether a rule says that the value is NaN where an argument is today: 1 yes, 0.5 in part, 0 no."""
    for part in rule.split("; "):
        named = re.fullmatch(r"([\w\[\]\-]+(?: or [\w\[\]\-]+)*) is(, where it decides)?", part)
        if named and ({name, f"{name}[t]"} & set(named[1].split(" or "))):
            return 0.5 if named[2] else 1
    return 0


@by_operator
def test_a_value_is_missing_today_where_the_page_says_so(op):
    """NaN in one argument of day t, of one stock: what the page calls NaN is NaN, what it does not is not."""
    literals = literals_for(op, DAYS)
    for place, argument in enumerate(op.panels):
        panels = random_inputs(op, op.lookback(literals) + 9, 60, seed=1)
        hurt = slice(0, 1) if op.kind is Kind.CROSS else slice(None)
        panels[place][-1, hurt] = np.nan
        share = np.isnan(value_of(op, panels, literals)[-1, hurt]).mean()
        expected = said_missing(missing_rule(op), argument.name)
        assert share == expected if expected != 0.5 else 0 < share < 1, argument.name


@pytest.mark.parametrize("op", windowed, ids=[op.name for op in windowed])
@pytest.mark.parametrize("days", [1, 5, 6, 10])  # 1: the shortest that is legal
def test_a_window_needs_as_many_finite_inputs_as_the_page_says(op, days):
    literals = literals_for(op, days)
    rule = missing_rule(op).split("; ")[0]
    asked = re.fullmatch(r"fewer than (.+) finite( pairs| triples)? in (the window|\w+ rows)", rule)
    need = number_in(asked[1], op, literals) if asked else 1
    assert asked or rule == "none finite in the window"
    window = next(value for each, value in zip(op.literals, literals) if each.role is Role.WINDOW)
    rows = number_in(asked[3].removesuffix(" rows"), op, literals) if asked and asked[3] != "the window" else window
    assert rows == op.lookback(literals) + 1
    for place in range(len(op.panels)):
        for finite in {need, need - 1}:
            panels = random_inputs(op, rows + 3, 5, seed=2)
            panels[place][3 : 3 + rows - finite] = np.nan
            assert np.isnan(value_of(op, panels, literals)[-1]).all() == (finite < need), finite


@by_operator
def test_lookback_is_the_first_row_with_a_value(op):
    literals = literals_for(op, DAYS)
    panels = random_inputs(op, op.lookback(literals) + 9, 60)
    there = np.isfinite(value_of(op, panels, literals)).any(axis=1)
    said = number_in(lookback_text(op), op, literals)
    assert not there[:said].any()
    assert there[said:].all()


@pytest.mark.parametrize("op", [op for op in OPERATORS.values() if op.kind is Kind.CROSS], ids=lambda op: op.name)
def test_a_day_leaves_out_what_the_page_says(op):
    literals = literals_for(op, DAYS)
    panels, shape = random_inputs(op, 3, 30), (3, 30)
    universe, codes = np.ones(shape, dtype=bool), np.zeros(shape, dtype=np.int16)
    universe[:, 1], codes[:, 2] = False, -1
    value = value_of(op, panels, literals, universe, codes)
    rule = missing_rule(op)
    assert "outside the universe" in rule
    assert np.isnan(value[:, 1]).all()
    assert np.isnan(value[:, 2]).all() == ("the group is unknown" in rule)
    assert np.isfinite(value[:, 3:]).all()


@by_operator
def test_numbers_are_legal_within_the_range_that_the_page_says(op):
    text = numbers_text(op)
    for each in op.literals:
        found = re.search(rf"(?:^|; )(?:\w+, )*{each.name}(?:, \w+)* from (\S+?)(?: to (\S+?))?(?:;|$)", text)
        low, high = (float(found[1]), float(found[2] or 10_000)) if found else (1, 10_000)
        for number in (low, high):
            assert each.accepts(each.as_literal(number))
        assert not each.accepts(each.as_literal(low - 1))
        assert not each.accepts(each.as_literal(high + 1))
    assert op.rule is None or text.endswith(op.rule.says)


@by_operator
def test_unit_example_is_of_known_units(op):
    given, result = unit_example(op).split(": ")
    assert all(unit in {*UNITS, str(BOOLEAN)} for unit in given.split(", "))
    assert (result == str(BOOLEAN)) == op.boolean


def test_every_operator_has_an_example():
    shown = {re.search(r'"(\w+)\(', text)[1] for kind in Kind for text in calls(kind)}
    assert shown == set(OPERATORS)
    assert example_of(OPERATORS["ts_top_mean"]) == "ts_top_mean(x, y, 5, 3)"


def test_forms_of_a_backend_are_those_of_its_table():
    assert forms_of("cpu") == {form.__name__ for form in _LOOPS}
    assert kernels_of("nothing_of_this_name") == frozenset()
    assert kernels_of("reference") == frozenset(OPERATORS)


@pytest.mark.gpu
def test_forms_of_the_gpu_are_those_of_its_table():
    operators = pytest.importorskip("dfqgp.backends.gpu.operators", exc_type=ImportError)
    assert forms_of("gpu") == {form.__name__ for form in {*operators._KERNELS, Elementwise}}


def test_lookbacks_are_those_of_the_table_for_notebooks():
    table = dq.operator_table()
    assert table["lookback"].to_dict() == {name: lookback_text(op) for name, op in OPERATORS.items()}
