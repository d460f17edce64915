"""From overrides to checked records: Hydra composes the values, the records check them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from hydra import compose, initialize_config_dir
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from dfqgp.config.folder import CONFIG_NAME, VERSION_BASE, as_config_error, conf_dir
from dfqgp.config.overrides import jobs, parse, relaxed
from dfqgp.config.settings import Config
from dfqgp.errors import ConfigError
from dfqgp.ops import use_operators
from dfqgp.records import build

if TYPE_CHECKING:
    from collections.abc import Sequence


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
    lines = [relaxed(override) for override in parse(overrides)]
    try:
        with initialize_config_dir(version_base=VERSION_BASE, config_dir=str(conf_dir())):
            composed = compose(CONFIG_NAME, overrides=lines)
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
