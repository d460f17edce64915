"""Panels by key.

A panel is a directory ``<root>/<key>``: one .npy file per matrix, notes, and a manifest. It appears as a whole or
not at all:

1. take the key's lock, so that one process builds and the others wait (locks);
2. write every matrix, the notes and then the manifest to a temporary directory (arrays, notes, manifest);
3. rename it (atomic).
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from dfqgp.errors import PanelError, StoreError
from dfqgp.panel import Panel
from dfqgp.store.arrays import check_array, map_array, write_array
from dfqgp.store.atomic import new_directory
from dfqgp.store.keys import key_of, plain
from dfqgp.store.locks import locked
from dfqgp.store.manifest import Manifest, package_version
from dfqgp.store.notes import read_note, write_note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

logger = logging.getLogger(__name__)

LOCK_TIMEOUT = 3600.0
"""Seconds to wait for another process that builds the same panel."""


@dataclass(frozen=True, eq=False)
class Built:
    """What a build gives: the panel, and notes by their file names, such as ``quality.json``."""

    panel: Panel
    notes: Mapping[str, bytes] = field(default_factory=dict)


def save_panel(root: Path, key: str, panel: Panel, params: Mapping[str, object]) -> Manifest:
    """Store a panel under a key, in place of what stood there.

    Parameters
    ----------
    root : Path
        Directory of the store; made when absent.
    key : str
        Letters, digits, ``.``, ``_`` and ``-``, not beginning with a dot.
    panel : Panel
        What to store.
    params : mapping of str to plain JSON
        Build parameters, kept in the manifest.

    Returns
    -------
    Manifest
        What was written.

    Raises
    ------
    StoreError
        If the key or the parameters are impossible, or the disk refuses.
    """
    with locked(_directory(root, key), LOCK_TIMEOUT):
        return _save(root, key, Built(panel), plain(params))


def load_panel(root: Path, key: str, *, full_check: bool = True) -> Panel:
    """Return a stored panel as read-only memory maps.

    Parameters
    ----------
    root : Path
        Directory of the store.
    key : str
        Name of the panel.
    full_check : bool
        Compare every byte with the manifest's digests; sizes, types and the manifest itself are always checked.

    Raises
    ------
    StoreError
        If there is no such panel or it is damaged.
    """
    return _load(_directory(root, key), Manifest.read(_directory(root, key)), full_check=full_check)


def load_or_build(
    root: Path,
    fingerprint_parts: Mapping[str, object],
    build: Callable[[], Panel | Built],
    *,
    notes: Sequence[str] = (),
    full_check: bool = True,
    lock_timeout: float = LOCK_TIMEOUT,
) -> tuple[str, Panel]:
    """Return the panel that these parts decide, built and stored if it is not there, stale or damaged.

    Parameters
    ----------
    root : Path
        Directory of the store.
    fingerprint_parts : mapping of str to plain JSON
        Everything that decides the panel: equal parts, equal panel.
    build : callable
        Makes the panel, or the panel with its notes; called at most once, under the key's lock.
    notes : sequence of str
        Notes that have to be there; a panel without one of them is built again.
    full_check : bool
        As for :func:`load_panel`.
    lock_timeout : float
        Seconds to wait for another process that builds the same panel.

    Returns
    -------
    key : str
        Name of the panel in the store.
    panel : Panel
        Read-only memory maps of it.

    Raises
    ------
    StoreError
        If a part is not plain JSON, the lock cannot be had in time or the disk refuses.
    """
    params, key = plain(fingerprint_parts), key_of(fingerprint_parts)
    directory = _directory(root, key)
    with locked(directory, lock_timeout):
        try:
            return key, _load_current(directory, params, notes, full_check=full_check)
        except StoreError as reason:
            level = logging.WARNING if directory.exists() else logging.INFO
            logger.log(level, "panel %s is built: %s", key, reason)
        made = build()
        _save(root, key, made if isinstance(made, Built) else Built(made), params)
        return key, load_panel(root, key, full_check=False)


def load_note(root: Path, key: str, name: str) -> bytes:
    """Return a note of a stored panel.

    Raises
    ------
    StoreError
        If there is no such panel or note, or it is damaged.
    """
    directory = _directory(root, key)
    for entry in Manifest.read(directory).notes:
        if entry.file == name:
            return read_note(directory, entry)
    raise StoreError(path=directory, problem=f"has no note '{name}'", remedy="build the panel again")


def _load_current(directory: Path, params: Mapping[str, Any], notes: Sequence[str], *, full_check: bool) -> Panel:
    """Load what is neither absent nor stale nor damaged; the error says which."""
    if not directory.exists():
        raise StoreError(path=directory, problem="not there yet", remedy="build it")
    manifest = Manifest.read(directory)
    for what, found, expected in (
        ("parameters", manifest.params, params),
        ("notes", *_notes(manifest, notes)),
        ("package version", manifest.package, package_version()),
    ):
        if found != expected:
            raise StoreError(
                path=directory, problem=f"stale: {what} {found}, expected {expected}", remedy="build it again"
            )
    return _load(directory, manifest, full_check=full_check)


def _notes(manifest: Manifest, wanted: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return which of the wanted notes there are, and the wanted ones."""
    return sorted({entry.file for entry in manifest.notes} & set(wanted)), sorted(wanted)


