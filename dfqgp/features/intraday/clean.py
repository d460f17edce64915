"""From the bars of one day to those that features are made of, with what was left out, counted.

1. Bars outside the sessions, bars with a missing number and bars without trades are left out: they say nothing.
2. Bars that break a rule are an error that lists them, or are left out and counted (``on_bad``).
3. The rest is sorted by stock and time; stocks with too few bars have no values that day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dfqgp.features.intraday.columns import NUMBERS, PRICES, refuse
from dfqgp.features.intraday.day import Day
from dfqgp.features.intraday.rules import RULES, spacing_problem, unit_problem
from dfqgp.features.intraday.stamps import trading_minutes

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from dfqgp.features.intraday.day import Flags
    from dfqgp.features.intraday.settings import IntradaySettings

OUTSIDE, UNKNOWN, EMPTY, BAD, FEW = (
    "bars outside the sessions",
    "bars with a missing number",
    "bars without trades",
    "bars that break a rule",
    "days of stocks with too few bars",
)
COUNTED = (OUTSIDE, UNKNOWN, EMPTY, BAD, FEW)

_EXAMPLES = 3


@dataclass(frozen=True, eq=False)
class Cleaned:
    """The usable bars of a day, None where there are none, and what was left out."""

    day: Day | None
    counts: dict[str, int]


def clean(table: pa.Table, settings: IntradaySettings, where: str) -> Cleaned:
    """Return the usable bars of one day.

    Parameters
    ----------
    table : pyarrow.Table
        All bars of one day, in any order, as :func:`dfqgp.features.intraday.columns.typed` gives them.
    settings : IntradaySettings
        Sessions, length of a bar, and what to do with bars that break a rule.
    where : str
        What the table is, for messages.

    Raises
    ------
    DataContractError
        If bars break a rule and are not to be dropped, or more than may be; if stamps are not ``bar_minutes`` apart;
        if amount over volume is nowhere near the price.
    """
    bars = _arrays(table)
    minutes = trading_minutes(bars["time"], settings.minutes_of_day())
    inside = ~np.isnan(minutes)
    _check_spacing(minutes[inside], settings, where)
    unknown = np.isnan([bars[name] for name in NUMBERS]).any(axis=0) & inside
    bad = _bad(bars, table, inside & ~unknown, settings, where)
    empty = inside & ~unknown & ~bad & (bars["volume"] == 0)
    usable = inside & ~unknown & ~bad & ~empty
    counts = {OUTSIDE: ~inside, UNKNOWN: unknown, EMPTY: empty, BAD: bad}
    day = _day(bars, minutes, table, usable, settings)
    if day is not None:
        _check_units(day, where)
    few = 0 if day is None else int((day.counts < settings.least_bars()).sum())
    return Cleaned(day, {name: int(rows.sum()) for name, rows in counts.items()} | {FEW: few})


def _arrays(table: pa.Table) -> dict[str, NDArray[Any]]:
    arrays = {name: table.column(name).to_numpy() for name in NUMBERS}
    stamps = table.column("time").to_numpy().astype("datetime64[us]").astype(np.int64)
    return arrays | {"time": stamps, "code": _code_numbers(table)}


def _code_numbers(table: pa.Table) -> NDArray[np.int64]:
    numbers: NDArray[np.int64] = table.column("code").chunk(0).indices.to_numpy().astype(np.int64)
    return numbers


def _bad(bars: dict[str, NDArray[Any]], table: pa.Table, known: Flags, settings: IntradaySettings, where: str) -> Flags:
    """Mark the bars that break a rule, or refuse them."""
    broken = {kind: rows & known for kind, rows in ((rule.kind, rule.broken(bars, known)) for rule in RULES)}
    bad: Flags = np.logical_or.reduce(list(broken.values()))
    share = bad.mean() if len(bad) else 0.0
    if bad.any() and (settings.on_bad == "refuse" or share > settings.bad_limit):
        lines = [_line(kind, rows, table) for kind, rows in broken.items() if rows.any()]
        if settings.on_bad == "drop":
            most = f"{settings.bad_limit:.2%} (intraday.bad_limit)"
            lines.append(f"bars to drop: {share:.2%} of the day's, expected at most {most}")
        else:
            lines[-1] += "\n  (intraday.on_bad=drop leaves such bars out and counts them)"
        refuse(where, lines)
    return bad


def _line(kind: str, rows: Flags, table: pa.Table) -> str:
    examples = table.take(np.flatnonzero(rows)[:_EXAMPLES]).to_pylist()
    count = int(rows.sum())
    shown = "; ".join(
        f"({each['time']:%Y-%m-%d %H:%M:%S}, {each['code']}, "
        + ", ".join(f"{name}={each[name]:.10g}" for name in NUMBERS)
        + ")"
        for each in examples
    )
    return f"{kind}: {count} {'bar' if count == 1 else 'bars'}, e.g. {shown}"


def _day(
    bars: dict[str, NDArray[Any]],
    minutes: NDArray[np.float64],
    table: pa.Table,
    usable: Flags,
    settings: IntradaySettings,
) -> Day | None:
    rows = np.flatnonzero(usable)
    if not len(rows):
        return None
    names = np.array(table.column("code").chunk(0).dictionary.to_pylist(), dtype=str)
    number_of = np.argsort(np.argsort(names))  # codes in sorted order
    stocks = number_of[bars["code"][rows]]
    order = np.lexsort((bars["time"][rows], stocks))
    rows, stocks = rows[order], stocks[order]
    starts = np.flatnonzero(np.diff(stocks, prepend=-1))
    return Day(
        codes=np.sort(names)[stocks[starts]],
        starts=starts,
        minutes=minutes[rows],
        length=float(settings.length()),
        stamp=settings.stamp,
        **{name: bars[name][rows] for name in (*PRICES, "volume", "amount")},
    )


def _check_spacing(minutes: NDArray[np.float64], settings: IntradaySettings, where: str) -> None:
    problem = spacing_problem(minutes, settings.bar_minutes, settings.length())
    if problem:
        refuse(where, [problem])


def _check_units(day: Day, where: str) -> None:
    problem = unit_problem(day)
    if problem:
        refuse(where, [problem])
