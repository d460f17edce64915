"""Entries on disk: one folder per value, which appears as a whole or not at all.

``<root>/<data fingerprint>/<scope>/<key>/`` holds ``values.npy`` and ``entry.json``, which says whose values they are
and has the digest of the file. A value is handed out only after the record fits its folder and scope, and every byte of
the file its digest. Nothing that is read is executed: JSON, and .npy without pickle.
"""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.cache.scope import FORMAT, Scope
from dfqgp.errors import StoreError
from dfqgp.expr import render
from dfqgp.records import record
from dfqgp.store import from_json, new_directory, read_bytes, to_json, write_bytes
from dfqgp.store.arrays import ArrayEntry, check_array, map_array, write_array

if TYPE_CHECKING:
    from pathlib import Path

    from dfqgp.expr import Node
    from dfqgp.panel import FloatMatrix

RECORD, VALUES = "entry.json", "values.npy"
_KEY = re.compile(r"[0-9a-f]{32}")
_REMEDY = "materialise it again, or delete its directory"


@record("cache entry")
class EntryRecord:
    """What stands in an entry's ``entry.json``.

    Parameters
    ----------
    key, text : str
        Of the tree whose values these are.
    scope : Scope
        Under which conditions.
    array : ArrayEntry
        The file.
    """

    key: str
    text: str
    scope: Scope
    array: ArrayEntry


class Entries:
    """The values of one scope on disk.

    Parameters
    ----------
    root : Path
        Folder of the cache, such as ``data/cache``; it need not exist.
    scope : Scope
        Entries of other scopes are in other folders, and not seen from here.
    """

    def __init__(self, root: Path, scope: Scope) -> None:
        self.scope = scope
        self.folder = root / scope.data / scope.key

    def there(self) -> set[str]:
        """Return the keys of what is there, valid or not."""
        there = self.folder.iterdir() if self.folder.is_dir() else ()
        return {path.name for path in there if _KEY.fullmatch(path.name)}

    def save(self, node: Node, matrix: FloatMatrix) -> None:
        """Write the values of a tree, in place of what stood there; the caller holds the lock of ``folder``.

        Raises
        ------
        StoreError
            If the disk refuses, or the matrix is not of the scope's shape.
        """
        path = self.folder / node.key
        if (matrix.shape, matrix.dtype) != ((self.scope.rows, self.scope.assets), np.dtype(np.float32)):
            problem = f"got {matrix.dtype} {matrix.shape}, expected float32 {(self.scope.rows, self.scope.assets)}"
            raise StoreError(path=path, problem=problem, remedy="evaluate over the panel of the scope")
        with new_directory(path) as directory:
            array = write_array(directory, VALUES, "values", node.key, np.ascontiguousarray(matrix))
            entry = EntryRecord(node.key, render(node), self.scope, array)
            write_bytes(directory / RECORD, f"{to_json(entry, version=FORMAT, sealed=True, indent=1)}\n".encode())

    def load(self, key: str) -> FloatMatrix:
        """Return the (T, N) values of a key as a read-only memory map, every byte compared with the digest.

        Raises
        ------
        StoreError
            If there is no such entry, or it is damaged or of another key, scope or format.
        """
        directory = self.folder / key
        entry = self._record(directory)
        for what, found, expected in (
            ("key", entry.key, key),
            ("scope", entry.scope, self.scope),
            ("file", entry.array.file, VALUES),
            ("shape", entry.array.shape, (self.scope.rows, self.scope.assets)),
            ("dtype", entry.array.dtype, np.dtype(np.float32).str),
        ):
            if found != expected:
                raise StoreError(path=directory, problem=f"its {what} is {found}, expected {expected}", remedy=_REMEDY)
        check_array(directory, entry.array, full=True)
        return map_array(directory, entry.array)

    def remove(self, key: str) -> None:
        """Delete an entry; memory maps of it stay valid where the system allows that."""
        shutil.rmtree(self.folder / key, ignore_errors=True)

    def _record(self, directory: Path) -> EntryRecord:
        path = directory / RECORD

        def refused(problem: str) -> StoreError:
            return StoreError(path=path, problem=problem, remedy=_REMEDY)

        return from_json(EntryRecord, read_bytes(path), refused, version=FORMAT, sealed=True)
