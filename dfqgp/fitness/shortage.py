"""Why a market has no day to score on: what its stocks lack, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.panel import UNKNOWN_GROUP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]


def shortage(universe: Mask, label: NDArray[np.float32], group: NDArray[np.int16], size: NDArray[np.float32],
             *, least: int, grouping: str) -> str:  # fmt: skip
    """Return in words why no day has enough stocks, or the empty text where some day has.

    Parameters
    ----------
    universe : (R, N) bool
        Members of the days to score.
    label : (R, N) float32
        NaN is missing.
    group : (R, N) int16
        -1 is unknown.
    size : (R, N) float32
        NaN is missing.
    least : int
        Stocks that a day needs.
    grouping : str
        Name of the grouping, for the words.

    Returns
    -------
    str
        The most stocks that a day has after each condition, up to the one under which ``least`` is lost.

    Examples
    --------
    >>> yes, known = np.ones((2, 5), dtype=bool), np.zeros((2, 5), dtype=np.int16)
    >>> label, size = np.zeros((2, 5), dtype=np.float32), np.full((2, 5), np.nan, dtype=np.float32)
    >>> shortage(yes, label, known, size, least=3, grouping="industry")
    'no day has min_assets=3 assets: at most 5 of 5 are in the universe, 5 of them have a label, 5 of these a known \
industry, 0 of these a size (mktcap)'
    """
    parts = []
    for kept, words in _steps(universe, label, group, size, grouping):
        most = int(kept.sum(axis=1).max(initial=0))
        parts.append(f"{most} {words}")
        if most < least:
            return f"no day has min_assets={least} assets: at most {', '.join(parts)}"
    return ""


def _steps(
    universe: Mask, label: NDArray[np.float32], group: NDArray[np.int16], size: NDArray[np.float32], grouping: str
) -> Iterator[tuple[Mask, str]]:
    """Yield who is left after each condition, and its words."""
    kept = universe
    yield kept, f"of {universe.shape[1]} are in the universe"
    kept = kept & np.isfinite(label)
    yield kept, "of them have a label"
    kept = kept & (group != UNKNOWN_GROUP)
    yield kept, f"of these a known {grouping}"
    kept = kept & np.isfinite(size)
    yield kept, "of these a size (mktcap)"
    yield _with_company(kept, group), f"of these are not alone in their {grouping}"


def _with_company(kept: Mask, group: NDArray[np.int16]) -> Mask:
    """Who shares its group with another stock of the day: only they have a residual."""
    groups = int(group.max(initial=0)) + 1
    places = np.where(kept, group + groups * np.arange(len(kept))[:, None], 0)
    counts = np.bincount(places[kept], minlength=groups * len(kept))
    return np.asarray(kept & (counts[places] > 1))
