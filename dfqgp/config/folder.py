"""Where the files of the configuration are, and how what Hydra says of them is told."""

from __future__ import annotations

from pathlib import Path

from hydra.errors import MissingConfigException

from dfqgp.errors import ConfigError, nearest

VERSION_BASE = "1.3"
CONFIG_NAME = "config"


def conf_dir() -> Path:
    """Return the folder of config.yaml: inside the package in a wheel, beside it in a checkout.

    Raises
    ------
    ConfigError
        If it is in neither place.
    """
    package = Path(__file__).resolve().parents[1]
    places = (package / "conf", package.parent / "conf")
    for place in places:
        if (place / f"{CONFIG_NAME}.yaml").is_file():
            return place
    where = " or ".join(map(str, places))
    raise ConfigError(key="folder", got="nothing", expected=f"config.yaml in {where}", hint="; reinstall dfqgp")


def as_config_error(error: Exception) -> ConfigError:
    """Put an error of the configuration libraries into one line."""
    if isinstance(error, MissingConfigException) and error.options is not None:
        group, _, option = str(error.missing_cfg_file).rpartition("/")
        expected = f"one of {', '.join(error.options)}"
        return ConfigError(key=group, got=repr(option), expected=expected, hint=nearest(option, error.options))
    key = getattr(error, "full_key", None) or getattr(error, "override", None) or "overrides"
    said = str(error).partition("\n")[0]
    return ConfigError(key=key, got=f"an error ({said})", expected="key=value with a key of conf/", hint="")
