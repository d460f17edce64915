"""Laws of the cache planner: the budget is held, the same set gives the same bytes, and benefits are what they say."""

import pytest
from expressions import trees
from hypothesis import given, settings
from hypothesis import strategies as st
from panels import random_panel, random_trees

from dfqgp.cache import Costs, Manifest, Scope, plan_cache
from dfqgp.cache.arrays import file_bytes
from dfqgp.cache.savings import cost_of, parts_of, savings_of
from dfqgp.errors import CacheError
from dfqgp.expr import Call, Vocabulary, call, canonicalize, field, parse
from dfqgp.ops import OPERATORS
from dfqgp.store.keys import digest_of

SCOPE = Scope("data", 2430, 800, "semantics", "cpu", "0.1.0")
SIZE = file_bytes(SCOPE)
PANEL = random_panel(60, 20)
WORDS = Vocabulary.of(PANEL)
COSTS = Costs()

sets = st.lists(trees.filter(lambda tree: isinstance(tree, Call)), min_size=1, max_size=6)
budgets = st.integers(0, 12).map(lambda entries: entries * SIZE + 17)


def total(formulas, entries=()):
    """By definition: every distinct part of a formula that is not under an entry, an entry at the price of reading."""
    cost = 0.0
    for formula in {canonicalize(each) for each in formulas}:
        seen, waiting = set(), [formula]
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                waiting.extend(() if node in entries else node.args)
        cost += sum(COSTS.read if each in entries else COSTS.of(each) for each in seen)
    return cost


def entries_of(plan):
    return {parse(each.text, WORDS, typed=False): each for each in plan.entries}


@settings(max_examples=25)
@given(sets, budgets)
def test_the_budget_is_held(formulas, budget):
    plan = plan_cache(formulas, SCOPE, budget)
    assert plan.size == sum(each.size for each in plan.entries) == len(plan.entries) * SIZE <= budget


@settings(max_examples=25)
@given(sets, budgets, st.randoms(use_true_random=False))
def test_the_order_of_formulas_and_repeated_ones_change_no_byte(formulas, budget, random):
    other = [*formulas, formulas[0]]
    random.shuffle(other)
    plan = plan_cache(formulas, SCOPE, budget)
    assert plan_cache(other, SCOPE, budget).to_bytes() == plan.to_bytes()
    assert plan.keys == digest_of(sorted({canonicalize(each).key for each in formulas}))


@settings(max_examples=25)
@given(sets, budgets)
def test_a_benefit_is_what_would_be_lost_and_above_nothing(formulas, budget):
    plan = plan_cache(formulas, SCOPE, budget)
    entries = entries_of(plan)
    now = total(formulas, entries)
    for node, entry in entries.items():
        assert entry.benefit == total(formulas, entries.keys() - {node}) - now > 0
        assert entry.key == node.key
        assert entry.cost == total([node])
    assert plan.cost == total(formulas)
    assert plan.saved == plan.cost - now >= 0


@settings(max_examples=25)
@given(sets, budgets)
def test_uses_are_the_formulas_that_read_an_entry(formulas, budget):
    entries = entries_of(plan_cache(formulas, SCOPE, budget))
    distinct = {canonicalize(each) for each in formulas}
    for node, entry in entries.items():
        assert entry.uses == sum(node in parts_of(formula, entries) for formula in distinct) > 0


@settings(max_examples=25)
@given(trees, trees)
def test_what_a_part_saves_is_what_cannot_be_reached_without_it(tree, other):
    formula = call("add", (tree, call("mul", (tree, other))))
    for node, saved in savings_of(formula, (), COSTS).items():
        assert saved == cost_of(formula, (), COSTS) - cost_of(formula, {node}, COSTS)
        assert cost_of(formula, {node}, COSTS) == total_as_it_stands(formula, {node})


def total_as_it_stands(formula, entries):
    seen, waiting = set(), [formula]
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting.extend(() if node in entries else node.args)
    return sum(COSTS.read if each in entries else COSTS.of(each) for each in seen)


