"""The ledger: every distinct formula that a run ever tried, rejected ones too.

Honest statistics need the number of trials, so nothing that was scored may be forgotten. Formulas are told apart by
the key of their score form. Each generation is one JSON-lines file, written at once when the generation ends and before
its checkpoint; what lies past the checkpoint belongs to a generation that is done again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dfqgp.errors import CheckpointError
from dfqgp.records import Figure, record
from dfqgp.store.atomic import write_bytes
from dfqgp.store.json_records import from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
    """

    key: str
    expression: str
    round: int
    generation: int
    score: Figure
    reason: str
    metrics: dict[str, Figure]


class Ledger:
    """Distinct trials by key, in the order in which they were tried.

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
        self._unwritten: list[Trial] = []

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
                ledger._read(path)
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
        """Return the trial of a key, or None where the formula is new."""
        return self._trials.get(key)

    def add(self, trial: Trial) -> bool:
        """Count a trial unless its key was counted before; return whether it was new."""
        if trial.key in self._trials:
            return False
        self._trials[trial.key] = trial
        self._unwritten.append(trial)
        return True

    def write(self, *, round: int, generation: int) -> Path:  # noqa: A002
        """Write the trials added since the last call as the file of a generation, atomically; return its path."""
        path = self.folder / f"r{round:02d}_g{generation:03d}.jsonl"
        write_bytes(path, "".join(f"{to_json(trial)}\n" for trial in self._unwritten).encode())
        self._unwritten.clear()
        return path

    def _read(self, path: Path) -> None:
        for number, line in enumerate(path.read_bytes().splitlines(), start=1):

            def refused(problem: str, at: int = number) -> CheckpointError:
                return _unfit(path, f"line {at} is no trial: {problem}")

            trial = from_json(Trial, line, refused)
            self._trials.setdefault(trial.key, trial)


def _files(folder: Path) -> Iterator[tuple[tuple[int, int], Path]]:
    for path in folder.glob("r*_g*.jsonl"):
        if found := _FILE_NAME.fullmatch(path.name):
            yield (int(found[1]), int(found[2])), path


def _unfit(path: Path, problem: str) -> CheckpointError:
    return CheckpointError(path=path, problem=problem, remedy="delete the run's checkpoint to start it anew")
