"""Both files of published formulas: every one reads, type-checks or says which rule it breaks, evaluates, survives."""

import csv

import numpy as np
import pandas as pd
import pytest

import dfqgp as dq
from dfqgp.errors import ExpressionError, UnitError
from dfqgp.expr import Vocabulary, parse, render

FILES = {"alpha101": ("alpha101.csv", "id", "formula"), "qlib": ("alpha158.csv", "name", "expression")}
COUNTS = {"alpha101": 101, "qlib": 158}
LACKED = {"alpha101": "cap", "qlib": "vwap"}


@pytest.fixture(scope="module", params=FILES)
def formulas(request, formula_folder):
    name, key, column = FILES[request.param]
    with (formula_folder / name).open(encoding="utf-8", newline="") as file:
        rows = {row[key]: row[column] for row in csv.DictReader(file)}
    assert len(rows) == COUNTS[request.param]
    return request.param, rows


@pytest.fixture(scope="module")
def panel(real_frame):
    """The last 320 days of 40 stocks: longer than any lookback of the files."""
    days, codes = np.sort(real_frame["date"].unique())[-320:], np.sort(real_frame["code"].unique())[:40]
    part = real_frame[real_frame["date"].isin(days) & real_frame["code"].isin(codes)]
    return dq.Panel.from_frame(part)


def outcome(text, words, *, typed, dialect):
    """The tree of a formula, or the error."""
    try:
        return parse(text, words, typed=typed, dialect=dialect)
    except (ExpressionError, UnitError) as error:
        return error


def test_every_formula_reads_checks_or_says_why_and_survives_its_text(formulas, panel):
    dialect, rows = formulas
    words, untyped = Vocabulary.of(panel), 0
    for key, text in rows.items():
        tree = parse(text, words, typed=False, dialect=dialect)
        assert parse(render(tree), words, typed=False) is tree, key
        checked = outcome(text, words, typed=True, dialect=dialect)
        assert checked is tree or (isinstance(checked, UnitError) and "expected" in str(checked)), key
        untyped += checked is not tree
    assert untyped < len(rows) / 2


def test_every_formula_evaluates_and_has_values(formulas, panel):
    dialect, rows = formulas
    words = Vocabulary.of(panel)
    trees = [parse(text, words, typed=False, dialect=dialect) for text in rows.values()]
    values = dq.evaluate(trees, panel)
    for key, tree, value in zip(rows, trees, values, strict=True):
        assert tree.lookback < len(panel.dates), key
        assert np.isfinite(value[tree.lookback :]).mean() > 0.05, key


def test_a_formula_that_needs_a_missing_field_names_it(formulas, panel):
    dialect, rows = formulas
    fields = {name: panel.units[name] for name in panel.fields if name not in ("vwap", "log_mktcap")}
    words, refused = Vocabulary.named(fields, panel.groups), set()
    for key, text in rows.items():
        found = outcome(text, words, typed=False, dialect=dialect)
        if isinstance(found, ExpressionError):
            assert "'vwap'" in str(found) or "'cap'" in str(found), key
            refused.add(key)
    assert refused == {key for key, text in rows.items() if "vwap" in text or "cap" in text}
    assert any(LACKED[dialect] in rows[key] for key in refused)


@pytest.mark.exhaustive
def test_every_formula_evaluates_on_the_whole_table(formulas, real_frame):
    dialect, rows = formulas
    whole = dq.Panel.from_frame(real_frame)
    words = Vocabulary.of(whole)
    trees = {key: parse(text, words, typed=False, dialect=dialect) for key, text in rows.items()}
    for key, tree in trees.items():
        value = dq.evaluate(tree, whole)
        finite = pd.DataFrame(np.isfinite(value[tree.lookback :]) & whole.universe[tree.lookback :])
        assert finite.to_numpy().sum() > 0.1 * whole.universe[tree.lookback :].sum(), key
