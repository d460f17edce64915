"""What a run has of the cache: values that are planned and materialised before it starts, and scores of earlier runs.

1. With ``cache.materialize`` the seeds and the members of the newest library are planned, their parts and not the
   formulas as a whole: a search asks for trees that share parts with them, and never for a member again.
2. The plan goes to ``out/cache_plan/RUN.json``; what became of it and how often entries were read goes beside it.
3. Valid entries and scores are used whether something was materialised or not. None of it changes a result.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends import DailyScores
from dfqgp.cache import (
    Entries,
    KnownScores,
    Outcome,
    StoredValues,
    formulas_of,
    materialize,
    plan_cache,
    scope_of,
    trees_of,
)
from dfqgp.errors import SnapshotError
from dfqgp.expr import Vocabulary
from dfqgp.library import read_snapshot
from dfqgp.records import record
from dfqgp.store import to_json, write_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from dfqgp.backends import Backend
    from dfqgp.cache import Scope
    from dfqgp.engine import Engine
    from dfqgp.expr import Node
    from dfqgp.gp.seeds import Seed
    from dfqgp.mining.settings import MiningConfig
    from dfqgp.panel import Panel

_log = logging.getLogger(__name__)

FOLDER = "cache_plan"


@record("cache statistics")
class CacheStatistics:
    """What a run had of the cache.

    Parameters
    ----------
    entries : int
        Entries on disk for its panel.
    read : int
        Those that were read.
    loads : int
        How often one was read.
    damaged : int
        Those that could not be read.
    valid, written, rebuilt, removed, failed : int
        What became of the run's own plan.
    scores : int
        Trees that were not scored, since an earlier run had scored them.
    """

    entries: int
    read: int
    loads: int
    damaged: int
    valid: int
    written: int
    rebuilt: int
    removed: int
    failed: int
    scores: int


@dataclass
class RunCache:
    """Values and scores on disk for the panel of one run.

    Parameters
    ----------
    config : MiningConfig
        The run.
    root : Path
        Folder of the cache.
    scope : Scope
        Of values over the run's panel.
    values : StoredValues
        Valid entries.
    outcome : Outcome
        Of the plan that the run made.

    Attributes
    ----------
    known : int
        Trees that were not scored, since their scores were known.
    """

    config: MiningConfig
    root: Path
    scope: Scope
    values: StoredValues
    outcome: Outcome = field(default_factory=Outcome)
    known: int = 0
    _scores: KnownScores | None = None

    def score(self, engine: Engine, nodes: Sequence[Node], keep: NDArray[np.bool_]) -> DailyScores:
        """Score trees against an engine's first target but those with known scores, and keep what is new.

        Parameters
        ----------
        engine : Engine
            The same in every call.
        nodes : sequence of Node
            K trees.
        keep : (R,) bool
            Rows whose residual ranks are wanted, the same in every call.

        Returns
        -------
        DailyScores
            Row k is tree k, its ranks in the session's memory.
        """
        target, session = engine.targets[0], engine.session
        if self._scores is None:
            self._scores = KnownScores(self.root, self.scope, target, keep, self.config.cache.scores)
        old = self._scores.known([node.key for node in nodes])
        fresh = [node for node, is_old in zip(nodes, old.tolist(), strict=True) if not is_old]
        (new,) = engine.score(fresh, keep=keep)
        if self.config.cache.scores:
            self._scores.add([node.key for node in fresh], new, session.fetch_ranks(new.ranks))
        taken, ranks = self._scores.take([nodes[k].key for k in np.flatnonzero(old).tolist()])
        held = [session.hold(each) for each in ranks]
        scores = DailyScores.empty(len(nodes), target, [np.empty((0, 0), dtype=np.uint16)] * len(nodes))
        scores.put(np.flatnonzero(~old), new)
        scores.put(np.flatnonzero(old), replace(taken, ranks=held))
        self.known += int(old.sum())
        return scores

    def write_statistics(self) -> None:
        """Write ``out/cache_plan/RUN.stats.json``."""
        values, outcome = self.values, self.outcome
        found = CacheStatistics(
            entries=len(values),
            read=len(values.hits),
            loads=values.hits.total(),
            damaged=len(values.refused),
            valid=len(outcome.valid),
            written=len(outcome.written),
            rebuilt=len(outcome.rebuilt),
            removed=len(outcome.removed),
            failed=len(outcome.failures),
            scores=self.known,
        )
        path = self.config.out / FOLDER / f"{self.config.run_id}.stats.json"
        write_bytes(path, f"{to_json(found, indent=1)}\n".encode())


def open_cache(panel: Panel, config: MiningConfig, backend: Backend) -> RunCache | None:
    """Return what a run has of the cache, after its step of materialising; None where there can be nothing.

    Parameters
    ----------
    panel : Panel
        Train and validation days: what entries cover.
    config : MiningConfig
        The run.
    backend : Backend
        Where values are computed.
    """
    root, settings = config.cache_folder, config.cache
    if root is None or not (settings.materialize or settings.scores or root.is_dir()):
        return None
    scope = scope_of(panel, config.semantics, backend)
    entries = Entries(root, scope)
    outcome = _materialize(panel, config, backend, entries) if settings.materialize else Outcome()
    return RunCache(config, root, scope, StoredValues(entries), outcome)


def _materialize(panel: Panel, config: MiningConfig, backend: Backend, entries: Entries) -> Outcome:
    """Plan for the seeds and the newest library, write the plan, and compute it."""
    trees, failures = trees_of([*config.seeds, *_members(config)], Vocabulary.of(panel))
    for where, reason in failures.items():
        _log.info("the cache is not planned for %s: %s", where, reason)
    plan = plan_cache(trees, entries.scope, config.cache.budget, whole=False)
    write_bytes(config.out / FOLDER / f"{config.run_id}.json", plan.to_bytes())
    outcome = materialize(plan, entries, panel, backend, config.engine)
    for text, reason in outcome.failures.items():
        _log.warning("cache entry '%s' failed: %s", text, reason)
    return outcome


def _members(config: MiningConfig) -> tuple[Seed, ...]:
    """Return the formulas of the newest library, none where there is no library yet."""
    path = config.out / "libraries" / "latest.json"
    if not path.is_file():
        return ()
    try:
        return formulas_of(read_snapshot(path).members)
    except SnapshotError as error:
        _log.warning("the cache is not planned for the newest library: %s", error)
        return ()
