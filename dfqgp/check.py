"""Data quality from the command line: ``python -m dfqgp.check``.

1. The settings are those of ``python -m dfqgp.mine``; the panel is built, or found in the lake.
2. Its findings are shown as a table, and written with charts to ``out/quality/KEY.html``.
3. The path of that page is the last line on standard output.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from dfqgp import config as configuration
from dfqgp.dataset import DatasetBuilder
from dfqgp.errors import DfqgpError
from dfqgp.quality import over_limit
from dfqgp.quality.show import table_of, write_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.config import Config

REFUSED = 2

_WIDTH = 160  # where standard output is not a terminal
_USAGE = """\
Measure the data that a mining run would see.

Usage
  python -m dfqgp.check [key=value ...]        (or: dfqgp-check ...)

Examples
  python -m dfqgp.check source=files source.path=prices.parquet
  python -m dfqgp.check source=ashare_daily source.path=daily.parquet quality.limits.twin_stocks=null

Settings: those of python -m dfqgp.mine; quality.limits.NAME=X is the largest number of a finding that is accepted,
null accepts any. docs/quality.md explains each finding.

Exit codes: 0 the data are accepted, 2 they are refused, or a setting or file cannot be used.
"""


def main() -> None:
    """Run the command line and exit: 0 accepted, 2 refused, or something that cannot be used."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Measure what the overrides of a command line name.

    Parameters
    ----------
    arguments : sequence of str
        Overrides such as ``source.path=prices.parquet``, without the program's name; ``--help`` explains them.

    Returns
    -------
    int
        The exit code. What was refused stands on standard error, in one line after ``dfqgp:``.
    """
    if {"-h", "--help"} & set(arguments):
        sys.stdout.write(_USAGE)
        return 0
    try:
        path, refused = check_one(configuration.load(configuration.normalise_overrides(arguments)))
    except DfqgpError as error:
        sys.stderr.write(f"dfqgp: {error}\n")
        return REFUSED
    sys.stdout.write(f"{path}\n")
    if refused:
        sys.stderr.write(
            f"dfqgp: {refused} findings are above their limit, see the table; docs/quality.md explains each\n"
        )
    return REFUSED if refused else 0


def check_one(config: Config) -> tuple[Path, int]:
    """Show and write the report of one configuration.

    Returns
    -------
    (Path, int)
        The page, and how many findings are above their limit.

    Raises
    ------
    DfqgpError
        If the data cannot be read.
    """
    settings = config.quality
    data = Path(config.paths.data)
    builder = DatasetBuilder(config.dataset_settings(), data)
    report = builder.measure(data)
    console = Console()
    console.width = console.width if console.is_terminal else _WIDTH
    console.print(table_of(report, settings))
    path = Path(config.paths.out) / "quality" / f"{builder.fingerprint}.html"
    write_page(path, report, settings)
    return path, len(over_limit(report, settings))


if __name__ == "__main__":
    main()
