"""What each dialect's texts mean, and what it says that dfqgp cannot."""

import logging

import numpy as np
import pytest
from expressions import WORDS
from panels import random_panel

import dfqgp as dq
from dfqgp.errors import ConfigError, ExpressionError, UnitError
from dfqgp.expr import Vocabulary, parse, render
from dfqgp.expr.dialects.readers import READERS, alpha101
from dfqgp.expr.dialects.readers.meaning import DAYS, GROUPS, NUMBERS, compiled

MEANINGS = [(dialect, signature) for dialect, reader in READERS.items() for signature in reader.meanings]
EXAMPLE = {"alpha101": {"x": "close", "g": "IndClass.sector"}, "qlib": {"x": "$close"}, "gplearn": {"x": "X0"}}


@pytest.mark.parametrize(("dialect", "signature"), MEANINGS)
def test_every_meaning_of_the_tables_is_an_expression(dialect, signature):
    [(name, meanings)] = compiled({signature: READERS[dialect].meanings[signature]}).items()
    leaf = EXAMPLE[dialect]["x"]

    def written(letter):
        if not isinstance(letter, str):
            return str(letter)
        if letter in DAYS | NUMBERS:
            return "7" if letter in DAYS else "0.5"
        return EXAMPLE[dialect]["g"] if letter in GROUPS else f"({leaf} > 1)" if letter in "bc" else leaf

    text = f"{name}({', '.join(map(written, meanings[0].parameters))})"
    tree = parse(text, WORDS, typed=False, dialect=dialect)
    assert parse(render(tree), WORDS, typed=False) is tree
    assert tree.size > 1


@pytest.mark.parametrize(
    ("dialect", "text", "native"),
    [
        ("alpha101", "Correlation(RANK(open), rank(Volume), 6.9)", "ts_corr(cs_rank(open), cs_rank(volume), 6)"),
        ("alpha101", "min(close, 3.7) - min(close, open)", "ts_min(close, 3) - min2(close, open)"),
        ("alpha101", "max(close, 1) - max(1, close)", "ts_max(close, 1) - max2(1, close)"),
        ("alpha101", "Ts_ArgMax(close, 5.9)", "5 - ts_argmax(close, 5)"),
        ("alpha101", "(close < open) * -1", "if_else(close < open, 1, 0) * -1"),
        ("alpha101", "close < open", "if_else(close < open, 1, 0)"),
        (
            "alpha101", "close < open ? 1 : close == open ? 0 : -1",
            "if_else(close < open, 1, if_else(close == open, 0, -1))",
        ),
        (
            "alpha101", "(close < 1 || !(open > 1)) && low != 2 ? 1 : 0",
            "if_else((close < 1 or not open > 1) and not low == 2, 1, 0)",
        ),
        ("alpha101", "close^2", "square(close)"),
        ("alpha101", "close^1", "close"),
        ("alpha101", "close^3", "pow(close, 3.0)"),
        ("alpha101", "close^4", "abs(pow(close, 4.0))"),
        ("alpha101", "close^0.5", "sqrt(close)"),
        ("alpha101", "close^0.25", "pow(sqrt(close), 0.5)"),
        ("alpha101", "close^open", "power(close, open)"),
        ("alpha101", "-close^2", "-square(close)"),
        ("alpha101", "close^-2", "abs(pow(close, -2.0))"),
        ("alpha101", "signedpower(close, 2.) - SignedPower(close, open)", "pow(close, 2.0) - power(close, open)"),
        ("alpha101", "scale(close) + scale(close, 20)", "cs_scale(close) + cs_scale(close) * 20"),
        ("alpha101", "adv20 + ADV5", "ts_mean(amount, 20) + ts_mean(amount, 5)"),
        ("alpha101", "indneutralize(close, IndClass.industry)", "group_demean(close, industry)"),
        ("alpha101", "indneutralize(close, industry)", "group_demean(close, industry)"),
        ("alpha101", "IndNeutralize(close, INDCLASS.Subindustry)", "group_demean(close, industry)"),
        ("alpha101", ".5 * close + 2.", "0.5 * close + 2"),
        ("qlib", "Ref($close, 5)/$close", "ts_delay(close, 5) / close"),
        ("qlib", "Mean($close>Ref($close, 1), 5)", "ts_mean(if_else(close > ts_delay(close, 1), 1, 0), 5)"),
        ("qlib", "Std($close, 5)", "ts_std(close, 5)"),
        ("qlib", "Greater($open, $close) - Less($open, 1)", "max2(open, close) - min2(open, 1)"),
        ("qlib", "IdxMax($high, 5)/5", "(5 - ts_argmax(high, 5)) / 5"),
        ("qlib", "Quantile($close, 5, 0.8)", "ts_quantile(close, 5, 0.8)"),
        ("qlib", "Count($close, 5)", "ts_count(close == close, 5)"),
        (
            "qlib", "Power($close, 2) - $close ** 2 + Power($close, $open)",
            "square(close) - square(close) + power(close, open)",
        ),
        ("qlib", "If($close > $open, $close, 1)", "if_else(close > open, close, 1)"),
        (
            "qlib", "And(Gt($close, 1), Or($close != 2, Not(Le($open, 3))))",
            "if_else(close > 1 and (not close == 2 or not open <= 3), 1, 0)",
        ),
        ("qlib", "($close > 1) & ($open < 2)", "if_else(close > 1 and open < 2, 1, 0)"),
        ("qlib", "EMA($close, 12) - WMA($close, 4)", "ts_ema(close, 12) - ts_decay_linear(close, 4) / 4"),
        ("qlib", "Mean($close, 5.)", "ts_mean(close, 5)"),
        ("gplearn", "add(X0, mul(-0.5, X3))", "open + -0.5 * close"),
        ("gplearn", "div(X0, X1)", "if_else(abs(high) > 0.001, open / high, 1)"),
        ("gplearn", "log(neg(X0))", "if_else(abs(-open) > 0.001, log(abs(-open)), 0)"),
        ("gplearn", "inv(sqrt(X0))", "if_else(abs(sqrt(abs(open))) > 0.001, inv(sqrt(abs(open))), 0)"),
        ("gplearn", "max(close, sig(X0))", "max2(close, sigmoid(open))"),
    ],
)  # fmt: skip
def test_a_text_means(dialect, text, native):
    assert parse(text, WORDS, typed=False, dialect=dialect) is parse(native, WORDS, typed=False)