def _save(root: Path, key: str, built: Built, params: Mapping[str, Any]) -> Manifest:
    panel = built.panel
    with new_directory(_directory(root, key)) as directory:
        entries = tuple(
            write_array(directory, f"{index:03d}_{role}.npy", role, name, array)
            for index, (role, name, array) in enumerate(_arrays(panel))
        )
        manifest = Manifest(
            key=key,
            params=dict(params),
            fingerprint=panel.fingerprint(),
            package=package_version(),
            origin=panel.origin,
            units=dict(panel.units),
            group_names={name: tuple(names) for name, names in panel.group_names.items()},
            arrays=entries,
            notes=tuple(write_note(directory, name, data) for name, data in built.notes.items()),
        )
        manifest.write(directory)
    return manifest


def _load(directory: Path, manifest: Manifest, *, full_check: bool) -> Panel:
    if manifest.key != directory.name:
        raise StoreError(path=directory, problem=f"holds panel {manifest.key}", remedy="give it its own name back")
    for entry in manifest.arrays:
        check_array(directory, entry, full=full_check)
    for note in manifest.notes:
        read_note(directory, note)
    maps = {(entry.role, entry.name): map_array(directory, entry) for entry in manifest.arrays}
    try:
        return Panel(
            dates=np.array(maps["dates", ""]),
            codes=np.array(maps["codes", ""]),
            fields={name: array for (role, name), array in maps.items() if role == "field"},
            units=manifest.units,
            groups={name: array for (role, name), array in maps.items() if role == "group"},
            universe=maps["universe", ""],
            buyable=maps["buyable", ""],
            sellable=maps.get(("sellable", "")),
            size=maps.get(("size", "")),
            group_names=manifest.group_names,
            origin=manifest.origin,
        )
    except PanelError as error:
        raise StoreError(path=directory, problem=f"holds no panel: {error}", remedy="build it again") from error


def _arrays(panel: Panel) -> Iterator[tuple[str, str, NDArray[Any]]]:
    """(role, name, matrix) of everything in a panel."""
    yield "dates", "", panel.dates
    yield "codes", "", panel.codes
    yield "universe", "", panel.universe
    yield "buyable", "", panel.buyable
    if panel.sellable is not None:
        yield "sellable", "", panel.sellable
    if panel.size is not None:
        yield "size", "", panel.size
    yield from (("field", name, matrix) for name, matrix in panel.fields.items())
    yield from (("group", name, matrix) for name, matrix in panel.groups.items())


def _directory(root: Path, key: str) -> Path:
    if not re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]*", key):
        raise StoreError(
            path=root,
            problem=f"'{key}' is no key",
            remedy="use letters, digits, '.', '_' and '-', with no dot in front",
        )
    return root / key
