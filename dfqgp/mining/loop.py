"""The mining loop.

1. Take the run's lock, and go on from its checkpoint if there is one (``Run.resume``).
2. A generation: ask for a population, assess it, write the ledger, tell the scores, checkpoint (``Run.step``).
3. After a round's last generation its best trees become candidates of the library (``Run._end_round``), before the
   checkpoint: a killed run repeats at most one generation, and does the same again.
4. Write the snapshot after every round, and at the end of the run (``Run.snapshot``).
"""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING

from dfqgp.backends import open_backend
from dfqgp.errors import CheckpointError
from dfqgp.expr import Vocabulary, parse
from dfqgp.gp import Evolution
from dfqgp.gp.seeds import plant
from dfqgp.library import Decision, Library, Snapshot, Verdict, write_snapshot
from dfqgp.mining import checkpoint
from dfqgp.mining.assess import Assessment, Assessor
from dfqgp.mining.caching import open_cache
from dfqgp.mining.ic_series import write_days, write_series
from dfqgp.mining.ledger import Duplicate, Ledger, Trial, trial_key
from dfqgp.mining.progress import Progress
from dfqgp.ops import OPERATORS, user_operators
from dfqgp.store import locked
from dfqgp.store.keys import digest_of
from dfqgp.store.manifest import package_version

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from dfqgp.library import Member
    from dfqgp.mining.assess import Labels
    from dfqgp.mining.logs import Binding
    from dfqgp.mining.settings import MiningConfig
    from dfqgp.panel import Panel

_log = logging.getLogger(__name__)


def mine(panel: Panel, labels: Labels, config: MiningConfig, binding: Binding | None = None) -> Path:
    """Search a panel for factors, or go on where an earlier call with the same settings stopped.

    Parameters
    ----------
    panel : Panel
        Train and validation days, nothing after them.
    labels : callable
        (segment, horizon) -> (T, N) float32 forward returns, as :meth:`dfqgp.dataset.Dataset.labels` gives them.
    config : MiningConfig
        The run.
    binding : Binding, optional
        Told of each round and generation, for the logs.

    Returns
    -------
    Path
        ``<out>/libraries/latest.json``.

    Raises
    ------
    CheckpointError
        If the run's checkpoint is damaged.
    BudgetError
        If an expression does not fit the engine's budget.
    """
    run = Run(panel, labels, config)
    drive(run, binding)
    return run.snapshot(config.gp.rounds)


def drive(run: Run, binding: Binding | None = None) -> None:
    """Do the generations that are left of a run, from its checkpoint on, and show progress."""
    bounds, config = run.config.gp, run.config
    with locked(config.state / "locks" / f"mine-{config.run_id}"):
        run.resume()
        finished = run.round * bounds.generations + run.generation
        with Progress(
            rounds=bounds.rounds, generations=bounds.generations, finished=finished, tried=len(run.ledger)
        ) as progress:
            for round_number, generation in run.remaining():
                if binding is not None:
                    binding.bind(round=round_number, generation=generation)
                best = run.step(round_number, generation)
                progress.generation_done(
                    round=round_number,
                    generation=generation,
                    best=best,
                    tried=len(run.ledger),
                    engine=run.assessor.take_counts().figures(),
                )
        if run.cache is not None:
            run.cache.write_statistics()