@pytest.mark.parametrize(
    ("dialect", "text", "position", "message"),
    [
        (
            "alpha101", "rank(clsoe)", 6,
            "'clsoe': the panel has no field 'clsoe'; expected one that it has; did you mean 'close'?",
        ),
        ("alpha101", "rank(vwap)", 6, "the panel has no field 'vwap'"),
        ("alpha101", "1 + cap", 5, "'cap': the panel has no field 'cap'"),
        (
            "alpha101", "1 + tsrank(close, 3)", 5,
            "unknown function 'tsrank'; expected a function; did you mean 'ts_rank'?",
        ),
        ("alpha101", "cs_rank(close)", 1, "unknown function 'cs_rank'"),
        ("alpha101", "correlation(close, open)", 1, "correlation with 2 arguments; expected correlation(x, y, 2) or"),
        ("alpha101", "delay(close, open)", 14, "'open'; expected a number of days in delay(x, d)"),
        ("alpha101", "delay(close, 0.5)", 14, "'0.5'; expected a number of days of at least 1"),
        ("alpha101", "delay(close, -1)", 14, "'-1'; expected a number of days of at least 1"),
        ("alpha101", "1 + stddev(close, 1)", 5, "which means ts_std(x, d); there '1'; expected a whole number from 2"),
        (
            "alpha101", "indneutralize(close, IndClass.country)", 22,
            "expected one of IndClass.sector, IndClass.industry",
        ),
        ("alpha101", "indneutralize(close, 1)", 22, "'1'; expected one of IndClass.sector"),
        ("alpha101", "industry", 1, "group 'industry'; expected a numeric expression"),
        ("alpha101", "close ? 1 : 2", 1, "numeric 'close'; expected a boolean expression"),
        ("alpha101", "1 + close^20", 5, "which means abs(pow(x, k)); there '20'; expected a number from -10 to 10"),
        ("alpha101", "close < open < low", 14, "a chain of comparisons"),
        (
            "qlib", "Ref($close, -1)", 13,
            "'-1'; expected a number of days of at least 1: a negative one looks into the future",
        ),
        ("qlib", "Ref($close, 0)", 13, "others read from the first day on"),
        ("qlib", "EMA($close, 0.1)", 13, "others read from the first day on"),
        ("qlib", "Mean($close, 2.5)", 14, "'2.5'; expected a whole number of days"),
        ("qlib", "Mask($close, 5)", 1, "'Mask'; expected what dfqgp can say: a value reads its own stock"),
        ("qlib", "$close + $factor", 10, "'$factor': the panel has no field 'factor'; expected one that it has"),
        ("qlib", "1 + close", 5, "'close'; expected a field such as $close; did you mean '$close'?"),
        ("qlib", "mean($close, 5)", 1, "unknown function 'mean'; expected a function; did you mean 'Mean'?"),
        ("qlib", "And($close, $open)", 5, "numeric '$close'; expected a boolean expression"),
        ("qlib", "$$roewa_q", 1, "'$'; expected a name"),
        ("gplearn", "sin(X0)", 1, "'sin'; expected what dfqgp can say: there are no trigonometric functions"),
        ("gplearn", "add(X0, X8)", 9, "'X8'; expected a column from X0 to X7"),
        ("gplearn", "add(X0)", 1, "add with 1 arguments; expected add(x, y)"),
        ("gplearn", "add(x0, X1)", 5, "the panel has no field 'x0'"),
    ],
)  # fmt: skip
def test_mistakes_are_placed_and_named(dialect, text, position, message):
    with pytest.raises(ExpressionError) as caught:
        parse(text, WORDS, dialect=dialect, typed=False)
    assert message in str(caught.value)
    assert caught.value.details["position"] == position


