"""The manifest: which values a plan wants on disk, and why. The same plan gives the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.cache.scope import Scope
from dfqgp.errors import CacheError
from dfqgp.records import record
from dfqgp.store import from_json, read_bytes, to_json

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 1


@record("planned entry")
class PlannedEntry:
    """A value that is to be materialised.

    Parameters
    ----------
    key : str
        Key of its canonical tree.
    text : str
        The tree, which parses back to it.
    uses : int
        Formulas that read it, each evaluated by itself, while all entries of the plan are there.
    cost : float
        To compute it once, without any entry.
    size : int
        Bytes of its file.
    benefit : float
        What all formulas, each evaluated by itself, would cost more without this entry while the others are there.
        Above 0.
    """

    key: str
    text: str
    uses: int
    cost: float
    size: int
    benefit: float


@record("cache plan", CacheError)
class Manifest:
    """A plan.

    Parameters
    ----------
    scope : Scope
        Data, semantics, backend and version that it is for.
    formulas : int
        Distinct formulas that it was made for.
    keys : str
        Digest of their keys, in whatever order they came.
    budget : int
        Bytes that entries may take.
    size : int
        Bytes that they take, at most the budget.
    cost : float
        Of all formulas, each evaluated by itself, without an entry.
    saved : float
        How much less they cost with all entries.
    entries : tuple of PlannedEntry
        By falling benefit, equal ones by key.
    """

    scope: Scope
    formulas: int
    keys: str
    budget: int
    size: int
    cost: float
    saved: float
    entries: tuple[PlannedEntry, ...]

    def to_bytes(self) -> bytes:
        """Return the canonical bytes, with a digest by which damage is found."""
        return f"{to_json(self, version=FORMAT, sealed=True, indent=1)}\n".encode()

    @classmethod
    def from_bytes(cls, data: bytes, where: object = "(bytes)") -> Manifest:
        """Read canonical bytes; raises CacheError if they are damaged, of another format or no plan."""

        def refused(problem: str) -> CacheError:
            return CacheError(key=str(where), got=problem, expected="a plan", hint="; plan again")

        return from_json(cls, data, refused, version=FORMAT, sealed=True)


def read_manifest(path: Path) -> Manifest:
    """Read a plan from disk; raises StoreError without a file, CacheError for one that is no plan."""
    return Manifest.from_bytes(read_bytes(path), path)
