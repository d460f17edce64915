"""Which panels were built of the same settings, one after the other."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from dfqgp.errors import StoreError
from dfqgp.records import record
from dfqgp.store.atomic import read_bytes, write_bytes
from dfqgp.store.json_records import from_json, to_json
from dfqgp.store.locks import locked

if TYPE_CHECKING:
    from pathlib import Path

FILE = "builds.jsonl"


@record("build")
class _Build:
    """A panel and what it was built of: equal lineage, equal settings, whatever the files held."""

    lineage: str
    key: str
    at: str


def record_build(folder: Path, lineage: str, key: str) -> None:
    """Write down that a panel was built, at the end of ``builds.jsonl``.

    Parameters
    ----------
    folder : Path
        ``metadata/`` of the lake; made when absent.
    lineage : str
        Digest of the settings, without the content of files.
    key : str
        Name of the panel.

    Raises
    ------
    StoreError
        If the disk refuses.
    """
    path = folder / FILE
    with locked(path):
        before = read_bytes(path) if path.exists() else b""
        line = to_json(_Build(lineage, key, time.strftime("%Y-%m-%d %H:%M:%S")))
        write_bytes(path, before + line.encode() + b"\n")


def builds_of(folder: Path, lineage: str) -> list[str]:
    """Return the keys of the panels of a lineage, the newest first, each once.

    Raises
    ------
    StoreError
        If the file is damaged.
    """
    path = folder / FILE

    def refused(problem: str) -> StoreError:
        return StoreError(path=path, problem=problem, remedy="delete it; restatements are counted from then on")

    lines = read_bytes(path).splitlines() if path.exists() else []
    builds = [from_json(_Build, line, refused) for line in lines]
    return list(dict.fromkeys(each.key for each in reversed(builds) if each.lineage == lineage))
