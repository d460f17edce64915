"""Manifests: what a stored panel is made of, and what it was made from."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from pydantic import JsonValue

from dfqgp.errors import StoreError
from dfqgp.records import record
from dfqgp.store.arrays import ArrayEntry
from dfqgp.store.atomic import read_bytes, write_bytes
from dfqgp.store.json_records import from_json, to_json
from dfqgp.store.notes import NoteEntry

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 3  # 2: panels have a matrix ``sellable``
FILE = "manifest.json"


@record("manifest")
class Manifest:
    """What stands in a panel's ``manifest.json``.

    Parameters
    ----------
    key : str
        Name of the panel in the store.
    params : dict of str to JSON values
        Build parameters.
    fingerprint : str
        Digest of the panel itself, see :meth:`dfqgp.panel.Panel.fingerprint`.
    package : str
        Version of the package that built it.
    origin : int
        Ordinal of the first row in the trading calendar.
    units, group_names : dict
        As the panel has them.
    arrays : tuple of ArrayEntry
        Every matrix, fields and groups in the panel's order.
    notes : tuple of NoteEntry
        Every note beside them.
    """

    key: str
    params: dict[str, JsonValue]
    fingerprint: str
    package: str
    origin: int
    units: dict[str, str]
    group_names: dict[str, tuple[str, ...]]
    arrays: tuple[ArrayEntry, ...]
    notes: tuple[NoteEntry, ...]

    def write(self, directory: Path) -> None:
        """Write the manifest with a digest of itself."""
        write_bytes(directory / FILE, f"{to_json(self, version=FORMAT, sealed=True, indent=2)}\n".encode())

    @classmethod
    def read(cls, directory: Path) -> Manifest:
        """Read the manifest of a panel's directory.

        Raises
        ------
        StoreError
            If it is absent, damaged or of another format.
        """
        path = directory / FILE

        def refused(problem: str) -> StoreError:
            return StoreError(path=path, problem=problem, remedy="build the panel again, or delete its directory")

        return from_json(cls, read_bytes(path), refused, version=FORMAT, sealed=True)


def package_version() -> str:
    """Return the installed version of the package, or ``unknown`` where only its files are there."""
    try:
        return version("dfqgp")
    except PackageNotFoundError:
        return "unknown"
