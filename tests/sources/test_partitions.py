"""Partitions: how a table is cut by date changes nothing, and a partition holds the rows of its own days."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dfqgp.errors import DataContractError, SourceError
from dfqgp.features import assemble
from dfqgp.market import UniverseSettings
from dfqgp.sources import FilesSettings, Partition, Source, SyntheticSettings
from dfqgp.sources.contract.columns import COLUMNS
from dfqgp.sources.synthetic import make_market

MARKET = make_market(SyntheticSettings(assets=12, days=60, listed_later=0.4, suspension_rate=0.05))
DAYS = np.unique(MARKET["date"].to_numpy().astype("datetime64[D]"))
OPTIONAL = [column.name for column in COLUMNS if not column.required]


class CutSource(Source):
    """A frame in partitions that begin on the days given."""

    name = "cut"

    def __init__(self, frame, starts=(), fingerprint="a"):
        self.frame, self.digest = frame, fingerprint
        self.borders = [None, *sorted(starts), None]

    def partitions(self):
        pairs = zip(self.borders, self.borders[1:])
        return [Partition(self.digest, start, stop) for start, stop in pairs]

    def read(self, partition):
        days = self.frame["date"].to_numpy().astype("datetime64[D]")
        mask = np.ones(len(days), dtype=bool)
        if partition.start is not None:
            mask &= days >= partition.start
        if partition.stop is not None:
            mask &= days < partition.stop
        return self.frame[mask]


class ShiftedSource(CutSource):
    """A source whose partitions are not those that it reads."""

    def __init__(self, frame, partitions):
        super().__init__(frame)
        self.given = partitions

    def partitions(self):
        return self.given

    def read(self, _):
        return self.frame


def panel_of(source):
    table = source.load()
    return assemble(table.frame, units=table.units, universe=UniverseSettings(min_listed_days=5))


@given(
    starts=st.sets(st.sampled_from([*DAYS, *(DAYS + 1), DAYS[0] - 9, DAYS[-1] + 9]), max_size=8),
    absent=st.sets(st.sampled_from(OPTIONAL)),
)
@settings(max_examples=20)
def test_cuts_by_date_change_no_byte_of_the_panel(starts, absent):
    frame = MARKET.drop(columns=list(absent))
    assert panel_of(CutSource(frame, starts)).fingerprint() == panel_of(CutSource(frame)).fingerprint()


@given(files=st.integers(1, 5), seed=st.integers(0, 99))
@settings(max_examples=8)
def test_how_rows_are_spread_over_files_changes_no_byte_of_the_panel(files, seed):
    place = np.random.default_rng(seed).integers(0, files, len(MARKET))
    with TemporaryDirectory() as folder:
        for number, rows in MARKET.sample(frac=1.0, random_state=seed).groupby(place):
            rows.to_parquet(Path(folder) / f"{number}.parquet")
        spread = panel_of(FilesSettings(path=folder).open())
    assert spread.fingerprint() == panel_of(CutSource(MARKET)).fingerprint()


def test_a_column_that_one_partition_lacks_is_empty_there():
    class OneColumnLess(CutSource):
        def read(self, partition):
            frame = super().read(partition)
            return frame if partition.start is None else frame.drop(columns=self.lacking)

    source = OneColumnLess(MARKET, [DAYS[30]])
    source.lacking = "turnover"
    panel = panel_of(source)
    assert np.isfinite(panel.field("turnover")[:30]).any()
    assert np.isnan(panel.field("turnover")[30:]).all()
    source.lacking = "adj_factor"  # its default holds for whole tables alone
    with pytest.raises(DataContractError, match="missing adj_factor"):
        source.load()


def test_violations_of_all_partitions_are_in_one_error():
    frame = MARKET.copy()
    frame.loc[[3, len(frame) - 1], "volume"] = -1.0
    with pytest.raises(DataContractError, match=r"source cut: .*\n.*negative volume: 2 rows"):
        CutSource(frame, [DAYS[30]]).load()


@pytest.mark.parametrize(
    ("partitions", "problem"),
    [
        ([], "no partition"),
        ([Partition("a"), Partition("b")], r"partition \[None, None\) reaches into \[None, None\)"),
        ([Partition("a", None, DAYS[9]), Partition("b", DAYS[8])], "reaches into"),
        ([Partition("a", None, DAYS[9])], f"a row of {DAYS[9]} is in partition"),
        ([Partition("a", DAYS[1])], f"a row of {DAYS[0]} is in partition"),
    ],
)
def test_partitions_that_do_not_hold_what_they_say_are_refused(partitions, problem):
    with pytest.raises(SourceError, match=problem):
        ShiftedSource(MARKET.sort_values("date"), partitions).load()


def test_the_fingerprint_is_that_of_all_partitions():
    base = [Partition("a", None, DAYS[9]), Partition("b", DAYS[9])]
    others = [base[:1], base[::-1], [replace(base[0], fingerprint="c"), base[1]], [replace(base[0], start=DAYS[0])]]
    prints = {ShiftedSource(MARKET, each).fingerprint() for each in [base, *others]}
    assert len(prints) == 5
    assert ShiftedSource(MARKET, list(base)).fingerprint() in prints


def test_a_source_that_can_only_read_everything_has_one_open_partition(tmp_path):
    MARKET.to_parquet(tmp_path / "t.parquet")
    for record in (SyntheticSettings(assets=12, days=60), FilesSettings(path=str(tmp_path))):
        (only,) = record.open().partitions()
        assert only.start is only.stop is None
    pd.testing.assert_frame_equal(FilesSettings(path=str(tmp_path)).open().load().frame, CutSource(MARKET).load().frame)
