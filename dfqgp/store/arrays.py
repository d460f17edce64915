"""Single matrices on disk: .npy files with what is needed to find damage."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

from dfqgp.errors import StoreError
from dfqgp.records import record

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_REMEDY = "build it again, or delete its directory"


@record("array")
class ArrayEntry:
    """What a manifest says of one file.

    Parameters
    ----------
    role : str
        ``dates``, ``codes``, ``universe``, ``buyable``, ``sellable``, ``size``, ``field`` or ``group``.
    name : str
        Name of the field or group; empty for the other roles.
    file : str
        Name inside the panel's directory.
    dtype : str
        NumPy's spelling, such as ``<f4``.
    shape : tuple of int
        Of the whole matrix.
    size : int
        Bytes of the file.
    digest : str
        blake2b of the file, 32 hex digits.
    """

    role: str
    name: str
    file: str
    dtype: str
    shape: tuple[int, ...]
    size: int
    digest: str


def write_array(directory: Path, file: str, role: str, name: str, array: NDArray[Any]) -> ArrayEntry:
    """Write a matrix and return its entry; the caller makes the directory visible once it is complete."""
    path = directory / file
    np.save(path, array, allow_pickle=False)
    return ArrayEntry(role, name, file, array.dtype.str, array.shape, path.stat().st_size, _digest(path))


def check_array(directory: Path, entry: ArrayEntry, *, full: bool) -> None:
    """Compare a file with its entry: the size always, every byte when ``full``.

    Raises
    ------
    StoreError
        If the file is absent, has another size or, when ``full``, other bytes.
    """
    path = directory / entry.file
    if not path.is_file():
        raise StoreError(path=path, problem=f"{_what(entry)} is missing", remedy=_REMEDY)
    size = path.stat().st_size
    if size != entry.size:
        raise StoreError(path=path, problem=f"{_what(entry)} has {size} bytes, expected {entry.size}", remedy=_REMEDY)
    if full and _digest(path) != entry.digest:
        raise StoreError(path=path, problem=f"{_what(entry)} has changed since it was written", remedy=_REMEDY)


def map_array(directory: Path, entry: ArrayEntry) -> NDArray[Any]:
    """Return the matrix as a read-only memory map.

    Raises
    ------
    StoreError
        If the file is no .npy file, or of another type or shape than its entry says.
    """
    path = directory / entry.file
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise StoreError(path=path, problem=f"{_what(entry)} cannot be read: {error}", remedy=_REMEDY) from error
    if array.dtype.str != entry.dtype or array.shape != entry.shape:
        raise StoreError(
            path=path,
            problem=f"{_what(entry)} is {array.dtype.str} {array.shape}, expected {entry.dtype} {entry.shape}",
            remedy=_REMEDY,
        )
    return np.asarray(array)


def _what(entry: ArrayEntry) -> str:
    return f"{entry.role} '{entry.name}'" if entry.name else entry.role


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
