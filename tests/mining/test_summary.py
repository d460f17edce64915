"""Laws of the table: best first, turned to predict upwards, nothing lost."""

from __future__ import annotations

import io

from rich.console import Console

from dfqgp.expr import Vocabulary, parse
from dfqgp.library import Member, Snapshot
from dfqgp.mining.summary import library_table

WORDS = Vocabulary.named({"close": "price", "open": "price"})


def member(text, orientation, score, ic):
    return Member(text, parse(text, WORDS).key, orientation, score, {"ic_mean": ic, "icir": 2 * ic}, {"ic_mean": ic}, 0)


def rows(*members):
    table = library_table(Snapshot("r", members, "f", {}, 0, "0", 9, 1), WORDS)
    assert table.title == f"run r: {len(members)} factors from 9 distinct formulas"
    return list(zip(*(column.cells for column in table.columns), strict=True))


def test_members_stand_by_score_and_show_in_the_direction_in_which_they_predict():
    up, down = member("ts_mean(close, 5)", 1, 0.2, 0.03), member("close - open", -1, 0.4, -0.05)
    assert rows(up, down) == [
        ("-(close - open)", "3", "0.0500", "0.1000", "nan", "0.0500", "nan", "nan", "0.4000"),
        ("ts_mean(close, 5)", "2", "0.0300", "0.0600", "nan", "0.0300", "nan", "nan", "0.2000"),
    ]


def test_an_empty_library_is_an_empty_table():
    assert rows() == []


def test_long_expressions_are_folded_not_cut():
    text = " + ".join(["close"] * 60)
    table = library_table(Snapshot("r", (member(text, 1, 0.2, 0.03),), "f", {}, 0, "0", 9, 1), WORDS)
    console = Console(file=io.StringIO(), width=120)
    console.print(table)
    assert console.file.getvalue().count("close") == 60
