"""Laws of the daily results on disk: each day is computed once, a killed run goes on, and the bars alone decide."""

from __future__ import annotations

import logging
import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import dfqgp as dq
from dfqgp.errors import DataContractError, StoreError
from dfqgp.features.intraday import INTRADAY, IntradayLake, IntradayRegistry, lake
from dfqgp.features.intraday.digests import Digests
from dfqgp.sources.synthetic import make_minutes


def update(settings, root, **changes):
    return IntradayLake(settings, root, **changes).update(root)


def computed(update):
    return [str(day) for day in update.computed]


def days_of(settings):
    return sorted(path.stem for path in Path(settings.path).glob("*.parquet"))


def stored(update):
    files = [update.folder / f"{day}.parquet" for day in update.days]
    return pd.concat(map(pd.read_parquet, files), ignore_index=True)


def test_a_second_run_computes_the_new_day_alone(files, market, tmp_path):
    first = update(files, tmp_path / "lake")
    assert computed(first) == days_of(files)
    assert computed(update(files, tmp_path / "lake")) == []
    seventh = market["date"].drop_duplicates().nsmallest(7).max()
    new = next(make_minutes(market[market["date"] == seventh]))
    new.to_parquet(Path(files.path) / f"{seventh:%Y-%m-%d}.parquet")
    second = update(files, tmp_path / "lake")
    assert computed(second) == [f"{seventh:%Y-%m-%d}"]
    pd.testing.assert_frame_equal(
        stored(second).astype({"date": "datetime64[us]"}), dq.intraday(files.path).reset_index(drop=True)
    )


def test_a_file_that_changed_costs_its_own_day_and_one_that_was_only_touched_none(files, tmp_path):
    update(files, tmp_path)
    one, other = (Path(files.path) / f"{day}.parquet" for day in days_of(files)[1:3])
    frame = pd.read_parquet(one)
    frame.assign(volume=2 * frame["volume"], amount=2 * frame["amount"]).to_parquet(one)
    other.touch()
    assert computed(update(files, tmp_path)) == [one.stem]


def test_days_whose_bars_are_gone_are_removed(files, tmp_path, caplog):
    update(files, tmp_path)
    gone = Path(files.path) / f"{days_of(files)[0]}.parquet"
    gone.unlink()
    found = update(files, tmp_path)
    assert sorted(path.stem for path in found.folder.glob("*.parquet")) == days_of(files)
    assert f"1 days removed whose bars are no longer there, e.g. {gone.stem}" in caplog.text
    assert computed(found) == []


@pytest.mark.parametrize("layout", ["days", "one file"])
def test_a_killed_run_loses_the_day_under_way_alone(files, tmp_path, monkeypatch, layout):
    settings = files
    if layout == "one file":
        whole = pd.concat(map(pd.read_parquet, sorted(Path(files.path).glob("*.parquet"))))
        whole.to_parquet(tmp_path / "all.parquet", row_group_size=3000)
        settings = replace(files, path=str(tmp_path / "all.parquet"))
    write, written = lake.write_bytes, []

    def killed_on_the_third_day(path, data):
        if path.suffix == ".parquet":
            written.append(path)
            if len(written) == 3:
                (path.parent / f".{path.name}.1-00000000.tmp").write_bytes(data[:100])
                raise KeyboardInterrupt
        write(path, data)

    monkeypatch.setattr(lake, "write_bytes", killed_on_the_third_day)
    with pytest.raises(KeyboardInterrupt):
        update(settings, tmp_path / "lake")
    monkeypatch.undo()
    resumed = update(settings, tmp_path / "lake")
    assert computed(resumed) == days_of(files)[2:]
    assert not list(resumed.folder.glob("*.tmp"))
    assert computed(update(settings, tmp_path / "lake")) == []
    pd.testing.assert_frame_equal(stored(resumed).astype({"date": "datetime64[us]"}), dq.intraday(settings.path))


def test_the_key_covers_settings_features_and_place_and_not_the_days(files, tmp_path):
    def folder(settings=files, registry=INTRADAY):
        return IntradayLake(settings, registry=registry).update(tmp_path).folder

    newer = IntradayRegistry()
    for each in INTRADAY:
        version = each.version + (each.name == "jump_share")
        newer.register(
            each.name, each.unit, each.formula, each.source, least=each.least, fields=each.fields, version=version
        )(each.build)
    first = folder()
    assert first == folder(replace(files, features=("jump_share",))) == folder(replace(files, max_rows=10**9))
    (Path(files.path) / f"{days_of(files)[0]}.parquet").unlink()
    assert first == folder()
    shutil.copytree(files.path, tmp_path / "copy")
    elsewhere = folder(replace(files, path=str(tmp_path / "copy")))
    others = {folder(replace(files, min_share=0.4)), folder(registry=newer), first, elsewhere}
    assert len(others) == 4


