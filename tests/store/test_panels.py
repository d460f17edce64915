from __future__ import annotations

import dataclasses
import json
import logging
import os
import subprocess
import sys

import numpy as np
import pytest

from dfqgp.errors import StoreError
from dfqgp.panel import Panel
from dfqgp.store import load_or_build, load_panel, save_panel
from dfqgp.store import manifest as manifests
from dfqgp.store.manifest import Manifest

PARTS = {"source": "abc", "days": 60, "units": ("a", "b")}


def make_panel(seed=0, rows=20, *, size=True, sellable=True):
    rng = np.random.default_rng(seed)
    shape = (rows, 3)
    matrix = rng.normal(size=shape).astype(np.float32)
    matrix[rng.random(shape) < 0.2] = np.nan
    return Panel(
        dates=np.datetime64("2024-01-01") + np.arange(rows),
        codes=np.array(["000001.SZ", "600000.SH", "平安"]),
        fields={"open": matrix, "vwap": matrix * 2, "市盈率": matrix + 1},
        units={"open": "price", "vwap": "price", "市盈率": "ratio"},
        groups={"industry": rng.integers(-1, 2, shape).astype(np.int16)},
        universe=rng.random(shape) < 0.5,
        buyable=rng.random(shape) < 0.5,
        sellable=rng.random(shape) < 0.5 if sellable else None,
        size=matrix if size else None,
        group_names={"industry": ("银行", "steel")},
        origin=7,
    )


class Builder:
    """Counts how often it builds."""

    def __init__(self, seed=0):
        self.calls, self.seed = 0, seed

    def __call__(self):
        self.calls += 1
        return make_panel(self.seed)


@pytest.fixture
def stored(tmp_path):
    """(root, key) of a panel in the store."""
    key, _ = load_or_build(tmp_path, PARTS, make_panel)
    return tmp_path, key


@pytest.mark.parametrize("optional", [True, False])
def test_round_trip_keeps_every_byte(tmp_path, optional):
    panel = make_panel(size=optional, sellable=optional)
    written = save_panel(tmp_path, "k", panel, {"a": 1})
    back = load_panel(tmp_path, "k")
    assert back.fingerprint() == panel.fingerprint() == written.fingerprint
    assert list(back.fields) == list(panel.fields)
    assert back.group_names == panel.group_names
    assert (back.size is None, back.sellable is None) == (not optional, not optional)


def test_manifest_says_what_was_built_from_what(tmp_path):
    save_panel(tmp_path, "k", make_panel(), {"a": (1, 2)})
    manifest = Manifest.read(tmp_path / "k")
    assert (manifest.key, manifest.params, manifest.package) == ("k", {"a": [1, 2]}, manifests.package_version())
    assert {(e.role, e.name): (e.dtype, e.shape) for e in manifest.arrays if e.role in ("field", "dates")} == {
        ("dates", ""): ("<M8[D]", (20,)),
        **{("field", name): ("<f4", (20, 3)) for name in ("open", "vwap", "市盈率")},
    }


def test_same_panel_same_files(tmp_path):
    for key in ("a", "b"):
        save_panel(tmp_path / key, "k", make_panel(), PARTS)
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / key / "k").iterdir()} for key in ("a", "b"))
    assert one == two


