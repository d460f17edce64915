"""Overrides of a command line: the signs that Hydra wants before them, and the jobs that they ask for."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, OverrideType
from hydra.errors import HydraException

from dfqgp.config.folder import as_config_error, conf_dir
from dfqgp.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Their default stands in config.yaml itself, so that Hydra wants `+group=option` for them.
APPENDED_GROUPS = ("backend",)

# Their keys are the user's own column names, which Hydra wants to be forced in.
OPEN_SECTIONS = ("source.columns", "source.scales", "source.units", "intraday.columns", "intraday.scales")

# Free text, which Hydra reads only in quotes: a query has commas and brackets, a separator is such a sign itself.
FREE_TEXTS = ("source.query=", "source.separator=", "source.decimal=")


def normalise_overrides(overrides: Sequence[str]) -> list[str]:
    """Put ``+`` before groups that Hydra appends, ``++`` before entries of open sections, and quotes around free text.

    Examples
    --------
    >>> normalise_overrides(["backend=gpu", "+backend=cpu", "backend.threads=2"])
    ['+backend=gpu', '+backend=cpu', 'backend.threads=2']
    >>> normalise_overrides(["source.columns.industry=sector", "source.path=prices.csv"])
    ['++source.columns.industry=sector', 'source.path=prices.csv']
    >>> normalise_overrides(["source.query=select date, code from daily"])
    ['source.query="select date, code from daily"']
    >>> normalise_overrides(["source.separator=;", "source.separator=';'"])
    ['source.separator=";"', "source.separator=';'"]
    """
    groups = tuple(f"{group}=" for group in APPENDED_GROUPS)
    entries = tuple(f"{section}{sign}" for section in OPEN_SECTIONS for sign in ".=")
    signs = {groups: "+", entries: "++"}
    return [
        next((sign for starts, sign in signs.items() if override.startswith(starts)), "") + _quoted(override)
        for override in overrides
    ]


def _quoted(override: str) -> str:
    """Put free text in quotes, but what is in quotes already."""
    key, sign, value = override.partition("=")
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    if not override.startswith(FREE_TEXTS) or quoted or not value:
        return override
    return f'{key}{sign}"{value.replace(chr(34), chr(92) + chr(34))}"'


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
    parsed = parse(overrides)
    if any(override.key_or_group == "hydra/sweeper" for override in parsed):
        return
    choices = [_values(override, multirun=multirun) for override in parsed]
    yield from (list(job) for job in itertools.product(*choices))


def parse(overrides: Sequence[str]) -> list[Override]:
    """Read overrides as Hydra does; raises ConfigError for one that cannot be read."""
    try:
        return OverridesParser.create().parse_overrides(overrides=normalise_overrides(overrides))
    except HydraException as error:
        raise as_config_error(error) from None


def relaxed(override: Override) -> str:
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
