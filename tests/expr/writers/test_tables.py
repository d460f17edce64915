"""Every dialect writes each operator or says by name that it cannot."""

import pytest
from written import is_written, literals_of, one_of

import dfqgp as dq
from dfqgp.errors import ConfigError, WriteError
from dfqgp.expr import call, constant, field, parse
from dfqgp.expr.dialects.writers import DIALECTS, dolphindb, kunquant, pandas, polars, qlib
from dfqgp.expr.vocabulary import Vocabulary
from dfqgp.ops import OPERATORS, Numeric
from dfqgp.ops.registry import unregister

TABLES = {each.__name__.rpartition(".")[2]: each.RULES for each in (dolphindb, kunquant, pandas, polars, qlib)}

WRITTEN = {"pandas": 78, "polars": 78, "polars_lazy": 78, "dfqgp": 78, "qlib": 56, "kunquant": 58, "dolphindb": 63}
"""Operators that each dialect writes, of all built-in ones."""


@pytest.mark.parametrize("dialect", TABLES)
def test_tables_hold_operators_alone(dialect):
    assert set(TABLES[dialect]) <= set(OPERATORS)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_operator_is_written_or_refused_by_name(dialect):
    trees = {name: one_of(name, literals_of(name)[0]) for name in OPERATORS}
    refused = [name for name, tree in trees.items() if not is_written(tree, dialect)]
    assert len(trees) - len(refused) == WRITTEN[dialect]
    for name in refused:
        with pytest.raises(WriteError, match=f"dialect={dialect}: {name}.* cannot be written: .+; in '{name}"):
            dq.render(trees[name], dialect=dialect)


@pytest.mark.parametrize("dialect", sorted(set(DIALECTS) - {"dfqgp"}))
def test_an_operator_of_a_user_is_refused(dialect):
    @dq.operator
    def twice(x: Numeric) -> Numeric:
        """Two of it."""
        return x + x

    try:
        with pytest.raises(WriteError, match=f"dialect={dialect}: twice.x. cannot be written"):
            dq.render(call("twice", (field("close"),)), dialect=dialect)
    finally:
        unregister("twice")


def test_a_refusal_quotes_the_term():
    tree = call("neg", (call("ts_ema", (field("close"),), (5,)),))
    with pytest.raises(WriteError, match=r"ts_ema\(x, w\) cannot be written: EMA never forgets.*'ts_ema\(close, 5\)'"):
        dq.render(tree, dialect="qlib")


@pytest.mark.parametrize("dialect", ["qlib", "dolphindb", "kunquant"])
def test_a_number_is_no_feature(dialect):
    for tree in (constant(2), call("ts_mean", (constant(2),), (5,))):
        with pytest.raises(WriteError, match=r"number|feature|matrix"):
            dq.render(tree, dialect=dialect)


def test_an_unknown_dialect_is_named():
    with pytest.raises(ConfigError, match=r"dialect: got 'pollars', expected one of .*; did you mean 'polars'"):
        dq.render(field("close"), dialect="pollars")


def test_a_text_is_no_expression():
    with pytest.raises(TypeError, match=r"takes an expression, not a str; parse\(text, panel\) makes one"):
        dq.render("close")


def test_brackets_keep_the_tree():
    words = Vocabulary.named(dict.fromkeys("abc", "ratio"))
    for text, expected in {
        "a - (b - c)": "$a - ($b - $c)",
        "(a - b) - c": "$a - $b - $c",
        "a / (b * c)": "$a / ($b * $c)",
        "-(a + b) * c": "(0 - ($a + $b)) * $c",
        "(a + b) * -2": "($a + $b) * -2",
        "abs(a - b)": "Abs($a - $b)",
        "inv(inv(a))": "1 / (1 / $a)",
    }.items():
        assert dq.render(parse(text, words), dialect="qlib") == expected
    both = call("and", (call("gt", (field("a"), field("b"))), call("lt", (field("a"), field("c")))))
    assert dq.render(both, dialect="qlib") == "($a > $b) & ($a < $c)"


def test_a_text_that_would_explode_is_refused():
    tree = field("close")
    for _ in range(30):
        tree = call("ts_zscore", (tree,), (5,))
    with pytest.raises(WriteError, match="takes more than 100000 characters"):
        dq.render(tree, dialect="qlib")
    assert len(dq.render(tree, dialect="pandas")) < 20_000


@pytest.mark.parametrize("dialect", ["pandas", "polars", "kunquant", "dolphindb"])
def test_shared_terms_are_written_once_however_deep(dialect):
    tree = field("close")
    for _ in range(60):
        tree = call("sub", (tree, call("neg", (tree,))))
    assert len(dq.render(tree, dialect=dialect)) < 20_000
