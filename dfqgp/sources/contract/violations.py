"""Rules on rows, and what breaks them as lines that a person can act on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.frames import host
from dfqgp.sources.contract.rules import readable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dfqgp.frames import Array
    from dfqgp.sources.contract.rows import Rows
    from dfqgp.sources.contract.rules import Rule

EXAMPLES = 3


@dataclass(frozen=True)
class Violation:
    """One kind of violation with the number of rows that show it and the first few of them."""

    kind: str
    count: int = 1
    examples: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"  - {self.words()}"

    def words(self) -> str:
        """Return kind, count and examples."""
        if not self.examples:
            return self.kind
        rows = "row" if self.count == 1 else "rows"
        return f"{self.kind}: {self.count:,} {rows}, e.g. {'; '.join(self.examples)}"


def find_violations(rows: Rows, rules: Iterable[Rule]) -> tuple[list[Violation], Array]:
    """Check all rules at once.

    Parameters
    ----------
    rows : Rows
        Long table.
    rules : iterable of Rule
        Rules whose columns the table has. A row whose date, code or cell could not be read is reported as that alone.

    Returns
    -------
    violations : list of Violation
        Unreadable cells first, then broken rules in their order; empty if the table keeps everything.
    bad : (n,) bool
        Rows that show any of them.
    """
    cells = {**rows.cells, **{name: texts.numbers for name, texts in rows.texts.items()}}
    found, bad = [], rows.xp.zeros(len(rows), dtype=bool)
    for name, mask in rows.unreadable.items():
        found.append(_violation(rows, readable(name), mask))
        bad |= mask
    with np.errstate(all="ignore"):
        for rule in rules:
            broken = ~rule.holds(cells)
            for name in {"date", "code", *rule.columns} & rows.unreadable.keys():
                broken &= ~rows.unreadable[name]
            if bool(broken.any()):
                found.append(_violation(rows, rule, broken))
                bad |= broken
    return found, bad


def _violation(rows: Rows, rule: Rule, mask: Array) -> Violation:
    first = host(rows.xp.flatnonzero(mask)[:EXAMPLES])
    return Violation(rule.kind, int(mask.sum()), tuple(_example(rows, int(row), rule) for row in first))


def _example(rows: Rows, row: int, rule: Rule) -> str:
    """Render "(date, code, value)": the key where the table has it, then what the rule looked at."""
    names = rows.cells.keys() | rows.texts.keys()
    key = [rows.text(name, row) for name in ("date", "code") if name in names]
    shown = [name for name in (rule.columns if rule.shown is None else rule.shown) if name not in {"date", "code"}]
    return f"({', '.join([*key, *(f'{name}={rows.text(name, row)}' for name in shown)])})"
