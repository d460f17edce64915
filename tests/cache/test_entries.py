"""Laws of entries on disk: what is torn, changed or of another scope is never read, and what is read changes no bit."""

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from expressions import trees
from hypothesis import given, settings
from hypothesis import strategies as st
from panels import random_panel, random_trees

from dfqgp.backends import BackendSettings, open_backend
from dfqgp.cache import Entries, StoredValues, materialize, plan_cache, scope_of
from dfqgp.cache.arrays import file_bytes
from dfqgp.engine import Engine, EngineSettings
from dfqgp.errors import CacheError, StoreError
from dfqgp.expr import Call, call, field

PANEL = random_panel(90, 40)
BACKEND = open_backend(BackendSettings(name="cpu", threads=2))
TREES = [tree for tree in random_trees(PANEL, 25, seed=4) if isinstance(tree, Call)]
SCOPE = scope_of(PANEL, "semantics", BACKEND)
PLAIN = Engine(PANEL, BACKEND).evaluate(TREES)
PLAN = plan_cache(TREES, SCOPE, 12 * 4 * 90 * 40)


@pytest.fixture
def entries(tmp_path):
    """A cache in which the plan is materialised."""
    found = Entries(tmp_path / "cache", SCOPE)
    outcome = materialize(PLAN, found, PANEL, BACKEND)
    assert len(outcome.written) == len(found.there()) == len(PLAN.entries) > 5
    return found


def evaluated(entries, panel=PANEL, trees=TREES):
    values = StoredValues(entries)
    return Engine(panel, BACKEND, given=values).evaluate(trees), values


