"""The configuration: one frozen record per package, composed by Hydra from conf/, checked before any work starts.

1. :func:`normalise_overrides` puts the signs before overrides that Hydra asks for.
2. :func:`jobs` takes a command line apart into the overrides of each job (one, unless it is a multirun).
3. :func:`load` composes a job's values, whatever their keys, and :func:`typed` builds the records from them, so that
   unknown keys, wrong types and impossible values all end in one :class:`ConfigError`.
4. :func:`check` does this for every job of a command line, before Hydra starts the first.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from hydra import compose, initialize_config_dir
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, OverrideType
from hydra.errors import HydraException, MissingConfigException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from pydantic import Field

from dfqgp.backends.settings import BackendSettings
from dfqgp.cache.settings import CacheSettings
from dfqgp.dataset.settings import DatasetSettings
from dfqgp.engine.settings import EngineSettings
from dfqgp.errors import ConfigError, nearest
from dfqgp.expr.parse import NATIVE
from dfqgp.features.intraday import IntradaySettings
from dfqgp.fitness.settings import FitnessSettings
from dfqgp.gp.seeds import Seed, read_seeds
from dfqgp.gp.settings import GpSettings
from dfqgp.library.settings import LibrarySettings
from dfqgp.market import LabelSettings, SegmentSettings, UniverseSettings
from dfqgp.mining.settings import MiningConfig
from dfqgp.ops import use_operators, user_operators
from dfqgp.quality import QualitySettings
from dfqgp.records import build, plain, record
from dfqgp.sources import SourceSettings, SyntheticSettings
from dfqgp.store.keys import digest_of, semantics_digest
from dfqgp.store.manifest import package_version

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dfqgp.dataset import Dataset

VERSION_BASE = "1.3"
CONFIG_NAME = "config"

# Their default stands in config.yaml itself, so that Hydra wants `+group=option` for them.
APPENDED_GROUPS = ("backend",)

# Their keys are the user's own column names, which Hydra wants to be forced in.
OPEN_SECTIONS = ("source.columns", "source.scales", "source.units", "intraday.columns", "intraday.scales")

# Free text, which Hydra reads only in quotes: a query has commas and brackets.
FREE_TEXTS = ("source.query=",)

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


def conf_dir() -> Path:
    """Return the folder of config.yaml: inside the package in a wheel, beside it in a checkout.

    Raises
    ------
    ConfigError
        If it is in neither place.
    """
    package = Path(__file__).resolve().parent
    places = (package / "conf", package.parent / "conf")
    for place in places:
        if (place / f"{CONFIG_NAME}.yaml").is_file():
            return place
    where = " or ".join(map(str, places))
    raise ConfigError(key="folder", got="nothing", expected=f"config.yaml in {where}", hint="; reinstall dfqgp")


def normalise_overrides(overrides: Sequence[str]) -> list[str]:
    """Put ``+`` before groups that Hydra appends, ``++`` before entries whose keys are free, and quotes around a query.

    Examples
    --------
    >>> normalise_overrides(["backend=gpu", "+backend=cpu", "backend.threads=2"])
    ['+backend=gpu', '+backend=cpu', 'backend.threads=2']
    >>> normalise_overrides(["source.columns.industry=sector", "source.path=prices.csv"])
    ['++source.columns.industry=sector', 'source.path=prices.csv']
    >>> normalise_overrides(["source.query=select date, code from daily"])
    ['source.query="select date, code from daily"']
    """
    groups = tuple(f"{group}=" for group in APPENDED_GROUPS)
    entries = tuple(f"{section}{sign}" for section in OPEN_SECTIONS for sign in ".=")
    signs = {groups: "+", entries: "++"}
    return [
        next((sign for starts, sign in signs.items() if override.startswith(starts)), "") + _quoted(override)
        for override in overrides
    ]


def _quoted(override: str) -> str:
    """Put a query in quotes, but one that is in quotes already."""
    key, sign, value = override.partition("=")
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    if not override.startswith(FREE_TEXTS) or quoted or not value:
        return override
    return f'{key}{sign}"{value.replace(chr(34), chr(92) + chr(34))}"'


def load(overrides: Sequence[str] = ()) -> Config:
    """Compose one job's configuration and check it.

    Parameters
    ----------
    overrides : sequence of str
        As on the command line: ``gp.population=100``, ``source=files``, ``+backend=reference``.

    Raises
    ------
    ConfigError
        For an override that cannot be read, an unknown key or option, a wrong type or an impossible value.
    """
    relaxed = [_relaxed(override) for override in _parse(overrides)]
    try:
        with initialize_config_dir(version_base=VERSION_BASE, config_dir=str(conf_dir())):
            composed = compose(CONFIG_NAME, overrides=relaxed)
    except (HydraException, OmegaConfBaseException) as error:
        raise as_config_error(error) from None
    return typed(composed)


def typed(composed: DictConfig) -> Config:
    """Return the checked records of a composed configuration; raises ConfigError."""
    try:
        given = OmegaConf.to_container(composed, resolve=True, throw_on_missing=True)
    except OmegaConfBaseException as error:
        raise as_config_error(error) from None
    # The names of operators are checked with the other settings, so the user's have to be known by then.
    use_operators([Path(each) for each in _operator_files(given)])
    return build(Config, given, error=ConfigError)


def _operator_files(given: object) -> list[str]:
    """Return the files that a configuration names; what is no list of texts is left to the check."""
    files = given.get("operators") if isinstance(given, Mapping) else None
    return [each for each in files if isinstance(each, str)] if isinstance(files, list) else []


def check(overrides: Sequence[str], *, multirun: bool) -> list[Config]:
    """Return every job's configuration, checked; raises ConfigError for the first that cannot be meant."""
    return [load(job) for job in jobs(overrides, multirun=multirun)]


