"""Laws of texts and trees, and what a mistake is answered with."""

import contextlib
import pickle
import subprocess
import sys

import pytest
from expressions import WORDS, trees
from hypothesis import given
from hypothesis import strategies as st
from panels import random_panel, random_trees

from dfqgp.errors import ExpressionError, UnitError
from dfqgp.expr import parse, render, unit_of

PANEL = random_panel(30, 10)


@given(trees)
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
        ("close ** 2", 1, "expected a name, a number, a function call or + - * /"),
        ("close.real", 1, "'close.real'"),
        ("(lambda: 1)()", 1, "expected a name, a number"),
        ("ts_mean(x=close, w=5)", 1, "expected a name, a number"),
        ("close +", 7, "invalid syntax"),
        ("", 1, "expected an expression"),
        ("close < open", 1, "expected a name"),
        ("'close'", 1, "expected a name, a number"),
        ("True", 1, "expected a name, a number"),
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


def test_absurd_texts_are_refused():
    for text in ("(" * 5_000 + "close" + ")" * 5_000, "close" + "+close" * 3_000, "-" * 4_000 + "close", "x" * 20_000):
        with pytest.raises(ExpressionError):
            parse(text, WORDS)


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
