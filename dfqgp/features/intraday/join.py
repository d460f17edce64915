"""The daily results of minute bars as fields of a panel."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.errors import FeatureError, PanelError, nearest
from dfqgp.features.intraday.spec import INTRADAY, columns_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from dfqgp.panel import FloatMatrix, Panel

logger = logging.getLogger(__name__)

_EXAMPLES = 3


def join(panel: Panel, days: Iterable[tuple[np.datetime64, pa.Table]], names: Sequence[str]) -> Panel:
    """Return the panel with intraday features as further fields.

    Parameters
    ----------
    panel : Panel
        T dates, N assets.
    days : iterable of (datetime64[D], pyarrow.Table)
        ``code`` and the columns of :func:`~dfqgp.features.intraday.spec.columns_for` of each day.
    names : sequence of str
        Features that join, in any order; they come in the registry's.

    Returns
    -------
    Panel
        NaN where the bars have no such day or stock, and where the panel has no close (suspended or not listed).

    Raises
    ------
    FeatureError
        If a feature is not declared, its name is taken, or the panel lacks a daily field that it needs.
    PanelError
        If bars and panel have no day or no stock in common.
    """
    chosen = [feature for feature in INTRADAY if feature.name in {INTRADAY.get(name).name for name in names}]
    _check(panel, [feature.name for feature in chosen])
    matrices = _laid_out(panel, days, columns_for(names))
    traded = np.isfinite(panel.field("close"))
    fields = {name: np.where(traded, matrix, np.float32(np.nan)) for name, matrix in matrices.items()}
    for feature in chosen:
        if feature.fields:
            parts = [
                (fields[each] if each in fields else panel.field(each)).astype(np.float64) for each in feature.fields
            ]
            with np.errstate(all="ignore"):
                values = feature.build(*parts).astype(np.float32)
            fields[feature.name] = np.where(np.isfinite(values), values, np.float32(np.nan))
    joined = {feature.name: fields[feature.name] for feature in chosen}
    units = {feature.name: feature.unit for feature in chosen}
    return replace(panel, fields={**panel.fields, **joined}, units={**panel.units, **units})


def _check(panel: Panel, names: Sequence[str]) -> None:
    for name in names:
        if name in panel.fields:
            remedy = "give the table's column another name, or leave the intraday feature out"
            raise FeatureError(name=name, problem="the panel has a field of that name already", remedy=remedy)
        for part in INTRADAY.get(name).fields:
            if part not in INTRADAY and part not in panel.fields:
                problem = (
                    f"it needs the daily field '{part}', which the panel does not have{nearest(part, panel.fields)}"
                )
                raise FeatureError(name=name, problem=problem, remedy="leave it out of intraday.features")


def _laid_out(
    panel: Panel, days: Iterable[tuple[np.datetime64, pa.Table]], columns: Sequence[str]
) -> dict[str, FloatMatrix]:
    matrices = {name: np.full(panel.shape, np.nan, dtype=np.float32) for name in columns}
    place_of = {str(code): place for place, code in enumerate(panel.codes)}
    found: set[int] = set()
    other_days: list[str] = []
    other_codes: dict[str, None] = {}
    for day, table in days:
        row = int(np.searchsorted(panel.dates, day))
        if row == panel.shape[0] or panel.dates[row] != day:
            other_days.append(str(day))
            continue
        codes = table.column("code").to_pylist()
        places = np.array([place_of.get(code, -1) for code in codes], dtype=np.int64)
        known = places >= 0
        found.add(row)
        other_codes |= {code: None for code, is_known in zip(codes, known, strict=True) if not is_known}
        for name, matrix in matrices.items():
            matrix[row, places[known]] = table.column(name).to_numpy()[known]
    _report(panel, matrices, found, other_days, list(other_codes))
    return matrices


def _report(
    panel: Panel,
    matrices: dict[str, FloatMatrix],
    found: set[int],
    other_days: Sequence[str],
    other_codes: Sequence[str],
) -> None:
    """Log what bars and panel do not share; refuse bars that share no day or no stock with the panel."""
    if not found:
        span = f"{panel.dates[0]} to {panel.dates[-1]}" if len(panel.dates) else "no days"
        _refuse("days of the bars", _shown(other_days), f"days of the panel ({span})", "check intraday.timezone")
    if other_codes and not any(np.isfinite(matrix).any() for matrix in matrices.values()):
        panel_codes = _shown([str(code) for code in panel.codes])
        _refuse("codes of the bars", _shown(other_codes), f"codes of the panel ({panel_codes})", "write codes alike")
    absent = len(panel.dates) - len(found)
    for count, what, examples in (
        (absent, "days of the panel have no bars", _absent(panel.dates, found)),
        (len(other_days), "days of the bars are not in the panel", other_days),
        (len(other_codes), "codes of the bars are not in the panel", other_codes),
    ):
        if count:
            logger.warning("intraday: %d %s, e.g. %s", count, what, _shown(examples))


def _absent(dates: NDArray[np.datetime64], found: set[int]) -> list[str]:
    return [str(date) for row, date in enumerate(dates) if row not in found]


def _shown(names: Sequence[str]) -> str:
    return ", ".join(names[:_EXAMPLES]) or "none"


def _refuse(what: str, got: str, expected: str, remedy: str) -> None:
    raise PanelError(what=what, got=got, expected=expected, remedy=remedy)
