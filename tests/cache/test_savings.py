"""Formulas of files and libraries, and what a cache is measured to save of them."""

import pytest
from panels import random_panel, random_trees

from dfqgp import Panel
from dfqgp.backends import BackendSettings, open_backend
from dfqgp.cache import (
    Costs,
    Entries,
    StoredValues,
    materialize,
    measure_costs,
    measure_savings,
    plan_cache,
    read_costs,
    read_formulas,
    scope_of,
    trees_of,
)
from dfqgp.cache.arrays import file_bytes
from dfqgp.errors import CacheError, ConfigError, StoreError
from dfqgp.expr import Call, Vocabulary, operators_of
from dfqgp.sources import SyntheticSettings, open_source

PANEL = random_panel(60, 30)
WORDS = Vocabulary.of(PANEL)
BACKEND = open_backend(BackendSettings(name="cpu", threads=2))


def test_a_file_of_formulas_is_read_as_seeds_are(tmp_path):
    path = tmp_path / "formulas.txt"
    path.write_text("# mine\nts_mean(close, 5)\n\n# dialect: qlib\nMean($close, 5)\nMean($rare, 5)\n", encoding="utf-8")
    trees, failures = trees_of(read_formulas(path), WORDS)
    assert list(map(repr, trees)) == ["ts_mean(close, 5)"]
    assert list(failures) == [f"{path}:6"]
    assert "rare" in failures[f"{path}:6"]


def test_a_table_of_formulas_is_read_by_its_column(tmp_path):
    path = tmp_path / "formulas.csv"
    path.write_text('name,expression\nA,"Mean($close, 5)"\n', encoding="utf-8")
    trees, failures = trees_of(read_formulas(path, "qlib"), WORDS)
    assert (list(map(repr, trees)), failures) == (["ts_mean(close, 5)"], {})
    path.write_text("name,text\n", encoding="utf-8")
    with pytest.raises(CacheError, match="expected a column formula or expression"):
        read_formulas(path)


@pytest.mark.parametrize(("name", "error"), [("none.csv", CacheError), ("none.txt", ConfigError)])
def test_a_file_that_is_not_there_is_named(name, error, tmp_path):
    with pytest.raises(error, match=name):
        read_formulas(tmp_path / name)


def test_measured_savings_are_what_the_engine_did_not_compute(tmp_path):
    trees = [tree for tree in random_trees(PANEL, 20, seed=6) if isinstance(tree, Call)]
    scope = scope_of(PANEL, "semantics", BACKEND)
    entries = Entries(tmp_path, scope)
    plan = plan_cache(trees, scope, 10**9)
    materialize(plan, entries, PANEL, BACKEND)
    found = measure_savings(trees, PANEL, BACKEND, StoredValues(entries))
    worth = {each.key for each in plan.entries}
    assert found.equal
    assert found.given == sum(each.uses for each in plan.entries)
    assert (found.formulas, found.hit) == (len(trees), len([tree for tree in trees if _reads(tree, worth)]))
    assert 0 <= found.computed_with < found.computed_without


def _reads(tree, keys):
    return any(node.key in keys for node in tree.walk())


def test_measured_costs_are_above_nothing_and_read_back(tmp_path):
    trees = random_trees(PANEL, 10, seed=6)
    costs = measure_costs(operators_of(trees), PANEL, BACKEND)
    assert costs.operators.keys() <= {op.name for op in operators_of(trees)}
    assert all(cost > 0 for cost in costs.operators.values())
    costs.write(tmp_path / "costs.json")
    assert read_costs(tmp_path / "costs.json") == costs


def test_costs_that_cannot_be_are_refused(tmp_path):
    with pytest.raises(CacheError, match="ts_mean"):
        Costs({"ts_mean": 0.0})
    (tmp_path / "costs.json").write_text("{}")
    with pytest.raises(CacheError, match="measure them again"):
        read_costs(tmp_path / "costs.json")
    with pytest.raises(StoreError, match=r"none\.json"):
        read_costs(tmp_path / "none.json")


def test_alpha101_hits_its_cache(formula_folder, tmp_path):
    """By the definitions: compiling the kernels of all its operators would take minutes."""
    panel = Panel.from_frame(open_source(SyntheticSettings(assets=8, days=70)).load().frame)
    backend = open_backend(BackendSettings(name="reference"))
    trees, failures = trees_of(read_formulas(formula_folder / "alpha101.csv", "alpha101"), Vocabulary.of(panel))
    assert (len(trees), failures) == (101, {})
    scope = scope_of(panel, "semantics", backend)
    entries = Entries(tmp_path, scope)
    plan = plan_cache(trees, scope, 60 * file_bytes(scope), whole=False)
    materialize(plan, entries, panel, backend)
    found = measure_savings(trees[::6], panel, backend, StoredValues(entries))
    assert found.equal
    assert found.hit > 8
    assert found.computed_with < 0.9 * found.computed_without
