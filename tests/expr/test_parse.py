"""Laws of texts and trees, and what a mistake is answered with."""

import contextlib
import pickle
import subprocess
import sys

import pytest
from expressions import WORDS, conditions, symbolic, trees
from hypothesis import given, settings
from hypothesis import strategies as st
from panels import random_panel, random_trees

from dfqgp.errors import ExpressionError, UnitError
from dfqgp.expr import parse, render, unit_of

PANEL = random_panel(30, 10)


@settings(max_examples=400)
@given(trees | symbolic | conditions)
def test_parse_of_render_is_identity(tree):
    assert parse(render(tree), WORDS, typed=False) is tree


@given(trees)
def test_equal_terms_are_one_object(tree):
    assert pickle.loads(pickle.dumps(tree)) is tree  # noqa: S301 -- trees travel to worker processes


def test_generated_trees_survive_text():
    for tree in random_trees(PANEL, 100):
        assert parse(render(tree), WORDS) is tree


def test_keys_are_the_same_in_every_process():
    text = "cs_rank(ts_corr(close / open, volume, 20)) * -1.5"
    code = (
        "from dfqgp.expr import parse, Vocabulary\n"
        "words = Vocabulary.named({'close': 'price', 'open': 'price', 'volume': 'shares'})\n"
        f"print(parse({text!r}, words).key)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == parse(text, WORDS).key


def test_lookback_is_the_largest_sum_along_a_path():
    tree = parse("ts_mean(ts_delay(close, 3), 5) - ts_std(close, 6)", WORDS)
    assert tree.lookback == 7
    assert tree.size == 6
    assert tree.depth == 4


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("ts_maen(close, 5)", 1, "unknown operator 'ts_maen'; expected an operator; did you mean 'ts_mean'?"),
        ("close + clsoe", 9, "unknown name 'clsoe'; expected a feature or a group; did you mean 'close'?"),
        ("ts_mean(close)", 1, "ts_mean with 1 arguments; expected 2: ts_mean(x, w)"),
        ("ts_mean(close, 0)", 16, "'0'; expected a whole number from 1 to 10000 in ts_mean(x, w)"),
        ("ts_corr(close, open, 2)", 22, "'2'; expected a whole number from 3"),
        ("ts_mean(close, 2.5)", 16, "'2.5'; expected a whole number"),
        ("ts_mean(close, open)", 16, "'open'; expected a whole number"),
        ("ts_mean(close, True)", 16, "'True'; expected a whole number"),
        ("group_demean(close, sector)", 21, "'sector'; expected a group"),
        ("group_demean(close, industri)", 21, "did you mean 'industry'?"),
        ("industry + close", 1, "group 'industry'; expected a numeric expression"),
        ("industry", 1, "group 'industry'; expected a numeric expression"),
        ("ts_mean", 1, "operator 'ts_mean' without arguments"),
        ("close ** 2", 7, "'**'; expected pow(x, k) with a number k, or power(x, y)"),
        ("(close)^(2)", 8, "'^'; expected pow(x, k)"),
        ("close != open", 7, "'!='; expected not x == y"),
        ("close < open < high", 14, "a chain of comparisons; expected one comparison per level"),
        ("(close < open ? 1 : 2)", 1, "'?' in '(close < open ? 1 : 2)'; expected if_else(condition, x, y)"),
        ("close.real", 1, "unknown name 'close.real'; expected a feature or a group; did you mean 'close'?"),
        ("$close", 1, "unknown name '$close'; expected a feature or a group; did you mean 'close'?"),
        ("(lambda: 1)()", 8, "':'; expected an operator such as + or <, or a comma or a closing bracket"),
        ("ts_mean(x=close, w=5)", 10, "'='; expected == to compare; arguments are given by place, not by name"),
        ("close +", 8, "the end of the text; expected an expression: a name, a number"),
        ("ts_mean(close, 5", 17, "the end of the text; expected an operator such as + or <, or a comma or a closing"),
        ("close open", 7, "'open'; expected an operator such as + or <, or the end"),
        ("ts_mean(close，5)", 14, "'，'; expected its plain form ','"),
        ("close andopen", 7, "'andopen'; expected an operator"),
        ("", 1, "an empty text; expected an expression"),
        (" \n", 1, "an empty text; expected an expression"),
        ("'close'", 1, "expected a name, a number"),
        ("True", 1, "unknown name 'True'; expected a feature or a group"),
        ("1e40 * close", 1, "expected a number that float32 can hold"),
        ("9" * 400, 1, "expected a number that float32 can hold"),
        ("close # why", 7, "a comment; expected an expression alone"),
        ("1e999 * close", 1, "expected a number that float32 can hold"),
        ("  clsoe", 3, "did you mean 'close'?"),
    ],
)
def test_mistakes_are_placed_and_named(text, position, message):
    with pytest.raises(ExpressionError) as caught:
        parse(text, WORDS)
    assert message in str(caught.value)
    assert caught.value.details["position"] == position


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(" * 5_000 + "close" + ")" * 5_000, "a text of 10005 characters; expected at most 10000"),
        ("(" * 4_000 + "close" + ")" * 4_000, "position 65: 65 nested brackets; expected at most 64"),
        ("ts_mean(" * 65 + "close", "65 nested brackets"),
        ("x" * 20_000, "a text of 20000 characters; expected at most 10000"),
        ("close" + "+close" * 1_500, "level 65 of a tree of 1501 levels; expected at most 64"),
        ("-" * 4_000 + "close", "position 65: level 65 of a tree of 4001 levels"),
        ("-" * 4_000 + "1", "level 65 of a tree of 4000 levels"),
        ("~" * 350 + "close", "position 65: level 65 of a tree of 351 levels"),
        ("not " * 350 + "close", "position 257: level 65 of a tree of 351 levels"),
        ("close" + ".real" * 900, "unknown name 'close.real.real"),
        ("close" + "**2" * 400, "level 65 of a tree of 401 levels"),
        ("1 ? 2 : " * 400 + "3", "level 65 of a tree of 401 levels"),
        ("0" * 9_000 + "1e400", "a number that float32 can hold"),
        ("ts_mean(close, " + "1" * 9_000 + ")", "expected a number that float32 can hold"),
        ("f" * 9_000 + "(close)", "unknown operator 'ffff"),
        ("group_demean(close, " + "g" * 9_000 + ")", "expected a group in group_demean(x, g)"),
        ("ts_mean(close, " + " + ".join(["close"] * 60) + ")", "expected a whole number"),
        ("\u0661" * 40, "position 1: '\u0661'; expected a name"),
        ("close \x00", r"'\x00'; expected a name"),
        ("close \ud800", r"'\ud800'; expected a name"),
        (b"close", "a value of type bytes; expected a text such as 'cs_rank(close)'"),
        (None, "a value of type NoneType; expected a text"),
        (["close"], "a value of type list; expected a text"),
    ],
)
def test_absurd_texts_are_refused_in_a_few_words(text, message):
    with pytest.raises(ExpressionError) as caught:
        parse(text, WORDS)
    assert message in str(caught.value)
    assert len(str(caught.value)) < 2_000