def test_whole_panel_is_mapped_and_cannot_be_written(stored):
    panel = load_panel(*stored)
    assert isinstance(panel.field("open").base, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        panel.field("open")[0, 0] = 1.0


def test_rows_are_copies_from_which_nothing_else_can_be_reached(stored):
    part, whole = load_panel(*stored).rows(3, 9, copy=True), make_panel()
    assert part.fingerprint() == whole.rows(3, 9, copy=True).fingerprint()
    assert part.origin == 10
    masks = [part.universe, part.buyable, part.sellable]
    for matrix in [*part.fields.values(), *part.groups.values(), *masks, part.size, part.dates]:
        assert matrix.base is None


def test_built_once_and_then_reused(tmp_path):
    build = Builder()
    results = [load_or_build(tmp_path, parts, build) for parts in (PARTS, dict(reversed(PARTS.items())))]
    assert build.calls == 1
    assert results[0][0] == results[1][0]
    assert results[0][1].fingerprint() == results[1][1].fingerprint() == make_panel().fingerprint()


@pytest.mark.parametrize("change", [{"source": "abd"}, {"days": 61}, {"units": ("b", "a")}, {"new": None}])
def test_changed_part_builds_another_panel(stored, change):
    root, key = stored
    build = Builder(seed=1)
    other, panel = load_or_build(root, PARTS | change, build)
    assert (build.calls, other != key) == (1, True)
    assert panel.fingerprint() == make_panel(1).fingerprint()
    assert load_panel(root, key).fingerprint() == make_panel(0).fingerprint()


def flip(path):
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def truncate(path):
    path.write_bytes(path.read_bytes()[:-5])


DAMAGE = {
    "flip": flip,
    "truncate": truncate,
    "append": lambda path: path.write_bytes(path.read_bytes() + b"0"),
    "delete": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
}


@pytest.mark.parametrize("file", ["manifest.json", "000_dates.npy", "001_codes.npy", "006_field.npy", "009_group.npy"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_never_used(stored, file, damage, caplog):
    root, key = stored
    DAMAGE[damage](root / key / file)
    with pytest.raises(StoreError, match=file):
        load_panel(root, key)
    build = Builder()
    with caplog.at_level(logging.WARNING, logger="dfqgp.store"):
        _, panel = load_or_build(root, PARTS, build)
    assert build.calls == 1
    assert f"panel {key} is built: " in caplog.text
    assert file in caplog.text
    assert panel.fingerprint() == load_panel(root, key).fingerprint() == make_panel().fingerprint()


@pytest.mark.parametrize("damage", sorted(set(DAMAGE) - {"flip"}))
def test_cheap_check_finds_what_changes_sizes(stored, damage):
    DAMAGE[damage](stored[0] / stored[1] / "006_field.npy")
    with pytest.raises(StoreError, match="006_field"):
        load_panel(*stored, full_check=False)


@pytest.mark.parametrize("at", range(0, 60, 3))
def test_any_flipped_byte_of_the_manifest_is_found(stored, at):
    path = stored[0] / stored[1] / "manifest.json"
    data = bytearray(path.read_bytes())
    data[at * len(data) // 60] ^= 2
    path.write_bytes(data)
    with pytest.raises(StoreError):
        load_panel(*stored)


def test_manifest_edited_in_good_form_is_found(stored):
    path = stored[0] / stored[1] / "manifest.json"
    body = json.loads(path.read_text())
    path.write_text(json.dumps(body | {"origin": 8}))
    with pytest.raises(StoreError, match="has changed"):
        load_panel(*stored)


@pytest.mark.parametrize(
    ("where", "name", "value"),
    [(manifests, "FORMAT", 1), (manifests, "version", lambda _: "0.0.1")],
    ids=["format", "package version"],
)
def test_stale_panel_is_rebuilt_and_says_why(tmp_path, monkeypatch, caplog, where, name, value):
    with monkeypatch.context() as before:
        before.setattr(where, name, value)
        load_or_build(tmp_path, PARTS, make_panel)
    build = Builder(seed=1)
    with caplog.at_level(logging.WARNING, logger="dfqgp.store"):
        _, panel = load_or_build(tmp_path, PARTS, build)
    assert build.calls == 1
    assert "format is 1, expected 3" in caplog.text or "package version 0.0.1" in caplog.text
    assert panel.fingerprint() == make_panel(1).fingerprint()


def test_panel_under_another_parameter_set_is_rebuilt(stored, caplog):
    root, key = stored
    save_panel(root, key, make_panel(2), {"days": 1})
    build = Builder()
    load_or_build(root, PARTS, build)
    assert build.calls == 1
    assert "stale: parameters" in caplog.text


def test_panel_moved_to_another_key_is_refused(stored):
    root, key = stored
    (root / key).rename(root / "other")
    with pytest.raises(StoreError, match=f"holds panel {key}"):
        load_panel(root, "other")


def test_matrix_of_another_type_is_refused(stored):
    root, key = stored
    entry = next(e for e in Manifest.read(root / key).arrays if e.role == "universe")
    manifest = Manifest.read(root / key)
    wrong = dataclasses.replace(entry, dtype="<f4")
    arrays = tuple(wrong if e == entry else e for e in manifest.arrays)
    dataclasses.replace(manifest, arrays=arrays).write(root / key)
    with pytest.raises(StoreError, match=r"universe is .*b1.*, expected <f4"):
        load_panel(root, key)


@pytest.mark.parametrize("key", ["", "../up", ".hidden", "a/b", "a b"])
def test_key_that_leaves_the_store_is_refused(tmp_path, key):
    with pytest.raises(StoreError, match="is no key"):
        save_panel(tmp_path, key, make_panel(), {})
    with pytest.raises(StoreError, match="is no key"):
        load_panel(tmp_path, key)


def test_absent_panel_is_refused(tmp_path):
    with pytest.raises(StoreError, match="cannot be read"):
        load_panel(tmp_path, "k")


def test_failing_builder_leaves_nothing(tmp_path):
    def fail():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        load_or_build(tmp_path, PARTS, fail)
    assert [p for p in tmp_path.iterdir() if not p.name.startswith(".")] == []
    assert load_or_build(tmp_path, PARTS, make_panel)[1].shape == (20, 3)


CHILD = """
import os, signal, sys, time, pathlib
sys.path.insert(0, sys.argv[2])
import test_panels
from dfqgp.store import panels, atomic
root, stage = pathlib.Path(sys.argv[1]), sys.argv[3]

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def after(count, real):
    calls = []
    def wrapped(*args):
        calls.append(1)
        return die() if len(calls) > count else real(*args)
    return wrapped

if stage == "between matrices":
    panels.write_array = after(4, panels.write_array)
elif stage == "before the manifest":
    panels.Manifest.write = die
elif stage == "half a manifest":
    panels.Manifest.write = lambda self, d: ((d / "manifest.json").write_text("{"), die())
elif stage == "before the rename":
    atomic._exchange = die

def build():
    with (root / ".builds").open("a") as builds:
        builds.write("built ")
    time.sleep(0.5 if stage == "slow" else 0.0)
    return test_panels.make_panel()

key, panel = panels.load_or_build(root, test_panels.PARTS, build)
print(key, panel.fingerprint())
"""


def child(root, stage):
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(root), os.path.dirname(__file__), stage],  # noqa: PTH120
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("stage", ["between matrices", "before the manifest", "half a manifest", "before the rename"])
def test_killed_build_is_never_visible_and_leaves_nothing_for_long(tmp_path, stage):
    with child(tmp_path, stage) as process:
        assert process.wait() == -9
    visible = [p.name for p in tmp_path.iterdir() if not p.name.startswith(".")]
    assert visible == []
    assert any(p.name.endswith(".tmp") for p in tmp_path.iterdir())
    key, panel = load_or_build(tmp_path, PARTS, make_panel, lock_timeout=5.0)
    assert panel.fingerprint() == load_panel(tmp_path, key).fingerprint() == make_panel().fingerprint()
    assert not any(p.name.endswith(".tmp") for p in tmp_path.iterdir())


def test_two_processes_at_once_give_one_good_panel(tmp_path):
    with child(tmp_path, "slow") as one, child(tmp_path, "slow") as two:
        said = [process.communicate()[0] for process in (one, two)]
    assert said[0] == said[1] != ""
    assert (tmp_path / ".builds").read_text() == "built "
    key, digest = said[0].split()
    assert load_panel(tmp_path, key).fingerprint() == digest == make_panel().fingerprint()
    assert [p.name for p in tmp_path.iterdir() if not p.name.startswith(".")] == [key]
