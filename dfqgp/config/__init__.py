"""The configuration: one frozen record per package, composed by Hydra from conf/, checked before any work starts.

1. :func:`normalise_overrides` puts the signs before overrides that Hydra asks for (overrides).
2. :func:`jobs` takes a command line apart into the overrides of each job: one, unless it is a multirun (overrides).
3. :func:`load` composes a job's values, whatever their keys, and :func:`typed` builds the records from them, so that
   unknown keys, wrong types and impossible values all end in one :class:`ConfigError` (composing, settings).
4. :func:`check` does this for every job of a command line, before Hydra starts the first.
"""

from dfqgp.config.composing import check, load, typed
from dfqgp.config.folder import CONFIG_NAME, VERSION_BASE, as_config_error, conf_dir
from dfqgp.config.overrides import OPEN_SECTIONS, jobs, normalise_overrides
from dfqgp.config.settings import Config, PathSettings, run_semantics

__all__ = [
    "CONFIG_NAME", "OPEN_SECTIONS", "VERSION_BASE", "Config", "PathSettings", "as_config_error", "check", "conf_dir",
    "jobs", "load", "normalise_overrides", "run_semantics", "typed",
]  # fmt: skip
