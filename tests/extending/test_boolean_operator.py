"""A boolean operator and its reader, from their file to the search; types hold with and without units."""

from pathlib import Path

import numpy as np
import operator_laws as laws
import pytest
from panels import random_panel, random_trees

from dfqgp.backends import BackendSettings, open_backend
from dfqgp.engine import Engine
from dfqgp.errors import ExpressionError, UnitError
from dfqgp.expr import Vocabulary, is_boolean, parse, unit_of
from dfqgp.gp import Evolution, GpSettings
from dfqgp.ops import OPERATORS, use_operators
from dfqgp.ops.units import BOOLEAN

FILE = Path(__file__).with_name("boolean_operator.py")
PANEL = random_panel(60, 30)
WORDS = Vocabulary.of(PANEL)


@pytest.fixture(autouse=True)
def _declared():
    use_operators([FILE])
    yield
    use_operators([])


@pytest.mark.parametrize("name", ["exceeds", "either"])
def test_every_law_holds_on_every_backend(name, backend, reference):
    laws.check_all(OPERATORS[name], backend, reference, exact=True)


def test_it_evaluates_and_has_a_type():
    node = parse("either(exceeds(close, open), returns, -returns)", WORDS)
    assert is_boolean(node.args[0])
    assert unit_of(node.args[0], WORDS) == BOOLEAN
    value = Engine(PANEL, open_backend(BackendSettings(threads=1))).evaluate([node])[0]
    close, open_, returns = (PANEL.field(name) for name in ("close", "open", "returns"))
    expected = np.where(close > open_, returns, -returns)
    np.testing.assert_array_equal(value, np.where(np.isnan(close) | np.isnan(open_), np.nan, expected))


@pytest.mark.parametrize("typed", [True, False])
def test_types_hold_whether_units_count_or_not(typed):
    for text, message in (
        ("either(close, open, low)", "position 8: numeric 'close'; expected a boolean expression"),
        ("exceeds(close, open) + 1", "position 1: boolean 'exceeds.close, open.'; expected a numeric expression"),
        ("ts_mean(exceeds(close, open), 5)", "position 9: boolean"),
        ("either(industry, open, low)", "position 8: group 'industry'; expected a boolean expression"),
    ):
        with pytest.raises(ExpressionError, match=message):
            parse(text, WORDS, typed=typed)


def test_units_of_the_numeric_arguments_count():
    with pytest.raises(UnitError, match="price and shares"):
        parse("exceeds(close, volume)", WORDS)
    with pytest.raises(UnitError, match="price and shares"):
        parse("either(exceeds(close, open), close, volume)", WORDS)


USED = ("exceeds", "either", "neg", "sub", "ts_mean", "ts_corr", "cs_rank")


@pytest.mark.parametrize("typed", [True, False])
def test_a_search_uses_them_and_every_tree_is_numeric(typed):
    settings = GpSettings(population=60, elites=5, windows=(3, 5), max_lookback=30, typed=typed, operators=USED)
    search = Evolution(WORDS, settings, [1])
    seen = []
    for _ in range(3):
        nodes = search.ask()
        seen += nodes
        search.tell(nodes, [float(sum("either" in repr(part) for part in node.walk())) for node in nodes])
    assert not any(map(is_boolean, seen))
    for node in seen:
        assert parse(repr(node), WORDS, typed=typed) is node
    assert sum("either(exceeds(" in repr(node) for node in seen) > 10


def test_random_trees_without_a_reader_of_booleans_hold_none():
    assert not any("exceeds(" in repr(tree) for tree in random_trees(PANEL, 20, operators=("exceeds", "neg", "add")))
