"""DolphinDB code is compared with texts that were read against the reference of its functions; it is not run."""

import pytest
from dolphindb_texts import TEXTS
from written import one_of

import dfqgp as dq
from dfqgp.errors import WriteError
from dfqgp.expr import call, field, parse
from dfqgp.expr.dialects.writers.dolphindb import RULES
from dfqgp.expr.dialects.writers.rules import Refusal
from dfqgp.expr.vocabulary import Vocabulary

WORDS = Vocabulary.named(dict.fromkeys("xyz", "ratio"), ["industry"])


@pytest.mark.parametrize("name", TEXTS)
def test_an_operator_is_written_with_the_functions_of_the_reference(name):
    literals, text = TEXTS[name]
    tree, (*statements, last) = one_of(name, literals), text.split("; ")
    cut = f"move(move({last}, -{tree.lookback}), {tree.lookback})" if tree.lookback else last
    body = "".join(f"    {line}\n" for line in [*statements, f"return {cut}"])
    assert dq.render(tree, dialect="dolphindb").partition(" {\n")[2] == f"{body}}}\n"


def test_each_written_operator_has_its_text():
    refused = {name for name, rule in RULES.items() if isinstance(rule, Refusal)}
    assert set(TEXTS) == set(RULES) - refused


def test_the_universe_is_an_argument_where_days_are_looked_at():
    assert "def factor(x, inUniverse) {" in dq.render(parse("cs_rank(x)", WORDS), dialect="dolphindb")
    assert "def factor(x, y) {" in dq.render(parse("x + y", WORDS), dialect="dolphindb")


def test_signs_stand_in_brackets():
    code = dq.render(parse("x * -2 - -y", WORDS), dialect="dolphindb")
    assert "return x * (-2) - neg(y)" in code


@pytest.mark.parametrize(
    ("tree", "reason"),
    [
        (call("ts_mean", (field("x"),), (1,)), "windows have at least 2 days there"),
        (call("ts_ema", (field("x"),), (300,)), "mavg takes at most 1024 weights, not 1200"),
        (call("neg", (field("select"),)), "it is no name of a variable there"),
    ],
)
def test_what_the_functions_do_not_take_is_refused(tree, reason):
    with pytest.raises(WriteError, match=reason):
        dq.render(tree, dialect="dolphindb")
