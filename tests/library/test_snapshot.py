import csv
import json
import math
from dataclasses import replace

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfqgp.errors import RecordError, SnapshotError
from dfqgp.library import Member, Snapshot, export_members, member_table, read_snapshot, write_snapshot

MEMBERS = (
    Member("cs_rank(close)", "0" * 32, -1, 0.1 + 0.2, {"icir": 0.5, "n": 10.0}, {"icir": math.nan}, 1),
    Member("volume / ts_mean(volume, 5)", "1" * 32, 1, 1e-7, {"icir": 1e300}, {}, 2),
)
SNAPSHOT = Snapshot(
    run_id="run-1",
    members=MEMBERS,
    data_fingerprint="ab" * 16,
    config={"gp": {"windows": [3, 5], "typed": True}, "name": "因子", "none": None},
    seed=7,
    code_version="0.1.0",
    trials=1234,
    rounds=3,
)

numbers = st.floats(allow_infinity=False)
metrics = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), numbers, max_size=3)
members = st.builds(
    Member,
    st.text(st.characters(exclude_categories=["Cs"])),
    st.text("0123456789abcdef"),
    st.sampled_from([1, -1]),
    st.floats(allow_nan=False, allow_infinity=False),
    metrics,
    metrics,
    st.integers(0, 9),
)


@given(st.lists(members, max_size=4))
def test_bytes_survive_reading_and_writing(some):
    data = replace(SNAPSHOT, members=tuple(some)).to_bytes()
    again = Snapshot.from_bytes(data)
    assert again.to_bytes() == data
    assert [m.score for m in again.members] == [m.score for m in some]
    assert [{k: repr(v) for k, v in m.train.items()} for m in again.members] == [
        {k: repr(v) for k, v in m.train.items()} for m in some
    ]


def test_bytes_do_not_depend_on_the_order_of_entries():
    turned = replace(SNAPSHOT, config=dict(reversed(SNAPSHOT.config.items())))
    assert turned.to_bytes() == SNAPSHOT.to_bytes()
    assert json.loads(SNAPSHOT.to_bytes())["members"][0]["valid"] == {"icir": None}


def test_a_snapshot_and_latest_hold_the_same_bytes(tmp_path):
    latest = write_snapshot(tmp_path / "out", SNAPSHOT)
    assert latest == tmp_path / "out" / "libraries" / "latest.json"
    assert latest.read_bytes() == latest.with_name("run-1.json").read_bytes() == SNAPSHOT.to_bytes()
    assert read_snapshot(latest).config == {"gp": {"windows": [3, 5], "typed": True}, "name": "因子", "none": None}
    write_snapshot(tmp_path / "out", replace(SNAPSHOT, run_id="run-2", rounds=4))
    assert read_snapshot(latest).run_id == "run-2"
    assert sorted(path.name for path in latest.parent.iterdir()) == ["latest.json", "run-1.json", "run-2.json"]


@pytest.mark.parametrize("run_id", ["", "latest", "../up", "a/b", ".hidden", "x" * 101])
def test_a_name_that_cannot_name_a_file_is_refused(run_id):
    with pytest.raises(RecordError, match=r"snapshot\.run_id: got .*, expected up to 100 letters"):
        replace(SNAPSHOT, run_id=run_id)


@pytest.mark.parametrize("value", [math.nan, math.inf, object(), {1, 2}])
def test_a_setting_that_json_cannot_hold_is_refused_by_name(value):
    with pytest.raises(RecordError, match=r"snapshot\.config\.gp\.odd\[0\]: got "):
        replace(SNAPSHOT, config={"gp": {"odd": [value]}})


def edited(**changes):
    return json.dumps({**json.loads(SNAPSHOT.to_bytes()), **changes}).encode()


def edited_member(**changes):
    first, *rest = json.loads(SNAPSHOT.to_bytes())["members"]
    return edited(members=[{**first, **changes}, *rest])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (SNAPSHOT.to_bytes()[:-20], "not valid JSON"),
        (b"\xff\xfe", "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b"[]", "format is None"),
        (edited(format=2), "format is 2, expected 1"),
        (edited(seed="7"), "seed: got '7', expected a valid integer"),
        (edited(trials=True), "trials: got True, expected a valid integer"),
        (edited(sed=7), "sed: got an unknown key, expected a key of the top level; did you mean 'seed'"),
        (edited(run_id="../x"), r"run_id: got '\.\./x'"),
        (edited_member(orientation=0), r"members\[0\]\.orientation: got 0, expected 1 or -1"),
        (edited_member(orientation=True), r"members\[0\]\.orientation: got True, expected a valid integer"),
        (edited_member(score=None), r"members\[0\]\.score: got None, expected a valid number"),
        (edited_member(train={"icir": "high"}), r"members\[0\]\.train\.icir: got 'high', expected a valid number"),
        (edited_member(train=[]), r"members\[0\]\.train: got a list, expected an object"),
        (SNAPSHOT.to_bytes().replace(b'"seed": 7', b'"seed": 7, "seed": 8'), "twice"),
        (SNAPSHOT.to_bytes().replace(b"1e+300", b"NaN"), "NaN is not a JSON number"),
        (SNAPSHOT.to_bytes().replace(b"1e+300", b"1e+999"), r"members\[1\]\.train\.icir: got inf"),
    ],
)
def test_what_is_not_a_snapshot_is_refused_with_the_reason(tmp_path, data, message):
    path = tmp_path / "broken.json"
    path.write_bytes(data)
    with pytest.raises(SnapshotError, match=message) as caught:
        read_snapshot(path)
    assert "broken.json" in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SnapshotError, match=r"gone\.json: it cannot be read"):
        read_snapshot(tmp_path / "gone.json")


@pytest.mark.parametrize("some", [MEMBERS, ()])
def test_exported_tables_hold_every_member_and_metric(tmp_path, some):
    export_members(some, tmp_path / "table.csv")
    export_members(some, tmp_path / "table.parquet")
    with (tmp_path / "table.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    table = pq.read_table(tmp_path / "table.parquet").to_pylist()
    assert len(rows) == len(table) == len(some)
    for member, row, record in zip(some, rows, table, strict=True):
        assert row["expression"] == record["expression"] == member.expression
        assert float(row["score"]) == record["score"] == member.score
        assert record["train_icir"] == member.train["icir"]
        assert record["valid_icir"] is None
        assert row["valid_icir"] == ""
    assert list(member_table(MEMBERS)) == [
        *("expression", "orientation", "score", "round", "key", "train_icir", "train_n", "valid_icir")
    ]


def test_an_unknown_ending_is_refused(tmp_path):
    with pytest.raises(SnapshotError, match=r"ending is '\.xlsx', expected \.csv or \.parquet"):
        export_members(MEMBERS, tmp_path / "table.xlsx")
