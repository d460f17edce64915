"""The settings of one mining run, gathered from the packages' settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dfqgp.cache.settings import CacheSettings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from dfqgp.backends.settings import BackendSettings
    from dfqgp.engine.settings import EngineSettings
    from dfqgp.fitness.settings import FitnessSettings
    from dfqgp.gp.seeds import Seed
    from dfqgp.gp.settings import GpSettings
    from dfqgp.library.settings import LibrarySettings
    from dfqgp.market import LabelSettings, Segments


@dataclass(frozen=True)
class MiningConfig:
    """The packages' settings of one run, its name, and where it writes.

    Parameters
    ----------
    label : LabelSettings
        Entry, exit and horizon.
    segments : Segments
        Cut from the dates of the whole panel, whose rows up to ``segments.search_stop`` the run holds. The shares of
        the settings would mean other borders on the cut panel.
    backend, engine, fitness, gp, library : the settings of these packages
    seed : int
        Seed of the search.
    run_id : str
        Names the run's files; equal for equal settings, data, semantics and package version.
    out, state : Path
        Folders of results, and of checkpoints and locks.
    data_fingerprint : str
        Of the whole panel; snapshots carry it.
    semantics : str
        Digest of what operators mean; a checkpoint of another one is refused.
    config_dict : mapping
        The settings as plain data, without what never changes a result; snapshots carry it.
    seeds : tuple of Seed
        Formulas for the first population.
    cache : CacheSettings
        What is kept of values and scores.
    cache_folder : Path, optional
        Where; without one nothing is kept or read.
    """

    label: LabelSettings
    segments: Segments
    backend: BackendSettings
    engine: EngineSettings
    fitness: FitnessSettings
    gp: GpSettings
    library: LibrarySettings
    seed: int
    run_id: str
    out: Path
    state: Path
    data_fingerprint: str
    semantics: str
    config_dict: Mapping[str, Any]
    seeds: tuple[Seed, ...] = ()
    cache: CacheSettings = field(default_factory=CacheSettings)
    cache_folder: Path | None = None
