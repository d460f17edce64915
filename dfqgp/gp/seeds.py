"""Seeds: formulas from a file that enter the first population of a run.

1. ``read_seeds`` takes the file apart into formulas, each with its line and dialect, when a run starts.
2. ``plant`` reads them over the panel's names. A formula that cannot be read is an error: the file is wrong.
3. A formula that this search could not make (too large, too deep, other units or operators) is left out, and the log
   says why: the file is right, and other settings would take it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dfqgp.errors import ConfigError, ExpressionError, nearest
from dfqgp.expr.parse import DIALECTS, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from dfqgp.expr import Node, Vocabulary
    from dfqgp.gp.evolution import Evolution

_log = logging.getLogger(__name__)

_HEADER = "dialect:"


@dataclass(frozen=True)
class Seed:
    """One formula of a file.

    Parameters
    ----------
    where : str
        File and line.
    text : str
        The formula.
    dialect : str
        Its notation.
    """

    where: str
    text: str
    dialect: str


def read_seeds(path: Path, dialect: str) -> tuple[Seed, ...]:
    """Return the formulas of a text file: one a line, without empty lines and those that begin with ``#``.

    Parameters
    ----------
    path : Path
        The file, in UTF-8.
    dialect : str
        Notation of the formulas; a line ``# dialect: NAME`` sets another for those after it.

    Raises
    ------
    ConfigError
        If there is no such file, it is not UTF-8, a header names no dialect, or there is no formula.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise _refused(str(path), f"no readable file ({reason})", "a text file in UTF-8") from None
    seeds = tuple(_seeds(path, lines, dialect))
    if not seeds:
        raise _refused(str(path), "no formula", "one formula a line")
    return seeds


def plant(search: Evolution, seeds: Sequence[Seed], vocabulary: Vocabulary) -> None:
    """Let the formulas enter the first generation of a search, in their order.

    Raises
    ------
    ConfigError
        If a formula cannot be read over these names, or none of them may enter.
    """
    if not seeds:
        return
    fit: list[Node] = []
    for seed in seeds:
        tree = _tree(seed, vocabulary)
        if problem := search.problem(tree):
            _log.warning("%s: the formula is left out: %s", seed.where, problem)
        else:
            fit.append(tree)
    if not fit:
        expected = "one that the search could make; the log says why each is left out"
        raise _refused(seeds[0].where, f"{len(seeds)} formulas, all left out", expected)
    entered = search.immigrate(fit)
    _log.info("%d seeds: %d distinct ones enter, %d are left out", len(seeds), len(entered), len(seeds) - len(fit))


def _seeds(path: Path, lines: Sequence[str], dialect: str) -> Iterator[Seed]:
    for number, line in enumerate(map(str.strip, lines), start=1):
        where = f"{path}:{number}"
        comment = line[1:].strip() if line.startswith("#") else ""
        if comment.startswith(_HEADER):
            dialect = comment.removeprefix(_HEADER).strip()
            if dialect not in DIALECTS:
                expected = f"one of {', '.join(DIALECTS)}{nearest(dialect, DIALECTS)}"
                raise _refused(where, f"dialect '{dialect[:40]}'", expected)
        elif line and not line.startswith("#"):
            yield Seed(where, line, dialect)


def _tree(seed: Seed, vocabulary: Vocabulary) -> Node:
    try:
        return parse(seed.text, vocabulary, typed=False, dialect=seed.dialect)
    except ExpressionError as error:
        facts = error.details
        got = f"position {facts['position']}: {facts['received']}"
        raise _refused(seed.where, got, f"{facts['expected']}{facts['nearest']}") from None


def _refused(where: str, got: str, expected: str) -> ConfigError:
    return ConfigError(key=f"gp.seeds, {where}", got=got, expected=expected, hint="")
