"""Snapshots of a library on disk: canonical JSON that depends on the library and on nothing else.

The same library gives the same bytes: keys sorted, floats in their shortest exact form, NaN as null, no time of day and
no trace of how often the run was resumed.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dfqgp.errors import LibraryError, SnapshotError
from dfqgp.library.member import Member
from dfqgp.library.strict_json import REMEDY, load, plain, record_of
from dfqgp.store.atomic import write_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FORMAT = 1
LATEST = "latest"
_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")

_FIELDS: dict[str, type] = {
    "format": int,
    "run_id": str,
    "members": list,
    "data_fingerprint": str,
    "config": dict,
    "seed": int,
    "code_version": str,
    "trials": int,
    "rounds": int,
}
_MEMBER_FIELDS: dict[str, type] = {
    "expression": str,
    "key": str,
    "orientation": int,
    "score": float,
    "train": dict,
    "valid": dict,
    "round": int,
}


@dataclass(frozen=True)
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
    config : mapping
        Settings of the run as plain values; tuples become lists.
    seed : int
        Seed of the run.
    code_version : str
        Version of the package.
    trials : int
        Distinct formulas tried, rejects included.
    rounds : int
        Rounds done.

    Raises
    ------
    SnapshotError
        If a value cannot be stored or the run's name cannot name a file.
    """

    run_id: str
    members: tuple[Member, ...]
    data_fingerprint: str
    config: Mapping[str, object]
    seed: int
    code_version: str
    trials: int
    rounds: int

    def __post_init__(self) -> None:
        if not _RUN_ID.fullmatch(self.run_id) or self.run_id == LATEST:
            remedy = f"use letters, digits, '.', '_' and '-', and not '{LATEST}'"
            raise SnapshotError(path="to be written", problem=f"run_id is {self.run_id!r}", remedy=remedy)
        object.__setattr__(self, "config", plain(self.config, "config"))

    def to_bytes(self) -> bytes:
        """Return the canonical bytes."""
        record: dict[str, object] = {name: getattr(self, name) for name in _FIELDS if name not in {"format", "members"}}
        members = [{name: getattr(member, name) for name in _MEMBER_FIELDS} for member in self.members]
        for entry in members:
            entry["train"], entry["valid"] = (_nulls(entry[part]) for part in ("train", "valid"))
        text = json.dumps(
            {**record, "format": FORMAT, "members": members},
            sort_keys=True,
            indent=1,
            ensure_ascii=False,
            allow_nan=False,
        )
        return f"{text}\n".encode()

    @classmethod
    def from_bytes(cls, data: bytes, where: str = "(bytes)") -> Snapshot:
        """Read canonical bytes; ``where`` names them in messages.

        Raises
        ------
        SnapshotError
            If they are not JSON, of another format, or an entry is missing, unknown or of the wrong type.
        """
        raw = load(data, where)
        found = raw.get("format") if isinstance(raw, dict) else None
        if found != FORMAT:
            problem = f"its format is {found!r}, expected {FORMAT}"
            raise SnapshotError(path=where, problem=problem, remedy="read it with the version that wrote it")
        record = record_of(raw, _FIELDS, where, "the snapshot")
        members = tuple(_member(entry, place, where) for place, entry in enumerate(record.pop("members")))
        del record["format"]
        return cls(members=members, **record)


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
    return Snapshot.from_bytes(data, str(path))


def _member(entry: object, place: int, where: str) -> Member:
    name = f"members[{place}]"
    record = record_of(entry, _MEMBER_FIELDS, where, name)
    for part in ("train", "valid"):
        record[part] = {key: _metric(value, where, f"{name}.{part}.{key}") for key, value in record[part].items()}
    record["score"] = float(record["score"])
    try:
        return Member(**record)
    except LibraryError as error:
        raise SnapshotError(path=where, problem=f"{name}: {error}", remedy=REMEDY) from error


def _metric(value: object, where: str, name: str) -> float:
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SnapshotError(path=where, problem=f"{name} is {value!r}, expected a number or null", remedy=REMEDY)
    return float(value)


def _nulls(metrics: Mapping[str, float]) -> dict[str, float | None]:
    return {name: None if math.isnan(value) else value for name, value in metrics.items()}
