"""Laws of units: exact algebra, one object a unit, and errors that say how to go on."""

import pickle
from fractions import Fraction

import pytest
from expressions import trees
from hypothesis import given
from hypothesis import strategies as st

from dfqgp.errors import UnitError
from dfqgp.expr import Vocabulary, canonicalize, panel_args, parse, unit_of
from dfqgp.expr.node import Call
from dfqgp.ops.units import BOOLEAN, PRICE, RATIO, UNITS, Unit

WORDS = Vocabulary.named(
    {"open": "price", "high": "price", "low": "price", "close": "price", "volume": "shares", "amount": "currency",
     "returns": "ratio", "turnover": "ratio"},
    ["industry"],
)  # fmt: skip

powers = st.builds(Fraction, st.integers(-6, 6), st.integers(1, 6))
units = st.builds(Unit, powers, powers, powers)


@given(units, units, powers)
def test_the_algebra_is_that_of_the_powers(one, other, exponent):
    assert (one * other).powers == tuple(a + b for a, b in zip(one.powers, other.powers))
    assert (one / other).powers == tuple(a - b for a, b in zip(one.powers, other.powers))
    assert one.power(exponent).powers == tuple(a * exponent for a in one.powers)
    assert (one < other) is (one.powers < other.powers)


@given(units, units)
def test_equal_units_are_one_object(one, other):
    assert one * other is other * one
    assert one / one is RATIO
    assert one.power(2).power(Fraction(1, 2)) is one
    assert pickle.loads(pickle.dumps(one)) is one  # noqa: S301 -- its own
    assert (one is other) is (one.powers == other.powers)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("pow(close, 2.0)", PRICE.power(2)),
        ("pow(close, 0.5)", PRICE.power(Fraction(1, 2))),
        ("pow(close, 0.1)", PRICE.power(Fraction(1, 10))),
        ("ts_var(close, 5)", PRICE.power(2)),
        ("ts_cov(close, volume, 5)", UNITS["currency"]),
        ("ts_beta(close, volume, 5)", PRICE / UNITS["shares"]),
        ("inv(close)", PRICE.power(-1)),
        ("if_else(gt(close, open), close, open)", PRICE),
        ("ts_count(lt(close, open), 5)", RATIO),
        ("lt(close, open)", BOOLEAN),
        ("group_std(close, industry)", PRICE),
        ("group_scale(close, industry)", RATIO),
    ],
)
def test_units_of_operators_that_read_numbers_or_change_units(text, unit):
    assert unit_of(parse(text, WORDS), WORDS) is unit


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("close + volume", ("add got price and shares", "cs_rank(close) + cs_rank(volume)")),
        ("ts_mean(log(close), 5)", ("log got price", "log(close / ts_mean(close, 20))")),
        ("close - 1", ("sub got price and ratio", "close / ts_mean(close, 20) - 1")),
        ("if_else(lt(low, open), amount, volume)", ("if_else got boolean and currency and shares", "cs_rank(amount)")),
        ("ts_product(volume, 5)", ("ts_product got shares", "ts_product(volume / ts_mean(volume, 20), 5)")),
        ("power(close, turnover)", ("power got price and ratio", "power(close / ts_mean(close, 20), turnover)")),
    ],
)  # fmt: skip
def test_a_mismatch_names_the_part_both_units_and_a_repair(text, said):
    with pytest.raises(UnitError) as caught:
        parse(text, WORDS)
    for words in (*said, "typed=False"):
        assert words in str(caught.value)


def refusal(tree):
    try:
        unit_of(tree, WORDS)
    except UnitError as error:
        return str(error)
    return ""


@given(trees)
def test_every_repair_agrees_and_every_message_is_short(tree):
    message = refusal(tree)
    assert len(message) < 2000
    repair = message.split("rank it: ")[-1].split("take a ratio: ")[-1].split(", or turn the unit check")[0]
    if not message or "..." in repair or "compare to make" in repair:
        return
    letters = Vocabulary(WORDS.fields | {"x": PRICE, "y": PRICE, "z": PRICE}, WORDS.groups)
    unit_of(parse(repair, letters, typed=False), letters)


@given(trees)
def test_what_is_kept_with_nodes_is_what_the_rules_say(tree):
    def slowly(node):
        if not isinstance(node, Call):
            return WORDS.fields[node.name] if hasattr(node, "name") else RATIO
        below = [slowly(arg) for arg in panel_args(node)]
        if None in below:
            return None
        numeric = [unit for unit, each in zip(below, node.op.panels) if each.role.name == "PANEL"]
        if any((unit is BOOLEAN) is not (each.role.name == "BOOLEAN") for unit, each in zip(below, node.op.panels)):
            return None
        made = node.op.unit.result(numeric, node.literals)
        return BOOLEAN if node.op.boolean and made is not None else made

    for _ in range(2):
        try:
            found = unit_of(tree, WORDS)
        except UnitError:
            found = None
        assert found is slowly(tree)


@given(trees)
def test_the_canonical_form_of_a_tree_that_agrees_has_its_unit(tree):
    try:
        unit = unit_of(tree, WORDS)
    except UnitError:
        return
    assert unit_of(canonicalize(tree), WORDS) is unit


def test_vocabularies_of_other_units_do_not_share_what_is_kept():
    node = parse("close", WORDS)
    for unit in UNITS.values():
        assert unit_of(node, Vocabulary({"close": unit})) is unit
    turned = Vocabulary(dict(reversed(WORDS.fields.items())), WORDS.groups)
    assert turned.token == WORDS.token