def test_the_fingerprint_follows_bars_settings_and_chosen_features(files, tmp_path):
    def fingerprint(**changes):
        return IntradayLake(replace(files, **changes)).fingerprint()

    plain = fingerprint()
    assert plain == fingerprint(max_rows=10**9) == IntradayLake(files, tmp_path / "lake").fingerprint()
    Path(files.path).rename(tmp_path / "moved")
    assert plain == fingerprint(path=str(tmp_path / "moved"))
    files = replace(files, path=str(tmp_path / "moved"))
    others = {plain, fingerprint(features=("jump_share",)), fingerprint(stamp="start")}
    next((tmp_path / "moved").glob("*.parquet")).unlink()
    assert len(others | {fingerprint()}) == 4


def test_files_that_have_not_been_touched_are_not_read_for_their_digest_again(files, tmp_path, monkeypatch):
    IntradayLake(files, tmp_path)
    monkeypatch.setattr("hashlib.file_digest", lambda *_: pytest.fail("read again"))
    IntradayLake(files, tmp_path)
    (tmp_path / "digests.json").write_text("{}")
    monkeypatch.undo()
    assert IntradayLake(files, tmp_path).fingerprint() == IntradayLake(files).fingerprint()


def test_a_file_that_changed_has_another_digest_even_at_the_same_size(tmp_path):
    file, kept = tmp_path / "a.parquet", tmp_path / "digests.json"
    found = set()
    for number, content in enumerate((b"one", b"two")):
        file.write_bytes(content)
        os.utime(file, ns=(number, number))
        digests = Digests(kept)
        found.add(digests(file))
        digests.keep()
    assert len(found) == 2


def test_damaged_results_are_computed_again_or_refused(files, tmp_path, caplog):
    first = update(files, tmp_path)
    one, other = (first.folder / f"{day}.parquet" for day in days_of(files)[:2])
    one.write_bytes(one.read_bytes()[:-20])
    with caplog.at_level(logging.WARNING, logger="dfqgp"):
        assert computed(update(files, tmp_path)) == [one.stem]
    assert "is computed again, it cannot be read" in caplog.text
    chunk = pq.read_metadata(other).row_group(0).column(5)
    damaged = bytearray(other.read_bytes())
    damaged[chunk.dictionary_page_offset + 40] ^= 1
    other.write_bytes(damaged)
    name = pq.read_metadata(other).schema.names[5]
    with pytest.raises(StoreError, match=rf"{other.stem}\.parquet: cannot be read.*delete it"):
        list(update(files, tmp_path).tables([name]))


def test_bars_that_break_the_contract_name_the_day_and_keep_the_days_before(files, tmp_path):
    third = Path(files.path) / f"{days_of(files)[2]}.parquet"
    frame = pd.read_parquet(third)
    frame.assign(low=frame["high"] + 1).to_parquet(third)
    with pytest.raises(DataContractError, match=rf"{third.stem}: the table breaks the data contract(.|\n)*high < low"):
        update(files, tmp_path)
    frame.to_parquet(third)
    assert computed(update(files, tmp_path)) == days_of(files)[2:]


def test_duckdb_reads_the_results_as_they_are(files, tmp_path):
    duckdb = pytest.importorskip("duckdb")
    folder = update(files, tmp_path).folder
    results = duckdb.read_parquet(f"{folder}/*.parquet")
    found = results.aggregate("count(*), count(DISTINCT date), sum(bars)").fetchall()
    expected = dq.intraday(files.path)
    assert found == [(len(expected), expected["date"].nunique(), expected["bars"].sum())]


def test_a_day_without_usable_bars_is_an_empty_result_and_is_not_computed_again(files, tmp_path):
    day = Path(files.path) / f"{days_of(files)[0]}.parquet"
    pd.read_parquet(day).assign(volume=0.0).to_parquet(day)
    first = update(files, tmp_path)
    assert pq.read_metadata(first.folder / day.name).num_rows == 0
    assert computed(update(files, tmp_path)) == []
    assert np.datetime64(day.stem) in first.days
