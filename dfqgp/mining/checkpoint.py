"""The checkpoint: where a run stands, as one JSON file that is replaced atomically after every generation.

The file holds its format, a digest of the body, and the body. A file that is truncated, edited, of another format or
of another run is refused; what is read is only ever data.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from dfqgp.errors import CheckpointError, RecordError
from dfqgp.records import build, record
from dfqgp.store.atomic import write_bytes

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 1


@record("checkpoint")
class Checkpoint:
    """The state after a finished generation.

    Parameters
    ----------
    run_id, config_hash : str
        Which run it belongs to; the digest is that of its settings as plain data.
    round, generation : int
        The generation that is finished.
    trials : int
        Distinct formulas that the ledger counted up to there.
    evolution : dict
        State of the search: JSON values with text keys, NaN and infinities allowed.
    library : tuple of dict
        Members of the library, likewise.
    """

    run_id: str
    config_hash: str
    round: int
    generation: int
    trials: int
    evolution: dict[str, Any]
    library: tuple[dict[str, Any], ...] = ()


def checkpoint_path(state: Path, run_id: str) -> Path:
    """Return where the checkpoint of a run lies."""
    return state / "checkpoints" / f"{run_id}.json"


def save(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint; whoever reads meanwhile, or after a kill, finds the old one or the new one, whole.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    body = _canonical(asdict(checkpoint))
    write_bytes(path, f'{{"format": {FORMAT}, "digest": "{_digest(body)}", "body": {body}}}\n'.encode())


def load(path: Path, *, run_id: str, config_hash: str) -> Checkpoint | None:
    """Read the checkpoint of a run, or return None where there is none.

    Raises
    ------
    CheckpointError
        If the file is damaged, of another format, or belongs to another run or configuration.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise _refused(path, f"it is no text ({error.reason} at byte {error.start})") from None
    checkpoint = _read(path, text)
    for name, own in (("run_id", run_id), ("config_hash", config_hash)):
        if getattr(checkpoint, name) != own:
            raise _refused(path, f"its {name} is {getattr(checkpoint, name)}, this run's is {own}")
    return checkpoint


def _read(path: Path, text: str) -> Checkpoint:
    try:
        outer = json.loads(text)
    except json.JSONDecodeError as error:
        raise _refused(path, f"it is no JSON ({error}); it may be truncated") from None
    if not isinstance(outer, Mapping) or outer.get("format") != FORMAT:
        found = outer.get("format") if isinstance(outer, Mapping) else None
        raise _refused(path, f"its format is {found!r}, this version reads {FORMAT}")
    body = outer.get("body")
    if outer.get("digest") != _digest(_canonical(body)):
        raise _refused(path, "its digest does not fit its contents; it was changed or damaged")
    try:
        return build(Checkpoint, body, "body")
    except RecordError as error:
        raise _refused(path, str(error)) from None


def _refused(path: Path, problem: str) -> CheckpointError:
    return CheckpointError(path=path, problem=problem, remedy="delete it to start the run anew")


def _canonical(body: object) -> str:
    return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
