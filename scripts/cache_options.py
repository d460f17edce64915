"""What the two commands of the cache share: the options that name formulas and data, and what they open."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dfqgp.backends import open_backend
from dfqgp.cache import Scope, formulas_of, read_formulas, scope_of, trees_of
from dfqgp.config import Config, load, run_semantics
from dfqgp.dataset import Dataset, open_dataset
from dfqgp.errors import DfqgpError
from dfqgp.library import read_snapshot

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from dfqgp.backends import Backend
    from dfqgp.expr import Node


@dataclass(frozen=True)
class Place:
    """Settings, data and backend of a command, and the scope that they make."""

    config: Config
    dataset: Dataset
    backend: Backend
    scope: Scope

    @property
    def folder(self) -> Path:
        """Where plans go."""
        return Path(self.config.paths.out) / "cache_plan"

    @property
    def root(self) -> Path:
        """Where entries are."""
        return Path(self.config.paths.data) / "cache"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that name formulas and data."""
    parser.add_argument(
        "--library", type=Path, action="append", default=[], help="a snapshot such as out/libraries/latest.json"
    )
    parser.add_argument(
        "--formulas",
        type=Path,
        action="append",
        default=[],
        help="a file of formulas, one a line, or a .csv file with a column 'formula' or 'expression'",
    )
    parser.add_argument("--dialect", default="dfqgp", help="their notation, see docs/dialects.md")
    parser.add_argument(
        "overrides", nargs="*", help="settings as for python -m dfqgp.mine: source=files source.path=..."
    )


def open_place(overrides: list[str]) -> Place:
    """Open the data that settings name: train and validation, nothing after them."""
    config = load(overrides)
    dataset = open_dataset(config.dataset_settings(), Path(config.paths.data))
    backend = open_backend(config.backend)
    return Place(config, dataset, backend, scope_of(dataset.panel, run_semantics(), backend))


def formulas_named(options: argparse.Namespace, dataset: Dataset) -> list[Node]:
    """Return the trees of all formulas that the options name; print those that cannot be read over this data."""
    read = [seed for path in options.formulas for seed in read_formulas(path, options.dialect)]
    members = [seed for path in options.library for seed in formulas_of(read_snapshot(path).members)]
    trees, failures = trees_of([*members, *read], dataset.vocabulary)
    for where, reason in failures.items():
        print(f"left out, {where}: {reason}")
    print(
        f"{len(trees)} distinct formulas of {len(members) + len(read)}, {len(failures)} cannot be read over this data"
    )
    return trees


def exit_code(command: Callable[[], int]) -> int:
    """Run a command; what cannot be used is one line on standard error and exit code 2."""
    try:
        return command()
    except DfqgpError as error:
        print(f"dfqgp: {error}", file=sys.stderr)
        return 2
