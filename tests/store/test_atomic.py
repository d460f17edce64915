from __future__ import annotations

import os
from pathlib import Path

import pytest

from dfqgp.errors import StoreError
from dfqgp.store.atomic import new_directory, read_bytes, write_bytes


def names(directory):
    return sorted(p.name for p in directory.iterdir())


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


def test_an_absent_file_is_refused(tmp_path):
    with pytest.raises(StoreError, match="cannot be read: No such file"):
        read_bytes(tmp_path / "v.json")


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
