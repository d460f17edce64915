"""From the converted columns of a table, arrays of NumPy or CuPy alike, to a checked table or one error.

1. rows without any price are dropped and counted, columns without any value are named, the rest is sorted;
2. absent flags and the factor get their default (defaults), so that every rule has its columns;
3. the rules are checked together (rules, violations), and so is what speaks of the table as a whole;
4. rows that break a rule are dropped where that is wanted, else all is one error;
5. prices are brought to raw ones, an absent amount is made (treat), and what the prices are is compared with what the
   settings say (basis_rule);
6. the remaining defaults are filled in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from dfqgp.errors import DataContractError
from dfqgp.sources.contract.basis_rule import price_violations
from dfqgp.sources.contract.columns import COLUMNS, PRICES
from dfqgp.sources.contract.defaults import columns_of, fill_flags
from dfqgp.sources.contract.logs import log_bad, log_defaults, log_empty, log_repaired, warn_of_scale
from dfqgp.sources.contract.rules import rules_for
from dfqgp.sources.contract.table import Table
from dfqgp.sources.contract.treat import recover_raw, scale_ratio, typical_amount
from dfqgp.sources.contract.violations import Violation, find_violations
from dfqgp.sources.contract.whole import codes_and_days, empty_columns, mark_keys, nothing_trades

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from dfqgp.frames import Array
    from dfqgp.sources.contract.rows import Rows
    from dfqgp.sources.contract.treatment import Treatment

NO_PRICES = "all prices missing"
NO_AMOUNT = "no feature amount and no vwap"


@dataclass(frozen=True)
class Wanted:
    """What is asked of a table.

    Parameters
    ----------
    where : str
        What the table is, for messages.
    treatment : Treatment
        How it is to be taken.
    units : mapping of str to str
        Unit of every further column that becomes a feature.
    given : tuple of str
        Columns that the table came with.
    derived : tuple of str
        Columns of the contract that are filled in later, so that their defaults do not hold.
    """

    where: str
    treatment: Treatment
    units: Mapping[str, str] = field(default_factory=dict)
    given: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()

    def absent(self, own: AbstractSet[str]) -> tuple[str, ...]:
        """Return the optional columns whose default holds; ``own`` are those of the table that have a value."""
        there = {*(own & set(self.given)), *self.derived}
        return tuple(each.name for each in COLUMNS if not each.required and each.name not in there)

    def refuse(self, found: Sequence[Violation]) -> NoReturn:
        """Raise DataContractError with all violations."""
        raise DataContractError(where=self.where, count=len(found), report="\n".join(map(str, found)))


def clean(rows: Rows, wanted: Wanted, named: Sequence[Violation], repaired: Mapping[str, int]) -> Table:
    """Check the rows and bring them to a table.

    Parameters
    ----------
    rows : Rows
        Converted columns; it is used up.
    wanted : Wanted
        What is asked of the table.
    named : sequence of Violation
        What was found in its columns before.
    repaired : mapping of str to int
        What was repaired in how many rows.

    Raises
    ------
    DataContractError
        With every violation.
    """
    treatment, dropped = wanted.treatment, _drop_empty(rows)
    if not len(rows):
        wanted.refuse([*named, Violation("no rows with prices")])
    whole = [*named, *empty_columns(rows), *codes_and_days(rows, treatment.timezone)]
    own = rows.cells.keys() | rows.texts.keys()
    fill_flags(rows)
    whole += nothing_trades(rows)
    mark_keys(rows)
    broken, bad = find_violations(rows, rules_for(rows.cells.keys() | rows.texts.keys()))
    whole += _too_many(bad, treatment)
    if whole or (broken and treatment.on_bad == "refuse"):
        wanted.refuse([*broken, *whole])
    if broken:
        rows.keep(~bad)
        if not len(rows):
            wanted.refuse([*broken, Violation("no rows left")])
        dropped |= {each.kind: each.count for each in broken}
    without = _treat(rows, wanted, own)
    table = Table(columns_of(rows, without), wanted.units, wanted.absent(own), dropped, repaired)
    _log(table, broken, wanted, own_amount="amount" in own)
    return table


def _drop_empty(rows: Rows) -> dict[str, int]:
    """Leave out rows without any price: they are days without data, as a missing row is."""
    prices = [name for name in PRICES if name in rows.cells]
    if not prices or not len(rows):
        return {}
    kept = rows.xp.zeros(len(rows), dtype=bool)
    for name in prices:
        kept |= ~rows.xp.isnan(rows.cells[name])
    for mask in rows.unreadable.values():
        kept |= mask
    count = len(rows) - int(kept.sum())
    if count:
        rows.keep(kept)
    return {NO_PRICES: count} if count else {}


def _too_many(bad: Array, treatment: Treatment) -> list[Violation]:
    """Say that more rows break a rule than may be dropped."""
    count, limit = int(bad.sum()), treatment.bad_limit
    if treatment.on_bad == "refuse" or count <= limit * len(bad):
        return []
    words = f"{count:,} of {len(bad):,} rows ({count / len(bad):.2%}) break a rule, source.bad_limit={limit:g} allows"
    return [Violation(f"{words} {int(limit * len(bad)):,}: repair the table, or set source.bad_limit higher")]


def _treat(rows: Rows, wanted: Wanted, own: Collection[str]) -> frozenset[str]:
    """Bring prices to raw ones and make the amount; return the features that the table cannot give."""
    treatment = wanted.treatment
    mixed = treatment.prices != "raw" and "adj_factor" not in own
    if treatment.prices != "raw" and not mixed:
        recover_raw(rows, treatment.prices, [name for name, unit in wanted.units.items() if unit == "price"])
    if "amount" not in own and treatment.amount == "typical" and not mixed:
        typical_amount(rows)
    found = price_violations(rows, treatment.prices, own_factor="adj_factor" in own, own_amount="amount" in own)
    if found:
        wanted.refuse(found)
    return frozenset({"vwap"} if mixed else ())


def _log(table: Table, broken: Sequence[Violation], wanted: Wanted, *, own_amount: bool) -> None:
    columns, where = table.columns, wanted.where
    log_empty({reason: count for reason, count in table.dropped.items() if reason == NO_PRICES}, where)
    log_bad(broken, where)
    log_repaired(table.repaired, where)
    words = {} if "amount" in columns.numbers else {"amount": NO_AMOUNT}
    log_defaults(table.defaults, words, where, sized="mktcap" in columns.numbers)
    if own_amount:
        warn_of_scale(scale_ratio(columns), where)
