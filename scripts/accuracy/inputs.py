"""Hard inputs: one family a kind of trouble, as (rows, columns) float32 matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Panel = NDArray[np.float32]
    Family = Callable[[np.random.Generator, int, int], Panel]


def _random(rng: np.random.Generator, rows: int, columns: int) -> Panel:
    return rng.standard_normal((rows, columns)).astype(np.float32)


def _missing(share: float) -> Family:
    def family(rng: np.random.Generator, rows: int, columns: int) -> Panel:
        x = _random(rng, rows, columns)
        x[rng.random(x.shape) < share] = np.nan
        return x

    return family


def _with_cells(*values: float) -> Family:
    """Random numbers, and in every column each of the values once, on days of their own."""

    def family(rng: np.random.Generator, rows: int, columns: int) -> Panel:
        x = _random(rng, rows, columns)
        for j in range(columns):
            x[rng.choice(rows, len(values), replace=False), j] = values
        return x

    return family


def _level(rng: np.random.Generator, rows: int, columns: int) -> Panel:
    return (3000 + rng.uniform(-0.5, 0.5, (rows, columns))).astype(np.float32)


def _all(value: float) -> Family:
    return lambda _, rows, columns: np.full((rows, columns), value, dtype=np.float32)


FAMILIES: dict[str, Family] = {
    "random": _random,
    "3 % missing": _missing(0.03),
    "60 % missing": _missing(0.6),
    "constant": _all(0.1),
    "spike 1e4": _with_cells(1e4),
    "level 3000": _level,
    "1e30": _with_cells(1e30),
    "infinite": _with_cells(np.inf, -np.inf),
    "all missing": _all(np.nan),
}
"""Family by its heading in the table."""

SHAPES: dict[str, tuple[int, int]] = {"one row": (1, 12), "one asset": (40, 1), "short panel": (3, 12)}
"""Rows and columns of random panels; the last is shorter than most windows."""
