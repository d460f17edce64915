"""Scores on disk: what came of a tree against a target, so that another run need not compute it.

``<root>/<data fingerprint>/<scope>.scores/<target>/<block>/`` holds the daily scores and residual ranks of the trees
that were scored together, one .npy file per array, and ``index.json`` with their keys and the files' digests. A block
appears as a whole or not at all, and is used only after every byte fits its digests.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from dfqgp.backends import DailyScores
from dfqgp.cache.scope import FORMAT, Scope
from dfqgp.errors import StoreError
from dfqgp.records import record
from dfqgp.store import from_json, locked, new_directory, read_bytes, to_json, write_bytes
from dfqgp.store.arrays import ArrayEntry, check_array, map_array, write_array
from dfqgp.store.keys import digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from dfqgp.backends import Target
    from dfqgp.backends.scoring import HostRanks

_log = logging.getLogger(__name__)

INDEX = "index.json"
_ARRAYS = ("ic", "assets", "r2", "state", "turnover")
_REMEDY = "delete its directory"


@record("block of scores")
class Block:
    """What stands in a block's ``index.json``.

    Parameters
    ----------
    scope : Scope
        Of the values that were scored.
    target : str
        Digest of what they were scored against, and of the days whose ranks are kept.
    keys : tuple of str
        Of the trees, one row of every array each.
    arrays : tuple of ArrayEntry
        The files.
    """

    scope: Scope
    target: str
    keys: tuple[str, ...]
    arrays: tuple[ArrayEntry, ...]


class KnownScores:
    """Scores of trees over one panel against one target.

    Parameters
    ----------
    root : Path
        Folder of the cache.
    scope : Scope
        Of the values that are scored.
    target : Target
        What they are scored against: other labels, samples or settings of the fitness are another target.
    keep : (R,) bool
        Rows of the target whose residual ranks are wanted.
    budget : int
        Bytes that blocks may take; what is there is used in any case.
    """

    def __init__(self, root: Path, scope: Scope, target: Target, keep: NDArray[np.bool_], budget: int) -> None:
        self._scope, self._target, self._budget = scope, _digest(target, keep), budget
        self._shapes = {"ranks": (int(keep.sum()), target.label.shape[1])}
        self._days = len(target.rows)
        self.folder = root / scope.data / f"{scope.key}.scores" / self._target
        self._size = 0
        self._place: dict[str, tuple[str, int]] = {}
        self._blocks: dict[str, Block] = {}
        self._open: dict[str, Mapping[str, NDArray[Any]]] = {}
        for directory in sorted(self.folder.iterdir()) if self.folder.is_dir() else ():
            if not directory.name.startswith("."):
                self._read(directory)

    def __len__(self) -> int:
        return len(self._place)

    def known(self, keys: Sequence[str]) -> NDArray[np.bool_]:
        """Return which trees have scores here; a block that one of them is in is looked at as a whole."""
        for name in {self._place[key][0] for key in keys if key in self._place} - self._open.keys():
            self._verify(name)
        return np.array([key in self._place for key in keys], dtype=bool)

    def take(self, keys: Sequence[str]) -> tuple[DailyScores, list[HostRanks]]:
        """Return copies of the scores of trees that ``known`` has said to be here, and of their ranks."""
        places = [self._place[key] for key in keys]
        found = {
            name: np.array([self._open[block][name][row] for block, row in places]).reshape(-1, self._days)
            for name in _ARRAYS
        }
        return DailyScores(**found, ranks=[]), [np.array(self._open[block]["ranks"][row]) for block, row in places]

    def add(self, keys: Sequence[str], scores: DailyScores, ranks: Sequence[HostRanks]) -> None:
        """Write scores as one block while the budget lasts; raises StoreError if the disk refuses."""
        arrays = {name: getattr(scores, name) for name in _ARRAYS}
        arrays["ranks"] = np.array(ranks, dtype=np.uint16).reshape(-1, *self._shapes["ranks"])
        size = sum(array.nbytes for array in arrays.values())
        if not len(keys) or self._size + size > self._budget:
            return
        name = digest_of(sorted(keys))
        with locked(self.folder), new_directory(self.folder / name) as directory:
            entries = (write_array(directory, f"{each}.npy", "scores", each, array) for each, array in arrays.items())
            block = Block(self._scope, self._target, tuple(keys), tuple(entries))
            write_bytes(directory / INDEX, f"{to_json(block, version=FORMAT, sealed=True)}\n".encode())
        self._size += size

    def _read(self, directory: Path) -> None:
        """Read a block's index; one that does not fit is left aside, and the log says why."""
        path = directory / INDEX

        def refused(problem: str) -> StoreError:
            return StoreError(path=path, problem=problem, remedy=_REMEDY)

        try:
            block = from_json(Block, read_bytes(path), refused, version=FORMAT, sealed=True)
            if (block.scope, block.target, digest_of(sorted(block.keys))) != (
                self._scope,
                self._target,
                directory.name,
            ):
                raise refused("it is of another scope, target or name")
        except StoreError as error:
            _log.warning("scores are not used: %s", error)
            return
        self._blocks[directory.name] = block
        self._size += sum(entry.size for entry in block.arrays)
        for row, key in enumerate(block.keys):
            self._place.setdefault(key, (directory.name, row))

    def _verify(self, name: str) -> None:
        """Compare every file of a block with its digest and map it; trees of a damaged one are not known any more."""
        block, directory = self._blocks[name], self.folder / name
        try:
            for entry in block.arrays:
                check_array(directory, entry, full=True)
            self._open[name] = {entry.name: map_array(directory, entry) for entry in block.arrays}
        except StoreError as error:
            _log.warning("scores are not used: %s", error)
            self._place = {key: place for key, place in self._place.items() if place[0] != name}


def _digest(target: Target, keep: NDArray[np.bool_]) -> str:
    """Return the digest of all that a target holds, and of the days whose ranks are kept."""
    digest = hashlib.blake2b(digest_size=16)
    for name, value in [*((each.name, getattr(target, each.name)) for each in fields(target)), ("keep", keep)]:
        known = isinstance(value, np.ndarray)
        facts = f"{value.dtype.str} {value.shape}" if known else repr(value)
        digest.update(f"<{name} {facts}>".encode())
        if known:
            digest.update(value.tobytes())
    return digest.hexdigest()
