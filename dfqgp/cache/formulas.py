"""The formulas that a plan is made for: a library's members, and files of formulas."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from dfqgp.errors import CacheError, ExpressionError
from dfqgp.expr import canonicalize, parse
from dfqgp.expr.parse import NATIVE
from dfqgp.gp.seeds import Seed, read_seeds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from dfqgp.expr import Node, Vocabulary
    from dfqgp.library import Member

COLUMNS = ("formula", "expression")
"""Columns of a .csv file that may hold the formulas."""


def read_formulas(path: Path, dialect: str = NATIVE) -> tuple[Seed, ...]:
    """Return the formulas of a file.

    Parameters
    ----------
    path : Path
        A .csv file with a column ``formula`` or ``expression``, or a text file as ``gp.seeds`` takes it.
    dialect : str
        Notation of the formulas, see docs/dialects.md.

    Raises
    ------
    ConfigError
        If a text file cannot be read or has no formula.
    CacheError
        If a .csv file cannot be read or has none of these columns.
    """
    return _from_csv(path, dialect) if path.suffix == ".csv" else read_seeds(path, dialect)


def formulas_of(members: Iterable[Member]) -> tuple[Seed, ...]:
    """Return the formulas of a library's members."""
    return tuple(Seed(f"member {each.key}", each.expression, NATIVE) for each in members)


def trees_of(formulas: Sequence[Seed], vocabulary: Vocabulary) -> tuple[list[Node], dict[str, str]]:
    """Return the distinct canonical trees of formulas, in their order, and why others have none over these names.

    Returns
    -------
    trees : list of Node
        Each once.
    failures : dict of str to str
        The reason by the place of the formula.
    """
    trees: dict[Node, None] = {}
    failures: dict[str, str] = {}
    for each in formulas:
        try:
            trees[canonicalize(parse(each.text, vocabulary, typed=False, dialect=each.dialect))] = None
        except ExpressionError as error:
            failures[each.where] = str(error).partition("\n")[0]
    return list(trees), failures


def _from_csv(path: Path, dialect: str) -> tuple[Seed, ...]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            column = next((name for name in COLUMNS if name in (reader.fieldnames or ())), None)
            if column is None:
                expected = f"a column {' or '.join(COLUMNS)}"
                raise CacheError(key=str(path), got=reader.fieldnames, expected=expected, hint="")
            return tuple(Seed(f"{path}:{reader.line_num}", row[column], dialect) for row in reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CacheError(key=str(path), got=f"no readable file ({error})", expected="a .csv file", hint="") from None
