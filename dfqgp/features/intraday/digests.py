"""Digests of files, kept so that a file that has not been touched is not read for its digest again."""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING

from dfqgp.errors import StoreError
from dfqgp.records import record
from dfqgp.store import from_json, read_bytes, to_json, write_bytes

if TYPE_CHECKING:
    from pathlib import Path

logger = logging.getLogger(__name__)

FORMAT = 1


@record("digests")
class _Kept:
    """Size, time of the last change (nanoseconds) and digest of each file, by absolute path."""

    files: dict[str, tuple[int, int, str]]


class Digests:
    """Digests of files' bytes.

    Parameters
    ----------
    file : Path, optional
        Where digests are kept between processes. A file is taken as unchanged while its size and the time of its last
        change are; without a place to keep them, every file is read.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._known = {} if file is None else _read(file)
        self._changed = False

    def __call__(self, path: Path) -> str:
        """Return the 32-digit hex digest of a file's bytes."""
        status, name = path.stat(), str(path.absolute())
        known = self._known.get(name)
        if known is not None and known[:2] == (status.st_size, status.st_mtime_ns):
            return known[2]
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
        self._known[name] = (status.st_size, status.st_mtime_ns, digest)
        self._changed = True
        return digest

    def keep(self) -> None:
        """Write the digests, if there is a place for them and one is new; raises StoreError."""
        if self._file is not None and self._changed:
            write_bytes(self._file, to_json(_Kept(self._known), version=FORMAT, sealed=True).encode())
            self._changed = False


def _read(file: Path) -> dict[str, tuple[int, int, str]]:
    """Return the digests kept in a file; a damaged one is only a reason to read the bars' files again."""

    def refused(problem: str) -> StoreError:
        return StoreError(path=file, problem=problem, remedy="it is written again")

    if not file.is_file():
        return {}
    try:
        return dict(from_json(_Kept, read_bytes(file), refused, version=FORMAT, sealed=True).files)
    except StoreError as error:
        logger.warning("%s", error)
        return {}
