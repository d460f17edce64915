"""Rules through pandera, and its findings as lines that a person can act on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaError, SchemaErrorReason, SchemaErrors

from dfqgp.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dfqgp.sources.contract.rules import Rule

EXAMPLES = 3


@dataclass(frozen=True)
class Violation:
    """One kind of violation with the number of rows that show it and the first few of them."""

    kind: str
    count: int = 1
    examples: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.examples:
            return f"  - {self.kind}"
        rows = "row" if self.count == 1 else "rows"
        return f"  - {self.kind}: {self.count} {rows}, e.g. {'; '.join(self.examples)}"


def find_violations(frame: pd.DataFrame, columns: Mapping[str, pa.Column], rules: Iterable[Rule]) -> list[Violation]:
    """Check all of ``columns`` and ``rules`` at once and return what is broken, in their order.

    Parameters
    ----------
    frame : pandas.DataFrame
        Long table with a fresh index.
    columns : mapping of str to pandera Column
        Columns that must be there, with their types.
    rules : iterable of Rule
        Rules whose columns the frame has.

    Returns
    -------
    list of Violation
        Empty if the frame keeps everything.
    """
    by_kind = {rule.kind: rule for rule in rules}
    # The counts come from the checks' own output, so that pandera need not list every failing row.
    checks = [
        pa.Check(rule.holds, name=kind, ignore_na=False, n_failure_cases=EXAMPLES) for kind, rule in by_kind.items()
    ]
    try:
        pa.DataFrameSchema(dict(columns), checks=checks).validate(frame, lazy=True)
    except SchemaErrors as failure:
        return [_violation(error, frame, by_kind) for error in failure.schema_errors]
    return []


def _violation(error: SchemaError, frame: pd.DataFrame, by_kind: Mapping[str, Rule]) -> Violation:
    if error.reason_code is SchemaErrorReason.COLUMN_NOT_IN_DATAFRAME:
        name = str(error.failure_cases)
        return Violation(f"missing column '{name}'{nearest(name, map(str, frame.columns))}")
    rule = by_kind.get(str(error.check.name)) if isinstance(error.check, pa.Check) else None
    if rule is None:
        return Violation(str(error))
    rows = np.flatnonzero(~np.asarray(error.check_output, dtype=bool))
    return Violation(rule.kind, len(rows), tuple(_example(frame, int(row), rule) for row in rows[:EXAMPLES]))


def _example(frame: pd.DataFrame, row: int, rule: Rule) -> str:
    """Render "(date, code, value)": the key where the table has it, then what the rule looked at."""
    key = [_text(frame[name].iloc[row]) for name in ("date", "code") if name in frame]
    shown = [name for name in rule.columns if name not in {"date", "code", "is_trading"}]
    return f"({', '.join([*key, *(f'{name}={_text(frame[name].iloc[row])}' for name in shown)])})"


def _text(cell: Any) -> str:  # noqa: ANN401 - a cell of a raw table can be anything
    if isinstance(cell, pd.Timestamp):
        return f"{cell:%Y-%m-%d}"
    return f"{cell:.10g}" if isinstance(cell, float | np.floating) else str(cell)