def test_units_are_checked_in_every_dialect():
    with pytest.raises(UnitError, match="add got price and ratio"):
        parse("close + 1", WORDS, dialect="alpha101")
    with pytest.raises(UnitError, match="add got price and shares"):
        parse("$close + $volume", WORDS, dialect="qlib")


def test_columns_are_the_names_that_are_given():
    assert parse("sub(X1, X0)", WORDS, dialect="gplearn", names=["low", "high"]) is parse("high - low", WORDS)
    with pytest.raises(ExpressionError, match="'X1', which names= calls 'hihg'; expected a field of the panel"):
        parse("sub(X1, X0)", WORDS, dialect="gplearn", names=["low", "hihg"])
    with pytest.raises(ExpressionError, match="'X2'; expected a column from X0 to X1"):
        parse("X2", WORDS, dialect="gplearn", names=["low", "high"])
    for wrong in ("close", ["close", 3]):
        with pytest.raises(ConfigError, match=r"names: got .*close.*, expected a list of names of features"):
            parse("X0", WORDS, dialect="gplearn", names=wrong)
    with pytest.raises(ConfigError, match="names: got 1 names, expected none but for dialect='gplearn'"):
        parse("close", WORDS, names=["low"])


def test_a_dialect_that_is_not_known_is_refused():
    with pytest.raises(ConfigError, match=r"dialect: got 'alpha11', expected one of dfqgp, .*did you mean 'alpha101'"):
        parse("close", WORDS, dialect="alpha11")


def test_the_public_function_reads_dialects():
    panel = random_panel(30, 10)
    tree = dq.parse("Mean($close, 5)/$close", panel, dialect="qlib")
    assert tree is dq.parse("ts_mean(close, 5) / close", panel)
    assert dq.parse("X0", panel, dialect="gplearn", names=["low"]) is dq.parse("low", panel)


def test_the_fallback_of_a_class_is_logged_once(caplog):
    alpha101._say_fallback.cache_clear()
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            parse(
                "indneutralize(rank(indneutralize(close, IndClass.sector)), IndClass.subindustry)",
                WORDS,
                dialect="alpha101",
            )
    said = [record.getMessage() for record in caplog.records]
    assert sorted(said) == [
        f"IndClass.{name}: the panel has no such group, 'industry' stands for it" for name in ("sector", "subindustry")
    ]


def test_classes_that_the_panel_has_are_taken_as_they_are():
    words = Vocabulary.named({"close": "price"}, ["sector", "industry"])
    tree = parse("indneutralize(close, IndClass.sector)", words, dialect="alpha101")
    assert tree is parse("group_demean(close, sector)", words)
    alone = Vocabulary.named({"close": "price"}, ["sector"])
    with pytest.raises(ExpressionError, match="over a panel with the group 'industry'"):
        parse("indneutralize(close, IndClass.industry)", alone, dialect="alpha101")


def test_the_capitalisation_is_a_field_or_the_power_of_its_logarithm():
    assert parse("cap", Vocabulary.named({"mktcap": "currency"}), dialect="alpha101").name == "mktcap"
    words = Vocabulary.named({"log_mktcap": "ratio"})
    panel = random_panel(3, 4)
    sizes = np.log(np.array([1e8, 3e9, 5e10, 2.5e12]) * np.ones((3, 1)))
    object.__setattr__(panel, "fields", {"log_mktcap": sizes.astype(np.float32)})
    object.__setattr__(panel, "units", {"log_mktcap": "ratio"})
    value = dq.evaluate(parse("cap", words, dialect="alpha101"), panel, backend="reference")
    np.testing.assert_allclose(value, np.exp(sizes), rtol=1e-5)


def balanced(terms):
    """The sum of texts, as shallow as it can be."""
    middle = len(terms) // 2
    return f"({balanced(terms[:middle])} + {balanced(terms[middle:])})" if middle else terms[0]


@pytest.mark.parametrize(
    ("text", "dialect", "message"),
    [
        ("log(" * 8 + "X0" + ")" * 8, "gplearn", "too large; expected at most 2000 operators and leaves"),
        ("log(" * 40 + "X0" + ")" * 40, "gplearn", r"becomes 121 levels deep; expected at most 64"),
        (balanced(["correlation(low,low,2)"] * 128), "alpha101", r"becomes \d+ characters; expected at most 10000"),
    ],
)
def test_a_formula_that_grows_beyond_what_can_be_read_is_refused(text, dialect, message):
    """A protected logarithm names its argument twice, and so does a correlation over two days."""
    with pytest.raises(ExpressionError, match=message):
        parse(text, WORDS, dialect=dialect, typed=False)
