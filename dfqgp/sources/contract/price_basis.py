"""Tells from the data whether prices are raw, adjusted, or come with an inverted factor.

Two kinds of evidence, neither of which looks at a single stock or day:

- gaps: on a day on which the factor moves by r, raw prices open at 1 / r of the last close, adjusted prices at 1, and
  raw prices beside an inverted factor at r. The weighted median of log(open / last close) / log(r) over all such days
  is -1, 0 or 1.
- amounts: amount / volume is a raw price where the volume is raw. Beside forward-adjusted prices it fits the close at
  a stock's end and leaves it towards the start; beside backward-adjusted ones the other way round. The unit of amount
  and volume does not matter, since each stock's end is compared with its start.

Where there are too few such days or stocks the answer is that nothing is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from dfqgp.frames import host

if TYPE_CHECKING:
    from types import ModuleType

    from numpy.typing import NDArray

    from dfqgp.frames import Array

    Floats = NDArray[np.float64]

MOVE = 0.02
"""Least move of a factor, and of amount / volume against the close, that counts."""

_NEAR = 0.3
"""How near the weighted median has to be to -1, 0 or 1."""

_EVENTS = 5
_MASS = 0.04
"""Least sum of log(r) squared: with overnight moves of 2 % the weighted median is then known to 0.1."""

_ENDS = 20
"""Days at either end of a stock whose median is compared."""

_STOCKS = 5
_SHARE = 0.2
"""Least share of the stocks whose amount / volume moves against the close."""

_AGREE = 0.9
"""Least share of the stocks at whose end, or start, amount / volume fits the close."""

_LONGEST = 10
"""Calendar days between two closes of one gap; longer is a suspension, after which prices jump by themselves."""

Verdict = Literal["raw", "forward", "backward", "adjusted", "inverted", "scaled", "other", "unknown"]


@dataclass(frozen=True)
class Basis:
    """What prices are, and why.

    Parameters
    ----------
    gaps : {"raw", "adjusted", "inverted", "other", "unknown"}
        What the moves of the factor say; "other" is none of the three, "unknown" too few moves.
    amounts : {"raw", "forward", "backward", "adjusted", "scaled", "other", "unknown"}
        What amount / volume says: of which kind the prices are, if the volume is raw. "scaled" is a level of its own
        for every stock, "other" a move that all stocks share, "unknown" too few stocks.
    evidence : tuple of str
        Both in words.
    """

    gaps: Verdict
    amounts: Verdict
    evidence: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Days:
    """What is looked at, sorted by (code, date), n rows; arrays of NumPy or CuPy.

    Parameters
    ----------
    xp : module
        Whose arrays these are.
    days, codes : (n,) int64
        Day and number of the code.
    open, close : (n,) float64
        Prices.
    volume, amount, factor : (n,) float64 or None
        None where the table has none of its own.
    trading : (n,) bool
        Whether the stock traded.
    """

    xp: ModuleType
    days: Array
    codes: Array
    open: Array
    close: Array
    volume: Array
    amount: Array | None
    factor: Array | None
    trading: Array


def tell(given: Days) -> Basis:
    """Return what the prices are.

    Examples
    --------
    >>> days, codes = np.tile(np.arange(100), 6), np.repeat(np.arange(6), 100)
    >>> factor = np.where(days < 50, 1.0, 2.0 + codes)  # a split in the middle, larger for later codes
    >>> raw, last = 30.0 / factor, 2.0 + codes
    >>> def basis(price, factor):
    ...     volume, trading = np.full(600, 100.0), np.ones(600, dtype=bool)
    ...     return tell(Days(np, days, codes, price, price, volume, raw * volume, factor, trading))
    >>> [basis(*each).gaps for each in ((raw, factor), (raw * factor, factor), (raw, 1 / factor))]
    ['raw', 'adjusted', 'inverted']
    >>> [basis(*each).amounts for each in ((raw, factor), (raw * factor, factor), (raw * factor / last, factor))]
    ['raw', 'backward', 'forward']
    """
    with np.errstate(all="ignore"):
        gaps, why_gaps = _of_gaps(given)
        amounts, why_amounts = _of_amounts(given)
    return Basis(gaps, amounts, tuple(why for why in (why_gaps, why_amounts) if why))


def _of_gaps(given: Days) -> tuple[Verdict, str]:
    if given.factor is None:
        return "unknown", ""
    moves, gaps = _moves(given, given.factor)
    if len(moves) < _EVENTS or float((moves**2).sum()) < _MASS:
        return "unknown", ""
    slope = weighted_median(gaps / moves, np.abs(moves))
    words = f"over {len(moves):,} moves of adj_factor the overnight gap is {slope:+.2f} times the move of the factor"
    verdicts: dict[int, Verdict] = {-1: "raw", 0: "adjusted", 1: "inverted"}
    near = [verdict for place, verdict in verdicts.items() if abs(slope - place) <= _NEAR]
    return (near[0] if near else "other"), words


def _moves(given: Days, factor: Array) -> tuple[Floats, Floats]:
    """Return log moves of the factor above MOVE, and the log gap from the last close to the open on these days."""
    same = (given.codes[1:] == given.codes[:-1]) & (given.days[1:] - given.days[:-1] <= _LONGEST)
    same &= given.trading[1:] & given.trading[:-1]
    ratio = factor[1:] / factor[:-1]
    rows = given.xp.flatnonzero(same & (abs(given.xp.log(ratio)) > MOVE))
    moves, gaps = host(given.xp.log(ratio[rows])), host(given.xp.log(given.open[1:][rows] / given.close[:-1][rows]))
    known = np.isfinite(moves) & np.isfinite(gaps)
    return moves[known], gaps[known]


def weighted_median(values: Floats, weights: Floats) -> float:
    """Return the value with half of the weight on either side.

    Examples
    --------
    >>> weighted_median(np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 5.0]))
    2.0
    """
    order = np.argsort(values)
    until = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(until, until[-1] / 2)])


def _of_amounts(given: Days) -> tuple[Verdict, str]:
    first, last = _ends(given)
    if len(first) < _STOCKS:
        return "unknown", ""
    moved = np.abs(first - last) > MOVE
    agree_first, agree_last = (float((np.abs(end - np.median(end)) <= MOVE).mean()) for end in (first, last))
    if moved.sum() < _STOCKS or moved.mean() < _SHARE:
        words = (
            f"amount / volume keeps to the close from start to end in {1 - moved.mean():.0%} of {len(first):,} stocks"
        )
        level = f", and fits in {agree_last:.0%} at their end"
        return ("raw" if agree_last >= 0.5 else "scaled"), words + level
    words = (
        f"amount / volume moves against the close in {moved.mean():.0%} of {len(first):,} stocks; it fits in "
        f"{agree_last:.0%} at their end and in {agree_first:.0%} at their start"
    )
    if max(agree_first, agree_last) >= _AGREE > min(agree_first, agree_last):
        return ("forward" if agree_last > agree_first else "backward"), words
    return ("other" if min(agree_first, agree_last) >= _AGREE else "adjusted"), words


def _ends(given: Days) -> tuple[Floats, Floats]:
    """Return each stock's median of log(amount / volume / close) over its first and over its last traded days."""
    if given.amount is None:
        return np.zeros(0), np.zeros(0)
    xp = given.xp
    traded = xp.flatnonzero(given.trading & (given.volume > 0) & (given.amount > 0) & (given.close > 0))
    codes = given.codes[traded]
    starts = np.flatnonzero(np.diff(host(codes), prepend=-1))
    stops = np.append(starts[1:], len(codes))
    whole = stops - starts >= 2 * _ENDS
    ends = []
    for place in (starts[whole, None], stops[whole, None] - _ENDS):
        rows = traded[xp.asarray(place + np.arange(_ENDS))]
        ratio = xp.log(given.amount[rows] / given.volume[rows] / given.close[rows])
        ends.append(np.median(host(ratio), axis=1))
    return ends[0], ends[1]
