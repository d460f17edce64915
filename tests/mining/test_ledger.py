"""Laws of the ledger: every distinct formula once, nothing lost, nothing invented."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dfqgp.errors import CheckpointError, RecordError
from dfqgp.mining.ledger import Duplicate, Ledger, Trial
from dfqgp.store import to_json

numbers = st.floats(allow_infinity=False)
trials = st.builds(
    Trial,
    key=st.text("abc", min_size=1, max_size=2),
    expression=st.text(),
    round=st.integers(0, 3),
    generation=st.integers(0, 3),
    score=numbers,
    reason=st.text(),
    metrics=st.dictionaries(st.text(), numbers),
    fingerprint=st.sampled_from(["", "f", "g"]),
)
duplicates = st.builds(
    Duplicate, st.text("abc", min_size=1, max_size=2), st.text(), st.integers(0, 3), st.integers(0, 3), st.text("abc")
)


def trial(key, score=0.5):
    return Trial(key, f"ts_mean(close, {key})", 0, 0, score, "", {"icir": 0.1})


@given(trials)
def test_a_trial_is_one_line(one):
    assert b"\n" not in to_json(one).encode()


@pytest.mark.parametrize("bad", [{"score": math.inf}, {"metrics": {"ic": -math.inf}}])
def test_infinite_numbers_are_refused(bad):
    with pytest.raises(RecordError, match="expected a finite number or NaN"):
        replace(trial("a"), **bad)


@settings(max_examples=30)
@given(st.lists(trials))
def test_every_key_counts_once_and_the_first_trial_stays(tmp_path_factory, many):
    ledger = Ledger(tmp_path_factory.mktemp("ledger"))
    new = [ledger.add(one) for one in many]
    first = {one.key: one for one in reversed(many)}
    assert len(ledger) == sum(new) == len(first)
    assert all(ledger.get(key) is one and key in ledger for key, one in first.items())
    assert ledger.get("none of them") is None


@settings(max_examples=20)
@given(st.lists(st.tuples(st.lists(trials, max_size=4), st.lists(duplicates, max_size=2)), max_size=3))
def test_a_resumed_ledger_is_the_one_that_was_written(tmp_path_factory, generations):
    ledger = Ledger(tmp_path_factory.mktemp("ledger") / "run")
    for number, (many, repeated) in enumerate(generations):
        for one in many:
            ledger.add(one)
        for one in repeated:
            ledger.add_duplicate(one)
        ledger.write(round=0, generation=number)
    again = Ledger.resume(ledger.folder, round=0, generation=len(generations), trials=len(ledger))
    assert [to_json(one) for one in again] == [to_json(one) for one in ledger]  # by which NaN equals NaN
    assert again.duplicates == ledger.duplicates
    for fingerprint in ("", "f", "g"):
        one, other = again.with_fingerprint(fingerprint), ledger.with_fingerprint(fingerprint)
        assert (one and to_json(one)) == (other and to_json(other))
    assert ledger.with_fingerprint("") is None


def test_a_duplicate_is_no_trial_and_stands_for_its_original(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.add(trial("a"))
    for _ in range(2):
        ledger.add_duplicate(Duplicate("b", "min2(a, b)", 0, 0, "a"))
    assert (len(ledger), len(ledger.duplicates)) == (1, 1)
    assert ledger.get("b") is ledger.get("a")
    assert "b" not in ledger
    ledger.write(round=0, generation=0)
    (tmp_path / "r00_g000.duplicates.jsonl").unlink()
    with pytest.raises(CheckpointError, match=r"duplicates.jsonl.* is absent"):
        Ledger.resume(tmp_path, round=0, generation=0, trials=1)


def test_files_past_the_checkpoint_are_left_aside_and_overwritten(tmp_path):
    ledger = Ledger(tmp_path)
    for generation, key in enumerate("abc"):
        ledger.add(trial(key))
        ledger.write(round=0, generation=generation)
        assert len((tmp_path / f"r00_g{generation:03d}.jsonl").read_text().splitlines()) == 1
    again = Ledger.resume(tmp_path, round=0, generation=1, trials=2)
    assert [one.key for one in again] == ["a", "b"]
    again.add(trial("d"))
    path = again.write(round=0, generation=2)
    assert [json.loads(line)["key"] for line in path.read_text().splitlines()] == ["d"]


def test_rounds_come_before_generations_also_beyond_two_digits(tmp_path):
    ledger = Ledger(tmp_path)
    for number, place in enumerate([(2, 0), (10, 0), (100, 5)]):
        ledger.add(trial(str(number)))
        ledger.write(round=place[0], generation=place[1])
    again = Ledger.resume(tmp_path, round=100, generation=4, trials=2)
    assert [one.key for one in again] == ["0", "1"]


def test_a_missing_file_is_noticed(tmp_path):
    ledger = Ledger(tmp_path)
    for generation, key in enumerate("ab"):
        ledger.add(trial(key))
        path = ledger.write(round=0, generation=generation)
    path.unlink()
    with pytest.raises(CheckpointError, match=r"holds 1 distinct formulas .* counted 2"):
        Ledger.resume(tmp_path, round=0, generation=1, trials=2)


@pytest.mark.parametrize("damage", ["{", "[]", '{"key": 3}', '{"key": NaN}', "\x00", "\xff"])
def test_a_damaged_line_is_named(tmp_path, damage):
    ledger = Ledger(tmp_path)
    ledger.add(trial("a"))
    path = ledger.write(round=0, generation=0)
    path.write_bytes(path.read_bytes() + damage.encode("latin-1") + b"\n")
    with pytest.raises(CheckpointError, match="line 2 is no trial"):
        Ledger.resume(tmp_path, round=0, generation=0, trials=1)
