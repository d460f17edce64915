"""Small files beside a panel that say something of it, such as its quality report."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from dfqgp.errors import StoreError
from dfqgp.records import record
from dfqgp.store.atomic import read_bytes

if TYPE_CHECKING:
    from pathlib import Path

_REMEDY = "build the panel again, or delete its directory"


@record("note")
class NoteEntry:
    """What a manifest says of one note.

    Parameters
    ----------
    file : str
        Name inside the panel's directory.
    digest : str
        blake2b of the file, 32 hex digits.
    """

    file: str
    digest: str


def write_note(directory: Path, file: str, data: bytes) -> NoteEntry:
    """Write a note and return its entry; the caller makes the directory visible once it is complete."""
    (directory / file).write_bytes(data)
    return NoteEntry(file, _digest(data))


def read_note(directory: Path, entry: NoteEntry) -> bytes:
    """Return a note; raises StoreError if it is absent or has changed since it was written."""
    path = directory / entry.file
    data = read_bytes(path)
    if _digest(data) != entry.digest:
        raise StoreError(path=path, problem="has changed since it was written", remedy=_REMEDY)
    return data


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
