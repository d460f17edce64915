from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfqgp.errors import StoreError
from dfqgp.store.atomic import new_directory, read_json, write_bytes, write_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def names(directory):
    return sorted(p.name for p in directory.iterdir())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("json")


@given(value=JSON.filter(lambda v: "\\ud" not in ascii(v)))
def test_json_round_trip(folder, value):
    write_json(folder / "v.json", value)
    assert read_json(folder / "v.json") == value


def test_write_replaces_and_leaves_nothing_behind(tmp_path):
    path = tmp_path / "new" / "a.bin"
    write_bytes(path, b"one")
    write_bytes(path, b"two")
    assert path.read_bytes() == b"two"
    assert names(path.parent) == ["a.bin"]


def test_failed_write_keeps_the_old_content(tmp_path, monkeypatch):
    path = tmp_path / "a.bin"
    write_bytes(path, b"old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left"):
        write_bytes(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a.bin"]


def test_content_is_on_the_disk_before_it_gets_its_name(tmp_path, monkeypatch):
    done = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda fd: (done.append("sync"), fsync(fd)))
    monkeypatch.setattr(Path, "replace", lambda self, to: (done.append("rename"), replace(self, to))[1])
    write_bytes(tmp_path / "a.bin", b"x")
    assert done == ["sync", "rename", "sync"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, b"x", {"a": object()}])
def test_what_is_not_json_is_refused(tmp_path, value):
    with pytest.raises(StoreError, match="not JSON"):
        write_json(tmp_path / "v.json", value)
    assert names(tmp_path) == []


@pytest.mark.parametrize("text", [b"", b'{"a": 1', b"NaN", b"\xff\xfe", b"{} x"])
def test_damaged_json_is_refused_with_its_path(tmp_path, text):
    path = tmp_path / "v.json"
    path.write_bytes(text)
    with pytest.raises(StoreError, match=r"v\.json: is not JSON"):
        read_json(path)


def test_absent_json_is_refused(tmp_path):
    with pytest.raises(StoreError, match="cannot be read: No such file"):
        read_json(tmp_path / "v.json")


def test_directory_appears_only_when_complete(tmp_path):
    target = tmp_path / "root" / "k"
    with new_directory(target) as made:
        (made / "a").write_text("1")
        assert not target.exists()
    assert names(target) == ["a"]
    assert names(target.parent) == ["k"]


def test_directory_replaces_the_old_one_wholly(tmp_path):
    target = tmp_path / "k"
    for name in ("old", "new"):
        with new_directory(target) as made:
            (made / name).write_text("1")
    assert names(target) == ["new"]
    assert names(tmp_path) == ["k"]


@pytest.mark.parametrize(("error", "seen"), [(KeyboardInterrupt, KeyboardInterrupt), (OSError, StoreError)])
def test_failed_directory_leaves_the_old_one(tmp_path, error, seen):
    target = tmp_path / "k"
    with new_directory(target) as made:
        (made / "old").write_text("1")

    def fail():
        with new_directory(target) as made:
            (made / "new").write_text("1")
            raise error

    with pytest.raises(seen):
        fail()
    assert names(target) == ["old"]
    assert names(tmp_path) == ["k"]


def test_leftovers_of_this_path_alone_are_swept(tmp_path):
    for name in (".k.123-00ff00ff.tmp", ".k.j.123-00ff00ff.tmp", ".k.lock.tmp", "k.tmp"):
        (tmp_path / name).mkdir()
    with new_directory(tmp_path / "k"):
        pass
    assert names(tmp_path) == [".k.j.123-00ff00ff.tmp", ".k.lock.tmp", "k", "k.tmp"]