def files_of(entries):
    return sorted(path for path in entries.folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def test_an_evaluation_reads_entries_and_changes_no_bit(entries):
    found, values = evaluated(entries)
    np.testing.assert_array_equal(found, PLAIN)
    uses = {each.key: each.uses for each in PLAN.entries}
    assert values.hits.keys() <= uses.keys()
    assert len(values.hits) > 5


@settings(max_examples=10)
@given(st.lists(trees, min_size=1, max_size=4), st.integers(0, 8), st.integers(10, 30))
def test_any_trees_are_evaluated_to_the_same_bits(roots, count, rows):
    """Whatever is planned of them, over the whole panel and over its first rows."""
    panel, backend = random_panel(30, 6), open_backend(BackendSettings(name="reference"))
    scope = scope_of(panel, "semantics", backend)
    plan = plan_cache(roots, scope, count * file_bytes(scope))
    with TemporaryDirectory() as folder:
        entries = Entries(Path(folder), scope)
        materialize(plan, entries, panel, backend)
        values = StoredValues(entries)
        short = panel.rows(0, rows)
        found = Engine(short, backend, given=values.first_rows(rows)).evaluate(roots)
        np.testing.assert_array_equal(found, Engine(short, backend).evaluate(roots))
        assert not values.refused


def test_the_files_keep_the_budget(entries):
    values = [path.stat().st_size for path in files_of(entries) if path.suffix == ".npy"]
    assert sum(values) == PLAN.size <= PLAN.budget
    assert all(size == each.size for size, each in zip(values, PLAN.entries, strict=True))


def test_the_first_rows_serve_a_shorter_panel(entries):
    """No value depends on later rows, and no later row is handed out."""
    short = PANEL.rows(0, 60)
    values = StoredValues(entries).first_rows(60)
    found = Engine(short, BACKEND, given=values).evaluate(TREES)
    np.testing.assert_array_equal(found, Engine(short, BACKEND).evaluate(TREES))
    np.testing.assert_array_equal(found, PLAIN[:, :60])


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def truncate(path):
    path.write_bytes(path.read_bytes()[:-7])


def forge(path):
    """Another value under the name of this one, whole and with a digest that fits: its record is of another key."""
    if path.suffix == ".json":
        entry = json.loads(path.read_text())
        path.write_text(json.dumps(entry | {"key": "0" * 32}))
    else:
        np.save(path, np.zeros((90, 40), dtype=np.float32))


def empty(path):
    path.write_bytes(b"")


def unlink(path):
    path.unlink()


@pytest.mark.parametrize("damage", [flip, truncate, forge, empty, unlink])
@pytest.mark.parametrize("name", ["values.npy", "entry.json"])
def test_a_damaged_entry_is_never_read_and_is_rebuilt(damage, name, entries, caplog):
    chosen = sorted(entries.there())[0]
    damage(entries.folder / chosen / name)
    with pytest.raises(StoreError):
        entries.load(chosen)
    found, values = evaluated(entries)
    np.testing.assert_array_equal(found, PLAIN)
    assert chosen not in values.hits
    outcome = materialize(PLAN, entries, PANEL, BACKEND)
    assert (len(outcome.rebuilt), len(outcome.written), len(outcome.valid)) == (1, 0, len(PLAN.entries) - 1)
    np.testing.assert_array_equal(entries.load(chosen), _by_key(chosen))


def _by_key(key):
    node = next(node for tree in TREES for node in tree.walk() if node.key == key)
    return Engine(PANEL, BACKEND).evaluate([node])[0]


def one_cell(panel):
    close = np.array(panel.field("close"))
    close[3, 4] += 1
    return replace(panel, fields={**panel.fields, "close": close})


def universe(panel):
    mask = np.array(panel.universe)
    mask[5, 6] ^= True
    return replace(panel, universe=mask)


def shorter(panel):
    return panel.rows(0, 89)


def later(panel):
    return panel.rows(1, 90)


@pytest.mark.parametrize("change", [one_cell, universe, shorter, later])
def test_other_data_sees_no_entry(change, entries):
    other = Entries(entries.folder.parents[1], scope_of(change(PANEL), "semantics", BACKEND))
    assert other.there() == set()


@pytest.mark.parametrize("name", ["semantics", "backend", "package", "data"])
def test_under_other_conditions_no_entry_is_seen_nor_read(name, entries):
    """Not even where its folder was given the name of the other conditions."""
    other = Entries(entries.folder.parents[1], replace(SCOPE, **{name: "another"}))
    assert other.there() == set()
    other.folder.parent.mkdir(parents=True, exist_ok=True)
    entries.folder.rename(other.folder)
    for key in other.there():
        with pytest.raises(StoreError, match="its scope is"):
            other.load(key)


def test_an_entry_under_the_name_of_another_is_not_read(entries):
    first, second = sorted(entries.there())[:2]
    entries.remove(second)
    (entries.folder / first).rename(entries.folder / second)
    with pytest.raises(StoreError, match="its key is"):
        entries.load(second)


def test_what_the_plan_does_not_list_is_deleted(entries):
    less = plan_cache(TREES, SCOPE, PLAN.budget // 3)
    outcome = materialize(less, entries, PANEL, BACKEND)
    assert entries.there() == {each.key for each in less.entries}
    assert len(outcome.removed) >= len(PLAN.entries) - len(less.entries) > 0


def test_materialising_twice_writes_nothing(entries):
    before = {path: path.stat().st_mtime_ns for path in files_of(entries)}
    assert len(materialize(PLAN, entries, PANEL, BACKEND).valid) == len(PLAN.entries)
    assert {path: path.stat().st_mtime_ns for path in files_of(entries)} == before


def test_a_plan_for_other_data_is_refused(tmp_path):
    other = Entries(tmp_path, replace(SCOPE, data="other"))
    with pytest.raises(CacheError, match="plan again for this data"):
        materialize(PLAN, other, PANEL, BACKEND)


def test_what_does_not_fit_the_memory_is_a_failure_with_its_reason(tmp_path):
    """The others are written."""
    wide = call("add", (call("mul", (TREES[0], TREES[1])), call("mul", (TREES[2], TREES[3]))))
    small = call("ts_mean", (field("close"),), (5,))
    plan = plan_cache([wide, small], SCOPE, 10 * 4 * 90 * 41)
    entries = Entries(tmp_path, SCOPE)
    outcome = materialize(plan, entries, PANEL, BACKEND, EngineSettings(budget=2 * 4 * 90 * 40))
    assert outcome.written == ["ts_mean(close, 5)"]
    assert len(entries.there()) == 1
    assert outcome.failures
    assert all("engine.budget" in reason for reason in outcome.failures.values())


def test_a_plan_with_names_that_the_panel_lacks_is_a_failure(tmp_path):
    plan = plan_cache([call("ts_rank", (field("rare"),), (20,))], SCOPE, 10**6)
    outcome = materialize(plan, Entries(tmp_path, SCOPE), PANEL, BACKEND)
    assert list(outcome.failures) == ["ts_rank(rare, 20)"]


def test_a_matrix_of_another_shape_is_refused(tmp_path):
    with pytest.raises(StoreError, match="expected float32"):
        Entries(tmp_path, SCOPE).save(TREES[0], np.zeros((2, 2), dtype=np.float32))


def test_a_change_of_what_plans_evaluations_is_another_scope(monkeypatch):
    """A warm-up is written into plans: the sources of the engine decide bits as kernels do."""
    monkeypatch.setattr("dfqgp.cache.scope.semantics_digest", lambda folders: f"changed {folders}")
    other = scope_of(PANEL, "semantics", BACKEND)
    assert other.key != SCOPE.key
    assert "engine" in other.package
