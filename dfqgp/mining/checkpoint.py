"""The checkpoint: where a run stands, as one JSON file that is replaced atomically after every generation.

A file that is truncated, edited, of another format or of another run is refused; what is read is only ever data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dfqgp.errors import CheckpointError
from dfqgp.library import Member
from dfqgp.records import record
from dfqgp.store.atomic import write_bytes
from dfqgp.store.json_records import from_json, to_json

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 3


@record("checkpoint")
class Checkpoint:
    """The state after a finished generation.

    Parameters
    ----------
    run_id, config_hash, semantics : str
        Which run it belongs to: its name, and digests of its settings and of what operators mean.
    round, generation : int
        The generation that is finished.
    trials : int
        Distinct formulas that the ledger counted up to there.
    evolution : dict
        State of the search as JSON values.
    library : tuple of Member
        Members of the library.
    """

    run_id: str
    config_hash: str
    semantics: str
    round: int
    generation: int
    trials: int
    evolution: dict[str, Any]
    library: tuple[Member, ...]


def checkpoint_path(state: Path, run_id: str) -> Path:
    """Return where the checkpoint of a run lies."""
    return state / "checkpoints" / f"{run_id}.json"


def save(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint; a reader at the same time, or after a kill, finds the whole old one or the whole new one.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    write_bytes(path, f"{to_json(checkpoint, version=FORMAT, sealed=True)}\n".encode())


def load(path: Path, *, run_id: str, config_hash: str, semantics: str) -> Checkpoint | None:
    """Read the checkpoint of a run, or return None where there is none.

    Raises
    ------
    CheckpointError
        If the file is damaged, of another format, or belongs to another run, configuration or semantics.
    """

    def refused(problem: str) -> CheckpointError:
        return CheckpointError(path=path, problem=problem, remedy="delete it to start the run anew")

    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    found = from_json(Checkpoint, data, refused, version=FORMAT, sealed=True)
    for what, theirs, own in (
        ("run_id", found.run_id, run_id),
        ("config_hash", found.config_hash, config_hash),
        ("digest of operators and kernels", found.semantics, semantics),
    ):
        if theirs != own:
            raise refused(f"its {what} is {theirs}, this run's is {own}")
    return found
