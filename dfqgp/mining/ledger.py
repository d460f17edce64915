"""The ledger: every distinct formula that a run ever tried, rejected ones too.

Honest statistics need the number of trials, so nothing that was scored may be forgotten. Formulas are told apart by
the key of their score form, and by the fingerprint of their ranks: one that repeats an earlier one is a duplicate and
no trial. Each generation is two JSON-lines files, of trials and of duplicates, written when the generation ends and
before its checkpoint; what lies past the checkpoint belongs to a generation that is done again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from dfqgp.errors import CheckpointError
from dfqgp.expr import score_form
from dfqgp.records import Figure, record
from dfqgp.store.atomic import write_bytes
from dfqgp.store.json_records import from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dfqgp.expr import Node

Line = TypeVar("Line", bound="Trial | Duplicate")

_FILE_NAME = re.compile(r"r(\d+)_g(\d+)\.jsonl")


@record("trial", slots=True)
class Trial:
    """One distinct formula and what became of it.

    Parameters
    ----------
    key : str
        Of the score form: formulas with the same ranks up to sign have one key.
    expression : str
        The text of the formula first tried with this key.
    round, generation : int
        When it was first tried.
    score : float
        NaN where it has none; never infinite.
    reason : str
        Why it failed; empty when it did not.
    metrics : dict of str to float
        NaN is missing; never infinite.
    fingerprint : str
        Of its residual ranks (``dfqgp.fitness.fingerprints_of``); empty where it has none.
    """

    key: str
    expression: str
    round: int
    generation: int
    score: Figure
    reason: str
    metrics: dict[str, Figure]
    fingerprint: str = ""


@record("duplicate", slots=True)
class Duplicate:
    """A formula whose ranks are those of a trial: it took that trial's metrics and is not counted.

    Parameters
    ----------
    key, expression : str
        Of the formula, as a trial has them.
    round, generation : int
        When it was first tried.
    original : str
        Key of the trial that it repeats.
    """

    key: str
    expression: str
    round: int
    generation: int
    original: str


class Ledger:
    """Distinct trials by key, in the order in which they were tried, and the duplicates of them.

    Parameters
    ----------
    folder : Path
        The run's own, ``out/candidates/<run_id>``; made with the first file.

    Examples
    --------
    >>> from pathlib import Path
    >>> ledger = Ledger(Path("out/candidates/3f2a"))
    >>> ledger.add(Trial("k1", "ts_mean(close, 5)", 0, 0, 0.1, "", {}))
    True
    >>> ledger.add(Trial("k1", "ts_mean(close, 5) * 2", 0, 0, 0.1, "", {})), len(ledger)
    (False, 1)
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._trials: dict[str, Trial] = {}
        self._duplicates: dict[str, Duplicate] = {}
        self._by_fingerprint: dict[str, Trial] = {}
        self._unwritten: tuple[list[Trial], list[Duplicate]] = [], []

    @classmethod
    def resume(cls, folder: Path, *, round: int, generation: int, trials: int) -> Ledger:  # noqa: A002
        """Read the files up to a checkpoint's generation, its own included.

        Parameters
        ----------
        round, generation : int
            The last finished generation; later files are left aside, to be overwritten.
        trials : int
            Distinct formulas that the checkpoint counted.

        Raises
        ------
        CheckpointError
            If a line cannot be read, or the files hold another number of distinct formulas.
        """
        ledger = cls(folder)
        for position, path in sorted(_files(folder)):
            if position <= (round, generation):
                for trial in _read(path, Trial):
                    ledger._keep(trial)
                for each in _read(_beside(path), Duplicate):
                    ledger._duplicates.setdefault(each.key, each)
        if len(ledger) != trials:
            problem = f"holds {len(ledger)} distinct formulas up to round {round}, generation {generation}"
            raise _unfit(folder, f"{problem}, where the checkpoint counted {trials}")
        return ledger

    def __len__(self) -> int:
        return len(self._trials)

    def __contains__(self, key: object) -> bool:
        return key in self._trials

    def __iter__(self) -> Iterator[Trial]:
        return iter(self._trials.values())

    def get(self, key: str) -> Trial | None:
        """Return the trial of a key, that of its original for a duplicate, or None where the formula is new."""
        duplicate = self._duplicates.get(key)
        return self._trials.get(key if duplicate is None else duplicate.original)

    def with_fingerprint(self, fingerprint: str) -> Trial | None:
        """Return the first trial of a fingerprint, or None where there is none; the empty one is nobody's."""
        return self._by_fingerprint.get(fingerprint)

    @property
    def duplicates(self) -> tuple[Duplicate, ...]:
        """The formulas that repeated a trial, in the order in which they were tried."""
        return tuple(self._duplicates.values())

    def add(self, trial: Trial) -> bool:
        """Count a trial unless its key was counted before; return whether it was new."""
        if trial.key in self._trials:
            return False
        self._keep(trial)
        self._unwritten[0].append(trial)
        return True

    def add_duplicate(self, duplicate: Duplicate) -> None:
        """Note a formula that is no trial, once."""
        if duplicate.key not in self._duplicates:
            self._duplicates[duplicate.key] = duplicate
            self._unwritten[1].append(duplicate)

    def write(self, *, round: int, generation: int) -> Path:  # noqa: A002
        """Write what was added since the last call as a generation's two files, atomically; return the trials' path."""
        path = self.folder / f"r{round:02d}_g{generation:03d}.jsonl"
        for place, lines in ((_beside(path), self._unwritten[1]), (path, self._unwritten[0])):
            write_bytes(place, "".join(f"{to_json(each)}\n" for each in lines).encode())
        self._unwritten = [], []
        return path

    def _keep(self, trial: Trial) -> None:
        self._trials.setdefault(trial.key, trial)
        if trial.fingerprint:
            self._by_fingerprint.setdefault(trial.fingerprint, trial)


def trial_key(node: Node) -> str:
    """Return the key by which the ledger knows a tree: that of its score form."""
    return score_form(node)[0].key


def _read(path: Path, kind: type[Line]) -> Iterator[Line]:
    """Yield the lines of a file; raises CheckpointError for one that is damaged, and where there is no file."""
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        raise _unfit(path, "is absent") from None
    for number, line in enumerate(lines, start=1):

        def refused(problem: str, at: int = number) -> CheckpointError:
            return _unfit(path, f"line {at} is no {kind.__name__.lower()}: {problem}")

        yield from_json(kind, line, refused)


def _beside(path: Path) -> Path:
    """Return the file of a generation's duplicates."""
    return path.with_suffix(".duplicates.jsonl")


def _files(folder: Path) -> Iterator[tuple[tuple[int, int], Path]]:
    for path in folder.glob("r*_g*.jsonl"):
        if found := _FILE_NAME.fullmatch(path.name):
            yield (int(found[1]), int(found[2])), path


def _unfit(path: Path, problem: str) -> CheckpointError:
    return CheckpointError(path=path, problem=problem, remedy="delete the run's checkpoint to start it anew")
