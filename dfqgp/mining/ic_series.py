"""Daily rank ICs of every formula that was scored: one file per generation, beside the ledger's.

Statistics of a whole search (deflation, PBO, a null of the ledger) need the series and not only their means. Row i of
``rRR_gGGG.ic.npy`` belongs to line i of ``rRR_gGGG.jsonl``; ``days.npy`` holds the dates of the columns.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.errors import StoreError
from dfqgp.store.atomic import write_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

DAYS = "days.npy"


def write_days(folder: Path, dates: NDArray[np.datetime64]) -> None:
    """Write the dates of the columns, once per run."""
    write_bytes(folder / DAYS, _npy(dates.astype("datetime64[D]").astype(np.int64)))


def write_series(folder: Path, series: Sequence[NDArray[np.float64]], *, round: int, generation: int) -> Path:  # noqa: A002
    """Write a generation's series, atomically; return the path.

    Parameters
    ----------
    folder : Path
        The run's own, ``out/candidates/<run_id>``.
    series : sequence of (R,) float64
        Daily rank ICs of the generation's new formulas in the order of the ledger, NaN on days that dropped out. They
        are kept as float32.
    """
    path = folder / f"r{round:02d}_g{generation:03d}.ic.npy"
    write_bytes(path, _npy(np.array(series, dtype=np.float32) if series else np.empty((0, 0), dtype=np.float32)))
    return path


def read_series(folder: Path, *, round: int, generation: int) -> tuple[NDArray[np.datetime64], NDArray[np.float32]]:  # noqa: A002
    """Return the (R,) dates and the (K, R) series of a generation.

    Raises
    ------
    StoreError
        If a file is absent or damaged.
    """
    dates = _read(folder / DAYS).astype("datetime64[D]")
    return dates, _read(folder / f"r{round:02d}_g{generation:03d}.ic.npy")


def _npy(array: NDArray[np.generic]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _read(path: Path) -> NDArray[np.float32]:
    try:
        found: NDArray[np.float32] = np.load(path, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise StoreError(path=path, problem=f"cannot be read: {error}", remedy="run the search again") from error
    return found
