"""Manifests: what a stored panel is made of, and what it was made from."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from dfqgp.errors import StoreError
from dfqgp.store.arrays import ArrayEntry
from dfqgp.store.atomic import read_json, write_json
from dfqgp.store.keys import digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FORMAT = 1
FILE = "manifest.json"
_REMEDY = "build the panel again, or delete its directory"


@dataclass(frozen=True)
class Manifest:
    """What stands in a panel's ``manifest.json``.

    Parameters
    ----------
    key : str
        Name of the panel in the store.
    params : mapping of str to plain JSON
        Build parameters.
    fingerprint : str
        Digest of the panel itself, see :meth:`dfqgp.panel.Panel.fingerprint`.
    package : str
        Version of the package that built it.
    origin : int
        Ordinal of the first row in the trading calendar.
    units, group_names : mappings
        As the panel has them.
    arrays : tuple of ArrayEntry
        Every file, fields and groups in the panel's order.
    """

    key: str
    params: Mapping[str, Any]
    fingerprint: str
    package: str
    origin: int
    units: Mapping[str, str]
    group_names: Mapping[str, tuple[str, ...]]
    arrays: tuple[ArrayEntry, ...]

    def write(self, directory: Path) -> None:
        """Write the manifest with a digest of itself."""
        body = {"format": FORMAT, **asdict(self)}
        write_json(directory / FILE, {**body, "digest": digest_of(body)})

    @classmethod
    def read(cls, directory: Path) -> Manifest:
        """Read the manifest of a panel's directory.

        Raises
        ------
        StoreError
            If it is absent, damaged or of another format.
        """
        path = directory / FILE
        body = read_json(path)
        if not isinstance(body, dict) or body.get("format") != FORMAT:
            found = body.get("format") if isinstance(body, dict) else type(body).__name__
            raise StoreError(path=path, problem=f"has format {found}, expected {FORMAT}", remedy=_REMEDY)
        if body.pop("digest", None) != digest_of(body):
            raise StoreError(path=path, problem="has changed since it was written", remedy=_REMEDY)
        del body["format"]
        arrays = tuple(ArrayEntry(**{**entry, "shape": tuple(entry["shape"])}) for entry in body.pop("arrays"))
        group_names = {name: tuple(names) for name, names in body.pop("group_names").items()}
        return cls(**body, arrays=arrays, group_names=group_names)


def package_version() -> str:
    """Return the installed version of the package, or ``unknown`` where only its files are there."""
    try:
        return version("dfqgp")
    except PackageNotFoundError:
        return "unknown"