def test_the_message_of_a_unit_error_is_bounded():
    with pytest.raises(UnitError) as caught:
        parse(" + ".join(["volume * close * close * close * close * close"] * 55) + " + close", WORDS)
    assert len(str(caught.value)) < 2_000


def test_a_caret_stands_under_its_place_in_a_long_text():
    text = " + ".join(["close"] * 30 + ["clsoe"] + ["close"] * 30)
    with pytest.raises(ExpressionError) as caught:
        parse(text, WORDS)
    _, shown, caret = str(caught.value).splitlines()
    assert shown[caret.index("^") :].startswith("clsoe")
    assert caught.value.details["position"] == text.index("clsoe") + 1


@given(st.text(max_size=40))
def test_no_text_gets_past_the_parser_unexplained(text):
    with contextlib.suppress(ExpressionError, UnitError):
        parse(text, WORDS)


def test_units_are_checked_unless_told_not_to():
    with pytest.raises(UnitError, match="add got price and shares, expected equal units"):
        parse("close + volume", WORDS)
    with pytest.raises(UnitError, match="log got shares, expected a ratio"):
        parse("log(volume)", WORDS)
    assert parse("close + volume", WORDS, typed=False).size == 3
    assert str(unit_of(parse("amount / volume - close", WORDS), WORDS)) == "price"
    assert str(unit_of(parse("sqrt(close * close)", WORDS), WORDS)) == "price"
