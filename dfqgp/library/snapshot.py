"""Snapshots of a library on disk: canonical JSON that depends on the library and on nothing else.

The same library gives the same bytes: keys sorted, floats in their shortest exact form, NaN as null, no time of day and
no trace of how often the run was resumed.
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, JsonValue

from dfqgp.errors import SnapshotError
from dfqgp.library.member import Member
from dfqgp.records import record
from dfqgp.store.atomic import write_bytes
from dfqgp.store.json_records import from_json, to_json

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 1
LATEST = "latest"
_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_REMEDY = "it was changed, cut off or written by another version: restore it, or let a run write it anew"


def _names_a_file(run_id: str) -> str:
    if not _RUN_ID.fullmatch(run_id) or run_id == LATEST:
        raise ValueError(f"Input should be up to 100 letters, digits, '.', '_' and '-', and not '{LATEST}'")
    return run_id


@record("snapshot")
class Snapshot:
    """A library and where it comes from.

    Parameters
    ----------
    run_id : str
        Letters, digits, ``.``, ``_`` and ``-``; it names the file.
    members : tuple of Member
        In the order of admission.
    data_fingerprint : str
        Fingerprint of the panel that the search saw.
    config : dict
        Settings of the run as JSON values.
    seed : int
        Seed of the run.
    code_version : str
        Version of the package.
    trials : int
        Distinct formulas tried, rejects included.
    rounds : int
        Rounds done.
    operators : dict of str to str
        The user's own operators of the run, each with the hash of its source; empty in snapshots of earlier versions.

    Raises
    ------
    RecordError
        If a value cannot be stored or the run's name cannot name a file.
    """

    run_id: Annotated[str, AfterValidator(_names_a_file)]
    members: tuple[Member, ...]
    data_fingerprint: str
    config: dict[str, JsonValue]
    seed: int
    code_version: str
    trials: int
    rounds: int
    operators: dict[str, str] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """Return the canonical bytes; raises RecordError for an infinite or NaN setting."""
        return f"{to_json(self, version=FORMAT, indent=1)}\n".encode()

    @classmethod
    def from_bytes(cls, data: bytes, where: object = "(bytes)") -> Snapshot:
        """Read canonical bytes; ``where`` names them in messages.

        Raises
        ------
        SnapshotError
            If they are not JSON, of another format, or an entry is missing, unknown or of the wrong type.
        """
        return from_json(
            cls,
            data,
            lambda problem: SnapshotError(path=where, problem=problem, remedy=_REMEDY),
            version=FORMAT,
        )


def write_snapshot(root: Path, snapshot: Snapshot) -> Path:
    """Write ``<root>/libraries/<run_id>.json`` and then ``latest.json`` beside it, each atomically.

    Parameters
    ----------
    root : Path
        The folder of a run's outputs, such as ``out``.
    snapshot : Snapshot
        What to write.

    Returns
    -------
    Path
        Of ``latest.json``, which holds the same bytes.
    """
    data = snapshot.to_bytes()
    latest = root / "libraries" / f"{LATEST}.json"
    write_bytes(latest.with_name(f"{snapshot.run_id}.json"), data)
    write_bytes(latest, data)
    return latest


def read_snapshot(path: Path) -> Snapshot:
    """Read a snapshot from disk; raises SnapshotError that names the file and what is wrong with it."""
    try:
        data = path.read_bytes()
    except OSError as error:
        problem, remedy = f"it cannot be read ({error.strerror})", "name a file that a mining run has written"
        raise SnapshotError(path=path, problem=problem, remedy=remedy) from error
    return Snapshot.from_bytes(data, path)
