"""Mining runs that the tests share."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from panels import random_panel

from dfqgp.backends import BackendSettings
from dfqgp.engine import EngineSettings
from dfqgp.fitness import FitnessSettings
from dfqgp.gp import GpSettings
from dfqgp.library import LibrarySettings
from dfqgp.market import LabelSettings, Segments, SegmentSettings, panel_labels, split
from dfqgp.mining.settings import MiningConfig

if TYPE_CHECKING:
    from pathlib import Path

    from dfqgp.panel import Panel

LABEL = LabelSettings(delay=1)
"""With a short delay tiny markets keep days to score."""


def market(rows: int, columns: int) -> tuple[Panel, Segments]:
    """A panel without its holdout, and the segments of the whole; either may be tiny."""
    whole = random_panel(rows, columns, missing=0.02)
    segments = split(whole.dates, SegmentSettings(min_scored_days=3), LABEL.reach)
    return whole.rows(0, segments.search_stop, copy=True), segments


def labels_of(panel: Panel):
    """Labels of a panel's segments, as a dataset gives them."""
    return lambda segment, horizon: panel_labels(panel, replace(LABEL, horizon=horizon), segment.stop)


def config(folder: Path, segments: Segments, **changes) -> MiningConfig:
    """Two rounds of two generations, in which nearly every factor is admitted."""
    settings = MiningConfig(
        label=LABEL,
        segments=segments,
        backend=BackendSettings(threads=2),
        engine=EngineSettings(),
        fitness=FitnessSettings(min_assets=10),
        gp=GpSettings(population=24, generations=2, rounds=2, elites=4, windows=(3, 5, 10), max_lookback=60),
        library=LibrarySettings(min_score=0.0, candidates=10),
        seed=3,
        run_id="run",
        out=folder / "out",
        state=folder / "state",
        data_fingerprint="data",
        semantics="semantics",
        config_dict={"settings": "of the test"},
    )
    return replace(settings, **changes)


def files(folder: Path) -> dict[str, bytes]:
    """What a run has written of its library and its ledger; names that begin with a dot are what a kill left."""
    kinds = {".json", ".jsonl", ".npy"}
    return {path.name: path.read_bytes() for path in (folder / "out").rglob("[!.]*") if path.suffix in kinds}
