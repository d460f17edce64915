"""Laws of progress: the figures are right, and nothing is drawn where nobody looks."""

from __future__ import annotations

import io
import logging

import pytest
from rich.console import Console

from dfqgp.mining.logs import PROGRESS
from dfqgp.mining.progress import Progress, clock_text, pace


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def watched(terminal, **options):
    console = Console(file=io.StringIO(), force_terminal=terminal, width=120)
    return Progress(rounds=2, generations=3, console=console, **options), console.file


def test_a_generation_leaves_one_record_with_rate_and_time_left(caplog):
    clock = Clock()
    progress, file = watched(terminal=False, clock=clock)
    with caplog.at_level(logging.INFO, logger=PROGRESS), progress:
        clock.now += 10.0
        progress.generation_done(round=0, generation=0, best=0.25, tried=400)
    (record,) = caplog.records
    assert record.getMessage() == "generation 1 of 6: best 0.2500, 400 formulas tried, 40.0 a second, 0:50 left"
    assert (record.best, record.tried, record.per_second) == (0.25, 400, 40.0)
    assert file.getvalue() == ""


def test_a_resumed_run_counts_its_own_pace_and_the_whole_way(caplog):
    clock = Clock()
    progress, _ = watched(terminal=False, clock=clock, finished=3, tried=1000)
    with caplog.at_level(logging.INFO, logger=PROGRESS), progress:
        clock.now += 10.0
        progress.generation_done(round=1, generation=0, best=float("nan"), tried=1100)
    (record,) = caplog.records
    assert record.getMessage() == "generation 4 of 6: best nan, 1100 formulas tried, 10.0 a second, 0:20 left"


def test_a_terminal_sees_a_bar():
    clock = Clock()
    progress, file = watched(terminal=True, clock=clock)
    with progress:
        clock.now += 2.0
        progress.generation_done(round=1, generation=2, best=0.1234, tried=77)
    drawn = file.getvalue()
    for words in ("round 1 generation 2", "1/6", "best 0.1234", "77 tried", "38.5/s", "0:10 left"):
        assert words in drawn


def test_pace_without_time_is_no_rate():
    assert pace(seconds=0.0, tried=5, done=1, left=3).per_second == 0.0


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0:00"), (61, "1:01"), (3599.7, "1:00:00"), (90061, "25:01:01")])
def test_spans_read_as_clocks(seconds, text):
    assert clock_text(seconds) == text