def test_a_parent_that_is_read_lowers_the_uses_of_its_children():
    """Both formulas read the correlation; once one of them is on disk as a whole, one is left."""
    texts = ("cs_rank(ts_corr(close, volume, 20))", "ts_mean(ts_corr(close, volume, 20), 60)")
    formulas = [parse(text, WORDS) for text in texts]
    (child,) = plan_cache(formulas, SCOPE, SIZE, whole=False).entries
    assert (child.text, child.uses, child.benefit) == ("ts_corr(volume, close, 20)", 2, 6.0)
    both = {each.text: each.uses for each in plan_cache(formulas, SCOPE, 2 * SIZE).entries}
    assert both == {"cs_rank(ts_corr(volume, close, 20))": 1, "ts_mean(ts_corr(volume, close, 20), 60)": 1}


def test_an_entry_that_later_ones_leave_without_use_makes_room():
    """The rank has the largest gain at first, and none beside the four formulas that read it."""
    inner = "ts_median(ts_rank(close, 20), 20)"
    formulas = [parse(f"{outer}({inner})", WORDS) for outer in ("cs_rank", "cs_zscore", "cs_demean", "cs_scale")]
    (first,) = plan_cache(formulas, SCOPE, SIZE).entries
    assert (first.text, first.uses) == (inner, 4)
    assert {each.text for each in plan_cache(formulas, SCOPE, 5 * SIZE).entries} == set(map(repr, formulas))


def test_without_room_for_one_there_is_no_entry():
    formulas = random_trees(PANEL, 10)
    assert plan_cache(formulas, SCOPE, SIZE - 1).entries == ()
    assert len(plan_cache(formulas, SCOPE, SIZE).entries) == 1


def test_more_room_never_saves_less():
    formulas = random_trees(PANEL, 30, seed=5)
    saved = [plan_cache(formulas, SCOPE, count * SIZE).saved for count in range(8)]
    assert saved == sorted(saved)
    assert saved[1] > 0


@pytest.fixture
def no_median():
    """The declaration of an operator that says: a value is not to be kept."""
    median = OPERATORS["ts_median"]
    object.__setattr__(median, "cacheable", False)
    yield
    object.__setattr__(median, "cacheable", True)


@pytest.mark.usefixtures("no_median")
def test_a_value_that_may_not_be_kept_is_no_entry_nor_is_what_reads_it():
    formulas = [parse(text, WORDS) for text in ("ts_rank(close, 20)", "cs_rank(ts_median(close, 20))")]
    plan = plan_cache(formulas, SCOPE, 10 * SIZE)
    assert [each.text for each in plan.entries] == ["ts_rank(close, 20)"]


def test_measured_costs_take_the_place_of_declared_ones():
    formulas = [parse("ts_mean(close, 20)", WORDS), parse("ts_max(close, 20)", WORDS)]
    costs = Costs({"ts_mean": 4.0, "ts_max": 9.5}, read=1.0)
    plan = plan_cache(formulas, SCOPE, SIZE, costs)
    assert [(each.text, each.cost, each.benefit) for each in plan.entries] == [("ts_max(close, 20)", 9.5, 8.5)]
    assert plan.cost == 13.5


def test_what_is_dearer_to_read_than_to_compute_is_no_entry():
    assert plan_cache([parse("close + open", WORDS), field("close")], SCOPE, 10 * SIZE).entries == ()


def test_a_negative_budget_is_refused():
    with pytest.raises(CacheError, match="budget: got -1, expected 0 or more"):
        plan_cache([field("close")], SCOPE, -1)


@settings(max_examples=25)
@given(sets)
def test_a_manifest_reads_back_and_shows_damage(formulas):
    plan = plan_cache(formulas, SCOPE, 5 * SIZE)
    data = plan.to_bytes()
    assert Manifest.from_bytes(data) == plan
    with pytest.raises(CacheError, match="plan again"):
        Manifest.from_bytes(data.replace(b'"formulas": ', b'"formulas": 1'))
