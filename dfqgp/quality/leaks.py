"""Fields that know the future: their rank correlation with later returns is beyond what is possible.

1. take some days, spread evenly over the rows before the sealed holdout;
2. rank each field and each later return over the members of the universe, day by day;
3. the mean of the daily correlations is the measure; that it is not chance is told by its standard error.

No row of the holdout is read, by a field or by a return: the caller passes a panel that ends before it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.quality.report import Example, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from dfqgp.panel import FloatMatrix, Panel

    Floats = NDArray[np.float64]

NOTICED = 0.15
"""Mean rank correlation from which on a field is named. That of honest fields is under 0.1."""

HORIZONS = (1, 5, 20)

_CELLS, _FEWEST_DAYS, _MOST_DAYS = 200_000, 60, 250
_LEAST_STOCKS, _LEAST_DAYS = 10, 20
_ERRORS = 5.0  # standard errors that tell a correlation from chance


def leak_findings(panel: Panel) -> tuple[tuple[Finding, ...], dict[str, float]]:
    """Compare every field with later returns.

    Parameters
    ----------
    panel : Panel
        Rows before the sealed holdout only.

    Returns
    -------
    findings : tuple of Finding
        ``leaks`` for every field that is noticed; where there is none, the field with the largest correlation, with a
        count of 0.
    correlations : dict of str to float
        For each field the mean rank correlation with the return that it is closest to; NaN without evidence.
    """
    if not {"open", "close"} <= set(panel.fields) or panel.shape[0] <= _LEAST_DAYS:
        return (), {}
    returns = list(_later_returns(panel))
    days = _days(panel)
    ranks = [(words, horizon, _ranks(later[days], panel.universe[days])) for words, horizon, later in returns]
    found = [_closest(name, matrix[days], panel.universe[days], ranks, panel) for name, matrix in panel.fields.items()]
    known = [each for each in found if each is not None]
    noticed = [finding for finding, _ in known if finding.count]
    largest = sorted((finding for finding, _ in known), key=lambda each: -each.measure)[:1]
    return tuple(noticed or largest), {finding.subject: mean for finding, mean in known}


def _later_returns(panel: Panel) -> Iterator[tuple[str, int, Floats]]:
    """Yield words, days and (T, N) of every return that a field is compared with; NaN where it would end too late."""
    close, opened = (panel.field(name) for name in ("close", "open"))
    yield "close[t+1] / close[t]", 1, _ratio(close, 0, 1)
    for horizon in HORIZONS:
        yield f"open[t+{1 + horizon}] / open[t+1]", horizon, _ratio(opened, 1, 1 + horizon)


def _ratio(prices: FloatMatrix, start: int, stop: int) -> Floats:
    out = np.full(prices.shape, np.nan)
    rows = len(prices) - stop
    if rows > 0:
        with np.errstate(all="ignore"):
            out[:rows] = prices[stop:].astype(np.float64) / prices[start : start + rows]
    return out


def _days(panel: Panel) -> NDArray[np.int64]:
    """Return rows spread evenly over those that have members."""
    usable = np.flatnonzero(panel.universe.sum(axis=1) >= _LEAST_STOCKS)
    most = int(np.clip(_CELLS // panel.shape[1], _FEWEST_DAYS, _MOST_DAYS))
    places = np.linspace(0, len(usable) - 1, min(most, len(usable))).astype(int)
    return np.asarray(usable[places])


def _closest(
    name: str, values: FloatMatrix, universe: NDArray[np.bool_], ranks: list[tuple[str, int, Floats]], panel: Panel
) -> tuple[Finding, float] | None:
    """Return the finding of the return that a field is closest to, and the mean; None where there is no evidence."""
    own = _ranks(values, universe)
    best: tuple[Finding, float] | None = None
    for words, horizon, later in ranks:
        series = _correlations(own, later)
        series = series[np.isfinite(series)]
        if series.size < _LEAST_DAYS:
            continue
        mean = float(series.mean())
        # returns of several days overlap where the days are closer than that
        independent = series.size / max(1.0, horizon * series.size / panel.shape[0])
        certain = abs(mean) > _ERRORS * float(series.std()) / math.sqrt(independent)
        example = Example("", "", f"{mean:+.3f} with {words} over {series.size} days")
        count = series.size if certain and abs(mean) >= NOTICED else 0
        if best is None or (count > 0, abs(mean)) > (best[0].count > 0, best[0].measure):
            best = Finding("leaks", abs(mean), count, series.size, certain, (example,), name), mean
    return best


def _correlations(one: Floats, other: Floats) -> Floats:
    """Return the correlation of each row over the columns that both have; NaN with fewer than ten, or no variance."""
    both = np.isfinite(one) & np.isfinite(other)
    count = both.sum(axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        x, y = (_centred(each, both, count) for each in (one, other))
        series = (x * y).sum(axis=1) / np.sqrt((x * x).sum(axis=1) * (y * y).sum(axis=1))
    return np.where(count[:, 0] >= _LEAST_STOCKS, series, np.nan)


def _centred(ranks: Floats, both: NDArray[np.bool_], count: NDArray[np.int64]) -> Floats:
    inside = np.where(both, ranks, 0.0)
    return np.where(both, inside - inside.sum(axis=1, keepdims=True) / count, 0.0)


def _ranks(values: NDArray[np.floating], universe: NDArray[np.bool_]) -> Floats:
    """Return average-tie ranks of each row over the members' finite values, NaN elsewhere."""
    known = np.where(universe & np.isfinite(values), values, np.nan)
    order = np.argsort(known, axis=1, kind="stable")
    ordered = np.take_along_axis(known, order, axis=1)
    places = np.broadcast_to(np.arange(known.shape[1]), known.shape)
    begins = np.ones(known.shape, dtype=bool)
    begins[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    first = np.maximum.accumulate(np.where(begins, places, 0), axis=1)
    ends = np.ones(known.shape, dtype=bool)
    ends[:, :-1] = begins[:, 1:]
    last = np.minimum.accumulate(np.where(ends, places, known.shape[1])[:, ::-1], axis=1)[:, ::-1]
    out = np.empty(known.shape)
    np.put_along_axis(out, order, (first + last) / 2, axis=1)
    return np.where(np.isfinite(known), out, np.nan)
