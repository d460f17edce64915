"""Mining from the command line: ``python -m dfqgp.mine``.

1. Every job's settings are composed and checked, and its backend is tried, before the first job starts.
2. A job opens its dataset, which holds no row of the sealed holdout.
3. The loop mines; its library is shown as a table, and its path is the last line on standard output.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import hydra
from rich.console import Console

from dfqgp import config as configuration
from dfqgp.backends import open_backend
from dfqgp.dataset import DatasetBuilder
from dfqgp.errors import DfqgpError
from dfqgp.library import read_snapshot
from dfqgp.mining.logs import open_logs
from dfqgp.mining.loop import mine
from dfqgp.mining.summary import library_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from omegaconf import DictConfig

    from dfqgp.config import Config
    from dfqgp.expr import Vocabulary
    from dfqgp.quality import Report

logger = logging.getLogger("dfqgp.mine")  # also where this module is the one that is run

STOPPED = 130
REFUSED = 2

_MULTIRUN = frozenset({"-m", "--multirun"})
_TABLE_WIDTH = 160  # where standard output is not a terminal


def main() -> None:
    """Run the command line and exit: 0 done, 2 something that cannot be used, 130 stopped."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run the jobs of a command line.

    Parameters
    ----------
    arguments : sequence of str
        Overrides and flags, without the program's name.

    Returns
    -------
    int
        The exit code. What was refused stands on standard error, in one line after ``dfqgp:``.
    """
    flags = {argument for argument in arguments if argument.startswith("-")}
    overrides = configuration.normalise_overrides([each for each in arguments if each not in flags])
    try:
        sys.argv[1:] = configuration.normalise_overrides(arguments)
        if flags <= _MULTIRUN:  # with --help, --cfg and the like there is no job to check
            _check(overrides, multirun=bool(flags))
            sys.argv[1:] = [*flags, *overrides]  # Hydra wants the flags on one side
        start = hydra.main(
            version_base=configuration.VERSION_BASE,
            config_path=str(configuration.conf_dir()),
            config_name=configuration.CONFIG_NAME,
        )
        start(_job)()
    except DfqgpError as error:
        return _refuse(error)
    except KeyboardInterrupt:
        sys.stderr.write("dfqgp: stopped; the same command resumes after the last finished generation\n")
        return STOPPED
    return 0


def mine_one(config: Config) -> Path:
    """Run one job and show its library; return the library's path.

    Raises
    ------
    DfqgpError
        If the data, the backend or a checkpoint cannot be used.
    """
    data = Path(config.paths.data)
    builder = DatasetBuilder(config.dataset_settings(), data)
    semantics = configuration.run_semantics()
    run_id = config.run_id(builder.fingerprint, semantics)
    with open_logs(Path(config.paths.out) / "logs", run_id) as binding:
        dataset = builder.build(data, lambda report: _write_page(report, config, builder.fingerprint))
        out, state = Path(config.paths.out), Path(config.paths.state)
        settings = config.for_run(dataset, semantics, out, state, data)
        latest = mine(dataset.panel, dataset.labels, settings, binding)
    _show(latest, dataset.vocabulary)
    return latest


def _write_page(report: Report, config: Config, key: str) -> None:
    """Write what the data of a new panel show, also where they are about to be refused."""
    from dfqgp.quality.show import write_page  # noqa: PLC0415 - matplotlib takes a second, and most runs build nothing

    path = Path(config.paths.out) / "quality" / f"{key}.html"
    write_page(path, report, config.quality)
    logger.info("data quality: %s", path)


def _check(overrides: Sequence[str], *, multirun: bool) -> None:
    configs = configuration.check(overrides, multirun=multirun)
    for backend in {config.backend for config in configs}:
        open_backend(backend)


def _job(composed: DictConfig) -> None:
    """Run one job under Hydra, which would print a traceback for any other exception than SystemExit."""
    try:
        latest = mine_one(configuration.typed(composed))
    except DfqgpError as error:
        raise SystemExit(_refuse(error)) from None
    sys.stdout.write(f"{latest}\n")


def _show(latest: Path, vocabulary: Vocabulary) -> None:
    console = Console()
    console.width = console.width if console.is_terminal else _TABLE_WIDTH
    console.print(library_table(read_snapshot(latest), vocabulary))


def _refuse(error: DfqgpError) -> int:
    sys.stderr.write(f"dfqgp: {error}\n")
    return REFUSED


if __name__ == "__main__":
    main()