class Run:
    """One run between its checkpoints.

    Parameters
    ----------
    panel : Panel
        Train and validation days.
    labels : callable
        (segment, horizon) -> forward returns.
    config : MiningConfig
        The run.

    Attributes
    ----------
    round, generation : int
        The next generation to do.
    """

    def __init__(self, panel: Panel, labels: Labels, config: MiningConfig) -> None:
        self.config = config
        self.vocabulary = Vocabulary.of(panel)
        operators = [OPERATORS[name] for name in config.gp.operators or OPERATORS]
        backend = open_backend(config.backend)
        self.cache = open_cache(panel, config, backend)
        self.assessor = Assessor(panel, labels, config, backend, operators, self.cache)
        self.ledger = Ledger(config.out / "candidates" / config.run_id)
        self.library = Library(config.library, self.assessor.correlations)
        self.round, self.generation = 0, 0
        self.evolution = Evolution(self.vocabulary, config.gp, [config.seed, 0])
        self._path = checkpoint.checkpoint_path(config.state, config.run_id)
        self._own = {
            "run_id": config.run_id,
            "config_hash": digest_of(config.config_dict),
            "semantics": config.semantics,
        }

    def resume(self) -> None:
        """Go on from the checkpoint, if there is one."""
        saved = checkpoint.load(self._path, **self._own)
        if saved is None:
            _log.info("run %s starts", self.config.run_id)
            write_days(self.ledger.folder, self.assessor.dates)
            plant(self.evolution, self.config.seeds, self.vocabulary)
            return
        place = {"round": saved.round, "generation": saved.generation}
        self.ledger = Ledger.resume(self.ledger.folder, **place, trials=saved.trials)
        self._restore_library(saved.library)
        self.round, self.generation = self._after(saved.round, saved.generation)
        self.evolution = Evolution.restore(self.vocabulary, self.config.gp, saved.evolution)
        if self.generation == 0:
            self.evolution = self._next_round(self.round)
        _log.info("run %s goes on after round %d, generation %d", self.config.run_id, saved.round, saved.generation)

    def remaining(self) -> Iterator[tuple[int, int]]:
        """Yield (round, generation) still to do."""
        while self.round < self.config.gp.rounds:
            yield self.round, self.generation
            self.round, self.generation = self._after(self.round, self.generation)

    def step(self, round_number: int, generation: int) -> float:
        """Do one generation and its checkpoint; return the best score in it, NaN without any."""
        nodes = self.evolution.ask()
        assessments = self.assessor.assess(nodes, self.library, self.ledger)
        place = {"round": round_number, "generation": generation}
        new = []
        for each in assessments:
            if each.original:
                self.ledger.add_duplicate(
                    Duplicate(trial_key(each.node), repr(each.node), **place, original=each.original)
                )
            elif self.ledger.add(_trial(each, round_number, generation)):
                new.append(each)
        write_series(self.ledger.folder, [each.metrics.ic for each in new], **place)
        self.ledger.write(**place)
        self.evolution.tell(nodes, [each.score.value for each in assessments])
        if generation == self.config.gp.generations - 1:
            self._end_round(round_number)
        self._save(round_number, generation)
        if generation == self.config.gp.generations - 1:
            self.evolution = self._next_round(round_number + 1)
        return max((each.score.value for each in assessments if math.isfinite(each.score.value)), default=math.nan)

    def snapshot(self, rounds_done: int) -> Path:
        """Write the library as it stands after so many rounds; return the path of the newest snapshot."""
        return write_snapshot(self.config.out, self.as_snapshot(rounds_done))

    def as_snapshot(self, rounds_done: int) -> Snapshot:
        """Return the library as it stands after so many rounds."""
        config = self.config
        return Snapshot(
            run_id=config.run_id,
            members=self.library.members,
            data_fingerprint=config.data_fingerprint,
            config=dict(config.config_dict),
            seed=config.seed,
            code_version=package_version(),
            trials=len(self.ledger),
            rounds=rounds_done,
            operators=user_operators(),
        )

    def admit_best(self) -> None:
        """Consider the best trees of the generation that ended last for the library."""
        best = [each.node for each in self.evolution.best(self.config.library.candidates)]
        for decision in self.library.consider(self.assessor.candidates(best), round_number=self.round):
            _log_decision(decision)

    def _end_round(self, round_number: int) -> None:
        self.admit_best()
        path = self.snapshot(round_number + 1)
        _log.info("round %d: the library has %d members, %s", round_number, len(self.library.members), path)

    def _save(self, round_number: int, generation: int) -> None:
        state = checkpoint.Checkpoint(
            **self._own,
            round=round_number,
            generation=generation,
            trials=len(self.ledger),
            evolution=self.evolution.state(),
            library=self.library.members,
        )
        checkpoint.save(self._path, state)

    def _restore_library(self, members: Sequence[Member]) -> None:
        nodes = [parse(member.expression, self.vocabulary, typed=False) for member in members]
        for member, node in zip(members, nodes, strict=True):
            if node.key != member.key:
                problem = f"member '{member.expression}' does not have the key {member.key}"
                raise CheckpointError(path=self._path, problem=problem, remedy="delete it to start the run anew")
        self.library.restore(members, self.assessor.rank_panels(nodes))

    def _next_round(self, round_number: int) -> Evolution:
        """Return a new search that asks nothing that the run has asked before; trees that wait go over to it."""
        seed = [self.config.seed, round_number]
        following = Evolution(self.vocabulary, self.config.gp, seed, seen=self.evolution.seen)
        following.immigrate(self.evolution.waiting)
        return following

    def _after(self, round_number: int, generation: int) -> tuple[int, int]:
        last = generation == self.config.gp.generations - 1
        return (round_number + 1, 0) if last else (round_number, generation + 1)


def _trial(each: Assessment, round_number: int, generation: int) -> Trial:
    value = each.score.value
    return Trial(
        key=trial_key(each.node),
        expression=repr(each.node),
        round=round_number,
        generation=generation,
        score=value if math.isfinite(value) else math.nan,
        reason=each.score.reason or "",
        metrics=each.metrics.summary(),
        fingerprint=each.fingerprint,
    )


def _log_decision(decision: Decision) -> None:
    level = logging.DEBUG if decision.verdict is Verdict.REJECTED else logging.INFO
    _log.log(level, "%s: %s (%s)", decision.verdict.value, decision.member.expression, decision.reason)
