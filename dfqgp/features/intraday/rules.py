"""What must hold for minute bars: one rule per kind of violation, and two checks of a day as a whole.

Prices are judged where something was traded: vendors fill bars without trades with zeros or the last close, and no
feature reads those.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.features.intraday.columns import NUMBERS, PRICES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from dfqgp.features.intraday.day import Day, Flags

    Bars = Mapping[str, NDArray[np.float64]]

# Prices that went through float32 differ in the seventh digit.
TOLERANCE = 1e-6

# Usual scales by the power of ten that they leave between amount / volume and the price.
_USUAL = {
    2: "volume=100",
    -3: "amount=1000",
    -4: "amount=10000",
    -1: "volume=100 and intraday.scales.amount=1000",
    -2: "volume=100 and intraday.scales.amount=10000",
}


@dataclass(frozen=True)
class Rule:
    """One kind of violation, and which bars show it; ``known`` marks those in a session with all their numbers."""

    kind: str
    broken: Callable[[Bars, Flags], Flags]


def _duplicate(bars: Bars, known: Flags) -> Flags:
    rows = np.flatnonzero(known)
    order = rows[np.lexsort((bars["time"][rows], bars["code"][rows]))]
    same = (np.diff(bars["time"][order]) == 0) & (np.diff(bars["code"][order]) == 0)
    found = np.zeros(len(known), dtype=bool)
    found[order[:-1][same]] = found[order[1:][same]] = True
    return found


def _infinite(bars: Bars, _: Flags) -> Flags:
    found: Flags = np.logical_or.reduce([np.isinf(bars[name]) for name in NUMBERS])
    return found


def _non_positive(name: str) -> Rule:
    return Rule(f"non-positive {name} of a bar with trades", lambda bars, _: (bars[name] <= 0) & (bars["volume"] > 0))


def _outside(name: str) -> Rule:
    def broken(bars: Bars, _: Flags) -> Flags:
        over = _exceeds(bars[name], bars["high"]) | _exceeds(bars["low"], bars[name])
        return over & (bars["volume"] > 0)

    return Rule(f"{name} outside [low, high]", broken)


def _exceeds(left: NDArray[np.float64], right: NDArray[np.float64]) -> Flags:
    return left > right + TOLERANCE * np.abs(right)


RULES = (
    Rule("duplicate (time, code)", _duplicate),
    Rule("infinite number", _infinite),
    Rule("negative volume", lambda bars, _: bars["volume"] < 0),
    Rule("negative amount", lambda bars, _: bars["amount"] < 0),
    Rule("no amount for a volume", lambda bars, _: (bars["amount"] == 0) & (bars["volume"] > 0)),
    *(_non_positive(name) for name in PRICES),
    Rule("high < low", lambda bars, _: _exceeds(bars["low"], bars["high"]) & (bars["volume"] > 0)),
    _outside("open"),
    _outside("close"),
)


def spacing_problem(minutes: NDArray[np.float64], bar_minutes: int, length: int) -> str:
    """Say what is wrong with the distance of a day's stamps; empty where nothing is, or there are too few to tell.

    Examples
    --------
    >>> spacing_problem(np.arange(5.0, 241.0, 5.0), 1, 240)
    'stamps are 5 minutes apart, expected 1; set intraday.bar_minutes=5'
    >>> spacing_problem(np.arange(1.0, 241.0), 1, 240)
    ''
    """
    gaps = np.diff(np.unique(minutes))
    if len(gaps) < 3:
        return ""
    gap = float(np.median(gaps))
    regular = np.mean(np.abs(gaps - gap) < 0.1 * gap) > 0.7 and len(gaps) * gap > 0.7 * length
    if not regular or abs(gap - bar_minutes) < 0.1 * bar_minutes:
        return ""
    remedy = f"set intraday.bar_minutes={gap:g}" if gap == int(gap) else "bring the bars to whole minutes"
    return f"stamps are {gap:g} minutes apart, expected {bar_minutes}; {remedy}"


def unit_problem(day: Day) -> str:
    """Say whether amount over volume is nowhere near the price; empty where it is between half of it and twice it."""
    ratio = float(np.median(day.amount / (day.volume * day.close)))
    if 0.5 <= ratio <= 2.0:
        return ""
    scales = _USUAL.get(round(np.log10(ratio)), "volume or intraday.scales.amount")
    return (
        f"amount / volume is {ratio:.4g} times the close (median of the bars), expected about 1; "
        f"volume in lots, or amount in thousands? set intraday.scales.{scales}"
    )
