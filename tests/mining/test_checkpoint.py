"""Laws of the checkpoint: it comes back as it was, or it is refused; a kill never leaves a broken one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dfqgp.errors import CheckpointError
from dfqgp.library import Member
from dfqgp.mining.checkpoint import Checkpoint, checkpoint_path, load, save
from dfqgp.store.keys import digest_of

OWN = {"run_id": "r", "config_hash": "h", "semantics": "s"}
MEMBER = Member("close", "k", 1, 0.5, {"icir": 0.1}, {}, 0)
ONE = Checkpoint(**OWN, round=1, generation=2, trials=3, evolution={"state": 2**127}, library=(MEMBER,))

finite = st.floats(allow_nan=False, allow_infinity=False)
leaves = st.none() | st.booleans() | st.integers() | finite | st.text()
values = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10)
dicts = st.dictionaries(st.text(), values)
checkpoints = st.builds(
    Checkpoint,
    run_id=st.just("r"),
    config_hash=st.just("h"),
    semantics=st.just("s"),
    round=st.integers(0),
    generation=st.integers(0),
    trials=st.integers(0),
    evolution=dicts,
    library=st.lists(st.just(MEMBER)).map(tuple),
)


@pytest.fixture
def path(tmp_path):
    path = checkpoint_path(tmp_path, "r")
    save(path, ONE)
    return path


@settings(max_examples=30)
@given(checkpoints)
def test_a_checkpoint_comes_back_as_it_was(tmp_path_factory, one):
    path = tmp_path_factory.mktemp("state") / "r.json"
    save(path, one)
    assert load(path, **OWN) == one


def test_none_is_there_before_the_first(tmp_path):
    assert load(tmp_path / "r.json", **OWN) is None


def test_equal_checkpoints_are_equal_bytes(path):
    before = path.read_bytes()
    save(path, replace(ONE, evolution=dict(reversed(ONE.evolution.items()))))
    assert path.read_bytes() == before


def test_a_truncated_file_is_refused_wherever_it_ends(path):
    whole = path.read_bytes()
    for end in range(len(whole.rstrip())):
        path.write_bytes(whole[:end])
        with pytest.raises(CheckpointError, match="delete it to start the run anew"):
            load(path, **OWN)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"trials": 3', '"trials": 4', "digest"),
        ('"format": 3', '"format": 2', "its format is 2, expected 3"),
        ('{"config_hash"', '["config_hash"', "not valid JSON"),
    ],
)
def test_an_edited_file_is_refused(path, old, new, words):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(CheckpointError, match=words):
        load(path, **OWN)


@pytest.mark.parametrize("data", [b"[1]", b"null", b"\xff\xfe\x00", b'{"format": 1}'])
def test_a_foreign_file_is_refused(path, data):
    path.write_bytes(data)
    with pytest.raises(CheckpointError):
        load(path, **OWN)


@pytest.mark.parametrize(
    "change", [{"round": "one"}, {"evolution": [1]}, {"library": 3}, {"trials": None}, {"trials": 1.0}]
)
def test_a_body_of_wrong_types_is_refused_even_with_its_digest(path, change):
    body = {key: value for key, value in json.loads(path.read_text()).items() if key != "digest"} | change
    path.write_text(json.dumps(body | {"digest": digest_of(body)}))
    with pytest.raises(CheckpointError, match=next(iter(change))):
        load(path, **OWN)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("run_id", "its run_id is r, this run's is other"),
        ("config_hash", "its config_hash is h, this run's is other"),
        ("semantics", "its digest of operators and kernels is s, this run's is other"),
    ],
)
def test_the_checkpoint_of_another_run_is_refused(path, name, words):
    with pytest.raises(CheckpointError, match=f"{words}; delete it to start the run anew"):
        load(path, **(OWN | {name: "other"}))


KILLED_AT_EVERY_LINE = """
import os, signal, sys
from pathlib import Path
from dfqgp.mining.checkpoint import Checkpoint, load, save

path, own = Path(sys.argv[1]), {"run_id": "r", "config_hash": "h", "semantics": "s"}
same = {**own, "round": 0, "library": ()}
old, new = (Checkpoint(**same, generation=n, trials=n, evolution={"n": str(n) * 99999}) for n in (1, 2))

def kill_at(line):
    def trace(frame, event, argument):
        nonlocal line
        line -= event == "line"
        if line < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace
    sys.settrace(trace)

lines, seen = 0, set()
save(path, old)
while True:
    child = os.fork()
    if child == 0:
        kill_at(lines)
        save(path, new)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    found = load(path, **own)
    assert found in (old, new), f"killed at line {lines}: {found}"
    seen.add(found.generation)
    if status == 0:
        break
    if found == new:
        save(path, old)
    lines += 1
assert found == new
assert seen == {1, 2}
print(lines)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork to kill a process at a chosen line")
def test_a_kill_at_any_line_of_the_writing_leaves_the_old_checkpoint_or_the_new_one(tmp_path):
    command = [sys.executable, "-c", KILLED_AT_EVERY_LINE, str(tmp_path / "r.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 20  # so many moments were tried
    left = {path.name for path in tmp_path.iterdir() if not path.name.startswith(".")}
    assert left == {"r.json"}
