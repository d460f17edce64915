"""The records of a run's configuration: one section for each package, and what follows from them."""

from __future__ import annotations

from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from dfqgp.backends.settings import BackendSettings
from dfqgp.cache.settings import CacheSettings
from dfqgp.dataset.settings import DatasetSettings
from dfqgp.engine.settings import EngineSettings
from dfqgp.errors import ConfigError
from dfqgp.expr.parse import NATIVE
from dfqgp.features.intraday import IntradaySettings
from dfqgp.fitness.settings import FitnessSettings
from dfqgp.gp.seeds import Seed, read_seeds
from dfqgp.gp.settings import GpSettings
from dfqgp.library.settings import LibrarySettings
from dfqgp.market import LabelSettings, SegmentSettings, UniverseSettings
from dfqgp.mining.settings import MiningConfig
from dfqgp.ops import user_operators
from dfqgp.quality import QualitySettings
from dfqgp.records import plain, record
from dfqgp.sources import SourceSettings, SyntheticSettings
from dfqgp.store.keys import digest_of, semantics_digest
from dfqgp.store.manifest import package_version

if TYPE_CHECKING:
    from dfqgp.dataset import Dataset

Folder = Annotated[str, Field(min_length=1)]

# What never changes a result: where files lie, what reads them, how many threads work, how much memory they may take.
# What stands in the files of operators does change one; it is part of the semantics. Limits refuse data or do not.
_IRRELEVANT = (
    ("paths",), ("quality",), ("operators",), ("source", "frames"), ("intraday", "max_rows"), ("backend", "threads"),
    ("engine", "budget"), ("cache",),
)  # fmt: skip


@record("paths", ConfigError)
class PathSettings:
    """Folders, relative to the working directory.

    Parameters
    ----------
    out : str
        Results: libraries, candidates, logs.
    state : str
        Checkpoints and locks, from which a stopped run resumes.
    data : str
        The data lake: built panels in ``panel/`` and daily results of minute bars in ``intraday/``, which may be
        deleted at any time; the list of builds in ``metadata/``; ``raw/`` is reserved for sources.

    Raises
    ------
    ConfigError
        If a path is empty.
    """

    out: Folder = "out"
    state: Folder = "state"
    data: Folder = "data"


@record("", ConfigError)
class Config:
    """All settings of one run; each section is the settings record of one package.

    Parameters
    ----------
    seed : int
        Seed of the search, 0 or more. The synthetic market has its own, ``source.seed``.
    operators : tuple of str
        Python files that declare operators, see docs/adding_an_operator.md. They are run before the rest is read.

    Raises
    ------
    ConfigError
        If the seed is negative or too large.
    """

    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    operators: tuple[str, ...] = ()
    paths: PathSettings = field(default_factory=PathSettings)
    source: Annotated[SourceSettings, Field(discriminator="name")] = field(default_factory=SyntheticSettings)
    universe: UniverseSettings = field(default_factory=UniverseSettings)
    intraday: IntradaySettings = field(default_factory=IntradaySettings)
    label: LabelSettings = field(default_factory=LabelSettings)
    segments: SegmentSettings = field(default_factory=SegmentSettings)
    backend: BackendSettings = field(default_factory=BackendSettings)
    engine: EngineSettings = field(default_factory=EngineSettings)
    fitness: FitnessSettings = field(default_factory=FitnessSettings)
    gp: GpSettings = field(default_factory=GpSettings)
    library: LibrarySettings = field(default_factory=LibrarySettings)
    cache: CacheSettings = field(default_factory=CacheSettings)
    quality: QualitySettings = field(default_factory=QualitySettings)

    def identity(self) -> dict[str, Any]:
        """Return the sections as plain data, without what never changes a result; of the seeds, what the file says.

        Raises
        ------
        ConfigError
            If the file of seeds cannot be read.
        """
        sections_of_all = plain(self)
        for *sections, last in _IRRELEVANT:
            place = sections_of_all
            for section in sections:
                place = place[section]
            place.pop(last, None)  # only sources that read files have frames
        seeds = [[seed.text, seed.dialect] for seed in self.seeds()]
        sections_of_all["gp"] |= {"seeds": digest_of(seeds) if seeds else "", "seeds_dialect": NATIVE}
        return sections_of_all

    def seeds(self) -> tuple[Seed, ...]:
        """Read the formulas for the first population, none without a file; raises ConfigError."""
        return read_seeds(Path(self.gp.seeds), self.gp.seeds_dialect) if self.gp.seeds else ()

    def run_id(self, data_fingerprint: str, semantics: str) -> str:
        """Return 12 hex digits that name the run: equal for equal settings, data, semantics and package version.

        Parameters
        ----------
        data_fingerprint : str
            Of the whole panel.
        semantics : str
            Digest of what operators mean, see :func:`run_semantics`.
        """
        return digest_of([self.identity(), data_fingerprint, semantics, package_version()])[:12]

    def dataset_settings(self) -> DatasetSettings:
        """Return what decides the dataset."""
        return DatasetSettings(
            self.source, self.universe, self.segments, self.label, self.quality, intraday=self.intraday
        )

    def for_run(
        self, dataset: Dataset, semantics: str, out: Path, state: Path, data: Path | None = None
    ) -> MiningConfig:
        """Return what the mining loop is told for a dataset and its folders; without ``data`` it has no cache."""
        return MiningConfig(
            label=self.label,
            segments=dataset.segments,
            backend=self.backend,
            engine=self.engine,
            fitness=self.fitness,
            gp=self.gp,
            library=self.library,
            seed=self.seed,
            run_id=self.run_id(dataset.fingerprint, semantics),
            out=out,
            state=state,
            data_fingerprint=dataset.fingerprint,
            semantics=semantics,
            config_dict=self.identity(),
            seeds=self.seeds(),
            cache=self.cache,
            cache_folder=None if data is None else data / self.cache.folder,
        )


def run_semantics() -> str:
    """Return the digest of what operators mean in this process: the package's, and the user's own."""
    return digest_of([semantics_digest(), user_operators()])
