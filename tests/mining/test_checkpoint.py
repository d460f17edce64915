"""Laws of the checkpoint: it comes back as it was, or it is refused; a kill never leaves a broken one."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dfqgp.errors import CheckpointError
from dfqgp.mining.checkpoint import Checkpoint, checkpoint_path, load, save

OWN = {"run_id": "r", "config_hash": "h"}
ONE = Checkpoint(**OWN, round=1, generation=2, trials=3, evolution={"state": 2**127}, library=({"key": "k"},))

leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
values = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10)
dicts = st.dictionaries(st.text(), values)
checkpoints = st.builds(
    Checkpoint,
    run_id=st.just("r"),
    config_hash=st.just("h"),
    round=st.integers(0),
    generation=st.integers(0),
    trials=st.integers(0),
    evolution=dicts,
    library=st.lists(dicts).map(tuple),
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
    again = load(path, **OWN)
    assert again == one or _text(again) == _text(one)  # NaN differs from itself


def _text(one):
    return json.dumps([one.evolution, one.library, one.round, one.generation, one.trials], sort_keys=True)


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
        ('"trials":3', '"trials":4', "digest"),
        ('"format": 1', '"format": 2', "its format is 2, this version reads 1"),
        ('{"format"', '["format"', "no JSON"),
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
    save(path, replace(ONE, **change))
    with pytest.raises(CheckpointError, match=next(iter(change))):
        load(path, **OWN)


@pytest.mark.parametrize("change", [{"run_id": "other"}, {"config_hash": "other"}])
def test_the_checkpoint_of_another_run_is_refused(path, change):
    with pytest.raises(CheckpointError, match=next(iter(change))):
        load(path, **(OWN | change))


WRITER = """
import sys
from pathlib import Path
from dfqgp.mining.checkpoint import Checkpoint, save
folder, number = Path(sys.argv[1]), 0
while True:
    body = {"values": [number] * 20000}
    save(folder / "r.json", Checkpoint("r", "h", 0, number, number, body))
    number += 1
"""


def test_a_kill_while_writing_never_leaves_a_broken_file(tmp_path):
    path = tmp_path / "r.json"
    for delay in (0.0, 0.003, 0.007, 0.013, 0.021):
        path.unlink(missing_ok=True)
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)])
        try:
            _wait_for(path)
            time.sleep(delay)
        finally:
            writer.send_signal(signal.SIGKILL)
            writer.wait()
        found = load(path, **OWN)
        assert found is not None
        assert found.evolution == {"values": [found.generation] * 20000}


def _wait_for(path):
    end = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.001)
