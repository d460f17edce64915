"""Fields that say nothing: missing, or the same for a stock's whole history, or for all stocks of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.quality.report import Example, Finding
from dfqgp.quality.table.base import share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from dfqgp.panel import FloatMatrix, Panel

_LEAST = 20  # values that a constant has
_NEARLY_ALL = 0.95
_MISSING = 0.2


def missing_shares(panel: Panel) -> dict[str, float]:
    """Return the share of the universe's cells that each field lacks, NaN without members."""
    members = int(panel.universe.sum())
    return {
        name: share(members - int((panel.universe & np.isfinite(matrix)).sum()), members)
        for name, matrix in panel.fields.items()
    }


def field_findings(panel: Panel, missing: dict[str, float]) -> Iterator[Finding]:
    """Yield fields with many missing cells, and those that are constant along an axis; the others are passed over."""
    cells = int(panel.universe.sum())
    for name, matrix in panel.fields.items():
        lacking = missing[name]
        if lacking > _MISSING:
            example = Example("", "", f"{lacking:.0%} of the members")
            yield Finding("missing_fields", lacking, round(lacking * cells), cells, examples=(example,), subject=name)
        for kind, axis, words in (("stock", 0, "stocks"), ("day", 1, "days")):
            constant, known = _constant(matrix, axis)
            measure = share(constant, known)
            if measure > _NEARLY_ALL:
                example = Example("", "", f"on {constant} of {known} {words}")
                yield Finding(f"constant_by_{kind}", measure, constant, known, examples=(example,), subject=name)


def _constant(matrix: FloatMatrix, axis: int) -> tuple[int, int]:
    """Return how many columns (axis 0) or rows (axis 1) hold one value only, and how many have values enough."""
    known: NDArray[np.int64] = np.isfinite(matrix).sum(axis=axis)
    enough = known >= _LEAST
    spread = np.fmax.reduce(matrix, axis=axis) == np.fmin.reduce(matrix, axis=axis)
    return int((spread & enough).sum()), int(enough.sum())
