"""Readings: every operator and feature has words in every language, and different trees read differently."""

import re
from pathlib import Path
from string import Formatter

import pytest
from expressions import WORDS, trees
from hypothesis import given
from panels import random_panel, random_trees

from dfqgp.errors import ConfigError
from dfqgp.expr import call, constant, field, parse
from dfqgp.expr.readings import LANGUAGES, read
from dfqgp.features import REGISTRY
from dfqgp.features.assemble import INDUSTRY
from dfqgp.features.intraday import INTRADAY
from dfqgp.ops import OPERATORS, use_operators
from dfqgp.ops.units import BOOLEAN, UNITS

BUILT_IN = {name: op for name, op in OPERATORS.items() if op.builtin}
USERS = Path(__file__).parents[1] / "extending" / "user_operator.py"

in_each_language = pytest.mark.parametrize("name", LANGUAGES)


@in_each_language
def test_every_operator_has_a_phrase_with_its_own_arguments(name):
    phrases = LANGUAGES[name].operators
    assert set(phrases) == set(BUILT_IN)
    for operator, op in BUILT_IN.items():
        named = [part for _, part, _, _ in Formatter().parse(phrases[operator]) if part is not None]
        assert sorted(named) == sorted(each.name for each in op.arguments), operator
    assert len(set(phrases.values())) == len(phrases)


@in_each_language
def test_every_feature_group_and_unit_has_a_name(name):
    language = LANGUAGES[name]
    assert set(language.names) == {feature.name for feature in (*REGISTRY, *INTRADAY)} | {INDUSTRY}
    assert len(set(language.names.values())) == len(language.names)
    assert set(language.units) == {*UNITS, str(BOOLEAN)}


def test_languages_have_the_same_labels_with_the_same_figures():
    first, *others = (
        {key: sorted(part or "" for _, part, _, _ in Formatter().parse(text)) for key, text in each.labels.items()}
        for each in LANGUAGES.values()
    )
    figures = {key: set(parts) - {""} for key, parts in first.items()}
    assert all({key: set(parts) - {""} for key, parts in other.items()} == figures for other in others)


@in_each_language
def test_different_trees_read_differently(name):
    several = random_trees(random_panel(2, 2), 1500, max_depth=6)
    assert len({read(tree, name) for tree in several}) == len(several)


@in_each_language
@given(tree=trees)
def test_steps_are_defined_before_they_are_read_and_each_is_read(name, tree):
    steps = read(tree, name).split("\n")
    for number, line in enumerate(steps[:-1], start=1):
        assert line.startswith(f"[{number}] ")
        assert f"[{number}]" in "\n".join([*steps[number:]])
    for number, line in enumerate(steps, start=1):
        own = 1 if number < len(steps) else 0
        assert all(int(found) < number for found in re.findall(r"\[(\d+)\]", line)[own:])
    assert len(steps) == 1 or tree.depth > 3


@in_each_language
@given(tree=trees)
def test_a_line_is_nested_two_deep_at_most(name, tree):
    opening, closing = LANGUAGES[name].brackets
    for line in read(tree, name).split("\n"):
        depths = [0]
        for character in line:
            depths.append(depths[-1] + (character == opening) - (character == closing))
        assert depths[-1] == 0
        assert max(depths) <= 1 or (tree.depth <= 3 and max(depths) <= 2)
        assert "{" not in line


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        ("close", "close", "收盘价"),
        ("close - open", "close minus open", "收盘价减开盘价"),
        ("ts_mean(close - open, 5)", "the 5-day mean of (close minus open)", "（收盘价减开盘价）的5日均值"),
        (
            "ts_corr(ts_mean(close, 5), volume, 20)",
            "the 20-day correlation of (the 5-day mean of close) and volume",
            "（收盘价的5日均值）与成交量的20日相关系数",
        ),
        (
            "-group_demean(cs_rank(turnover), industry)",
            "[1] the distance from the day's industry mean of the day's rank of turnover rate\nthe opposite of [1]",
            "[1] 换手率的当日横截面排名的当日行业内去均值结果\n[1]的相反数",
        ),
        (
            "ts_delta(ts_std(returns, 5), 5) / ts_std(returns, 5)",
            "[1] the 5-day standard deviation of daily return\n(the 5-day change of [1]) over [1]",
            "[1] 日收益率的5日标准差\n（[1]的5日差分）除以[1]",
        ),
    ],
)
def test_readings_are_what_a_person_would_say(text, english, chinese):
    tree = parse(text, WORDS)
    assert read(tree) == english
    assert read(tree, "zh") == chinese


def test_sharing_keeps_a_tree_of_2_to_the_power_60_short():
    node = field("close")
    for _ in range(60):
        node = call("max2", (node, node))
    assert len(read(node).split("\n")) == 60
    number = constant(2)
    for _ in range(60):
        number = call("max2", (number, number))
    assert len(read(number)) < 10_000


@in_each_language
def test_a_users_operator_is_read_by_its_docstring(name):
    use_operators([USERS])
    try:
        said = read(parse("ts_mean(imbalance(close, open), 5)", WORDS), name)
    finally:
        use_operators([])
    names = LANGUAGES[name].names
    assert f"imbalance({names['close']}, {names['open']})" in said
    colon = LANGUAGES[name].labels["colon"]
    assert said.endswith(f"\nimbalance(x, y){colon}Difference over the sum of absolute values, in [-1, 1].")


def test_a_feature_without_a_word_is_its_name():
    assert read(field("my_column"), "zh") == "my_column"


def test_another_language_is_an_error():
    with pytest.raises(ConfigError, match=r"language: got 'fr', expected one of en, zh"):
        read(field("close"), "fr")
