from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dfqgp
from dfqgp.errors import StoreError
from dfqgp.store.keys import key_of, plain, semantics_digest

PARTS = st.dictionaries(st.text(max_size=3), st.integers() | st.text(max_size=3) | st.booleans(), max_size=4)


@given(PARTS)
def test_order_is_irrelevant(parts):
    assert key_of(dict(reversed(parts.items()))) == key_of(parts)


@given(PARTS, PARTS)
def test_different_parts_different_keys(one, two):
    same = [(k, v, type(v)) for k, v in sorted(one.items())] == [(k, v, type(v)) for k, v in sorted(two.items())]
    assert (key_of(one) == key_of(two)) == same


def test_tuples_count_as_lists():
    assert key_of({"a": (1, 2)}) == key_of({"a": [1, 2]})
    assert plain({"a": (1, 2)}) == {"a": [1, 2]}


@pytest.mark.parametrize("part", [float("nan"), object(), {1}, b"x"])
def test_what_is_not_json_is_refused(part):
    with pytest.raises(StoreError, match="not JSON"):
        key_of({"a": part})


def test_a_change_in_any_operator_or_kernel_changes_the_semantics(tmp_path):
    package = Path(dfqgp.__file__).parent
    for folder in ("ops", "backends"):
        shutil.copytree(package / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    digests = {semantics_digest(tmp_path)}
    assert digests == {semantics_digest()}
    files = sorted(tmp_path.rglob("*.py"))
    for path in files:
        path.write_text(path.read_text(encoding="utf-8") + "x = 1\n", encoding="utf-8")
        digests.add(semantics_digest(tmp_path))
    assert len(digests) == len(files) + 1


def test_a_moved_source_changes_the_semantics(tmp_path):
    (tmp_path / "ops").mkdir()
    (tmp_path / "ops" / "one.py").write_text("a = 1")
    before = semantics_digest(tmp_path)
    (tmp_path / "ops" / "one.py").rename(tmp_path / "ops" / "two.py")
    assert semantics_digest(tmp_path) != before