def jobs(overrides: Sequence[str], *, multirun: bool) -> Iterator[list[str]]:
    """Yield the overrides of every job: one, or in a multirun each combination of the listed values.

    Nothing is yielded for a sweeper other than Hydra's own, since it chooses the values while it runs.

    Raises
    ------
    ConfigError
        If an override cannot be read, or lists values without a multirun.

    Examples
    --------
    >>> list(jobs(["gp.population=10,20", "seed=1"], multirun=True))
    [['gp.population=10', 'seed=1'], ['gp.population=20', 'seed=1']]
    """
    parsed = _parse(overrides)
    if any(override.key_or_group == "hydra/sweeper" for override in parsed):
        return
    choices = [_values(override, multirun=multirun) for override in parsed]
    yield from (list(job) for job in itertools.product(*choices))


def as_config_error(error: Exception) -> ConfigError:
    """Put an error of the configuration libraries into one line."""
    if isinstance(error, MissingConfigException) and error.options is not None:
        group, _, option = str(error.missing_cfg_file).rpartition("/")
        expected = f"one of {', '.join(error.options)}"
        return ConfigError(key=group, got=repr(option), expected=expected, hint=nearest(option, error.options))
    key = getattr(error, "full_key", None) or getattr(error, "override", None) or "overrides"
    said = str(error).partition("\n")[0]
    return ConfigError(key=key, got=f"an error ({said})", expected="key=value with a key of conf/", hint="")


def _parse(overrides: Sequence[str]) -> list[Override]:
    try:
        return OverridesParser.create().parse_overrides(overrides=normalise_overrides(overrides))
    except HydraException as error:
        raise as_config_error(error) from None


def _relaxed(override: Override) -> str:
    """Let a value of any key pass the composition: the typed check knows the keys and names the nearest."""
    line, key = str(override.input_line), override.key_or_group
    options = sorted(path.stem for path in (conf_dir() / key).glob("*.yaml"))
    if options and not override.is_delete() and not isinstance(override.value(), str):
        hint = f"; set single values as {key}.KEY=VALUE"
        raise ConfigError(key=key, got=line, expected=f"one of {', '.join(options)}", hint=hint)
    is_plain = not options and override.type is OverrideType.CHANGE and not override.is_hydra_override()
    return f"++{line}" if is_plain else line


def _values(override: Override, *, multirun: bool) -> list[str]:
    line = str(override.input_line)
    if not override.is_sweep_override():
        return [line]
    if not multirun:
        got, hint = repr(override.get_value_string()), "; add -m to run each of several, or write a list as [1,2]"
        raise ConfigError(key=override.key_or_group, got=got, expected="one value", hint=hint)
    if override.is_interval_sweep():
        expected = "values with commas, choice(...) or range(...)"
        raise ConfigError(key=override.key_or_group, got=line, expected=expected, hint="")
    return [f"{override.get_key_element()}={text}" for text in override.sweep_string_iterator()]
