"""An operator with three panels and a real parameter, from its file to the search, without a change elsewhere."""

from pathlib import Path

import operator_laws as laws
import pytest
from panels import random_panel, random_trees

from dfqgp.errors import ExpressionError, UnitError
from dfqgp.expr import Vocabulary, canonicalize, parse, render
from dfqgp.ops import OPERATORS, use_operators

FILE = Path(__file__).with_name("three_panels.py")
PANEL = random_panel(60, 30)
WORDS = Vocabulary.of(PANEL)
TEXT = "ts_basket_spread(close, open, low, 5, 0.25)"


@pytest.fixture(autouse=True)
def op():
    use_operators([FILE])
    yield OPERATORS["ts_basket_spread"]
    use_operators([])


def test_every_law_holds_on_every_backend(op, backend, reference):
    laws.check_all(op, backend, reference)


def test_texts_go_there_and_back():
    node = parse(TEXT, WORDS)
    assert node.literals == (5, 0.25)
    assert node.lookback == 4
    assert render(node) == TEXT
    assert parse(repr(node), WORDS) is node
    assert canonicalize(node) is node


def test_what_cannot_be_meant_is_refused_where_it_stands():
    with pytest.raises(ExpressionError, match=r"position 39: '1.5'; expected a number from 0 to 1 in ts_basket_spread"):
        parse(TEXT.replace("0.25", "1.5"), WORDS)
    with pytest.raises(ExpressionError, match="with 4 arguments; expected 5"):
        parse("ts_basket_spread(close, open, low, 5)", WORDS)
    with pytest.raises(UnitError, match="price and price and shares"):
        parse(TEXT.replace("low", "volume"), WORDS)


def test_random_trees_draw_it_and_its_parameters():
    trees = random_trees(PANEL, 30, operators=("ts_basket_spread", "neg"))
    drawn = {part.literals for tree in trees for part in tree.walk() if getattr(part, "op", None)
             is OPERATORS["ts_basket_spread"]}  # fmt: skip
    assert {share for _, share in drawn} == {0.5, 1.0}
    assert {w for w, _ in drawn} <= {3, 5, 10}
