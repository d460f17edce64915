"""Assessing trees: from a population to scores, and from a round's best to candidates of the library.

The search is assessed on an engine that holds the train days alone. Validation days are evaluated for candidates, after
the search has chosen them; they never take part in a score.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dfqgp.engine import Counts, Engine
from dfqgp.fitness import (
    Score,
    base_score,
    by_base,
    every,
    fingerprint_days,
    fingerprints_of,
    make_target,
    metrics_of,
    penalised,
)
from dfqgp.library import Candidate
from dfqgp.mining.demands import rank_bytes, refuse_shortage
from dfqgp.mining.duplicates import originals_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from dfqgp.backends import Backend, DailyScores, Target
    from dfqgp.backends.scoring import HostRanks, Ranks
    from dfqgp.expr import Node
    from dfqgp.fitness import Metrics
    from dfqgp.library import Library
    from dfqgp.market import Segment
    from dfqgp.mining.caching import RunCache
    from dfqgp.mining.ledger import Ledger
    from dfqgp.mining.settings import MiningConfig
    from dfqgp.ops import Operator
    from dfqgp.panel import FloatMatrix, Panel

    Labels = Callable[[Segment, int], FloatMatrix]

_CANDIDATE_SLOTS = 64  # candidates are few; their session need not be large
_FETCHED = 256  # factors whose ranks are fetched at a time, so that copies stay small beside the budget


@dataclass(frozen=True, eq=False)
class Assessment:
    """A tree and what came of it.

    Parameters
    ----------
    node : Node
        The tree.
    metrics : Metrics
        On the train days; the scalar figures of a duplicate are its original's.
    score : Score
        Made from these metrics and the tree's own size and correlations.
    fingerprint : str
        Of its residual ranks; empty where it has none.
    original : str
        Key of the formula that it is a duplicate of; empty where it is a trial of its own.
    """

    node: Node
    metrics: Metrics
    score: Score
    fingerprint: str
    original: str


class Known(NamedTuple):
    """What is known of a tree from its first assessment on, as long as populations have it."""

    metrics: Metrics
    ranks: Ranks
    fingerprint: str
    original: str


class Assessor:
    """Scores trees over the segments of one run.

    Parameters
    ----------
    panel : Panel
        Train and validation days, nothing after them.
    labels : callable
        (segment, horizon) -> (T, N) float32: forward returns of a segment, NaN where missing. They are injected, so a
        permuted label is a label like any other.
    config : MiningConfig
        Segments, fitness and engine of the run.
    backend : Backend
        Where kernels run.
    operators : iterable of Operator, optional
        Operators that trees may hold; all by default.
    cache : RunCache, optional
        Values and scores that need not be computed.

    Raises
    ------
    SampleError
        If no train day has enough assets to score a factor.
    """

    def __init__(
        self,
        panel: Panel,
        labels: Labels,
        config: MiningConfig,
        backend: Backend,
        operators: Iterable[Operator] | None = None,
        cache: RunCache | None = None,
    ) -> None:
        self.fitness = config.fitness
        train, valid = config.segments.train, config.segments.valid
        self.horizons = (config.label.horizon, *config.label.more_horizons)
        seen = panel.rows(0, train.stop)
        targets = self._targets(seen, labels, train, config)
        refuse_shortage(targets[0], train)
        self.searched = every(seen, targets[0].rows, config.fitness.corr_every)
        """Train days on which the search looks at correlations."""
        reserve = rank_bytes(targets[0], int(self.searched.sum()), config)
        opened = partial(Engine, backend=backend, settings=config.engine, operators=operators)
        early, whole = (None, None) if cache is None else (cache.values.first_rows(train.stop), cache.values)
        self._train = opened(seen, targets=targets, reserve=reserve, given=early)
        later = self._targets(panel, labels, valid, config)
        self._valid = opened(panel, targets=later, slots=_CANDIDATE_SLOTS, given=whole)
        self._cache = cache
        self._known: dict[str, Known] = {}
        self._members: dict[str, Ranks] = {}

    def _targets(self, panel: Panel, labels: Labels, segment: Segment, config: MiningConfig) -> list[Target]:
        """Return the target of the search's own horizon, and those of the further ones."""
        rows = range(segment.start, segment.scored_stop)
        shown = len(panel.dates)
        return [
            make_target(panel, labels(segment, horizon)[:shown], rows, config.fitness, horizon=horizon)
            for horizon in self.horizons
        ]

    @property
    def dates(self) -> NDArray[np.datetime64]:
        """Train days that factors are scored on."""
        return self._train.targets[0].dates

    def assess(self, nodes: Sequence[Node], library: Library, ledger: Ledger) -> list[Assessment]:
        """Score a population: base score, then correlation to the library and to better members.

        The trees that the population before had too are not evaluated again. A new tree whose fingerprint is that of a
        trial of the ledger, or of a smaller new tree, is a duplicate and takes that formula's metrics.
        """
        self._evaluate_new(nodes, ledger)
        known = [self._known[node.key] for node in nodes]
        metrics = [each.metrics for each in known]
        scores = [base_score(each, node.size, self.fitness) for each, node in zip(metrics, nodes, strict=True)]
        order = by_base(scores, [node.key for node in nodes])
        ranks = [known[k].ranks for k in order]
        peers = self._train.session.largest_correlations(ranks)
        members = self._train.session.largest_correlations(ranks, self._members_of(library))
        for place, k in enumerate(order):
            scores[k] = penalised(scores[k], float(peers[place]), float(members[place]), self.fitness)
        return [
            Assessment(node, each.metrics, score, each.fingerprint, each.original)
            for node, each, score in zip(nodes, known, scores, strict=True)
        ]

    def candidates(self, nodes: Sequence[Node]) -> list[Candidate]:
        """Score trees on every train day and on validation; those that fail on train are left out."""
        train, ranks = self._every_horizon(self._train, nodes, keep=np.ones(len(self.searched), dtype=bool))
        bases = [base_score(each[0], node.size, self.fitness) for each, node in zip(train, nodes, strict=True)]
        chosen = sorted(by_base(bases, [node.key for node in nodes]))
        kept = dict(zip(chosen, self._train.session.fetch_ranks([ranks[k] for k in chosen]), strict=True))
        valid, _ = self._every_horizon(self._valid, [nodes[k] for k in chosen])
        return [
            Candidate(
                node=nodes[k],
                score=bases[k].value,
                orientation=train[k][0].orientation,
                train=self._figures(train[k]),
                valid=self._figures(after),
                ranks=kept[k],
            )
            for k, after in zip(chosen, valid, strict=True)
        ]

    def _every_horizon(
        self, engine: Engine, nodes: Sequence[Node], keep: NDArray[np.bool_] | None = None
    ) -> tuple[list[tuple[Metrics, ...]], list[Ranks]]:
        """Return the metrics of each tree for every horizon, and its residual ranks for the first."""
        scored = engine.score(nodes, range(len(self.horizons)), keep)
        metrics = (metrics_of(daily, each, self.fitness) for daily, each in zip(scored, engine.targets, strict=True))
        return list(zip(*metrics, strict=True)), scored[0].ranks

    def _figures(self, metrics: Sequence[Metrics]) -> dict[str, float]:
        """Return the summary of the first horizon; figures of further ones end with ``_h`` and their horizon."""
        further = {
            f"{name}_h{horizon}": float(getattr(each, name))
            for horizon, each in zip(self.horizons[1:], metrics[1:], strict=True)
            for name in ("ic_mean", "icir", "hac_t")
        }
        return metrics[0].summary() | further

    def rank_panels(self, nodes: Sequence[Node]) -> list[HostRanks]:
        """Return the residual ranks of trees on every train day, as the library keeps them."""
        (daily,) = self._train.score(nodes, keep=np.ones(len(self.searched), dtype=bool))
        return self._train.session.fetch_ranks(daily.ranks)

    def correlations(self, left: Sequence[HostRanks], right: Sequence[HostRanks]) -> NDArray[np.float64]:
        """Return the (K, M) mean daily correlations of residual ranks."""
        session = self._train.session
        one = [session.hold(each) for each in left]  # the two sides may be one list, which is held once then
        return session.correlations(one, one if right is left else [session.hold(each) for each in right])

    def _members_of(self, library: Library) -> list[Ranks]:
        """Return the members' ranks of the searched days, held by the session from the first time on."""
        held = self._members
        self._members = {
            member.key: held[member.key] if member.key in held else self._train.session.hold(ranks[self.searched])
            for member, ranks in zip(library.members, library.ranks, strict=True)
        }
        return list(self._members.values())

    def take_counts(self) -> Counts:
        """Return what the search asked of its engine since the last call."""
        counts, self._train.counts = self._train.counts, Counts()
        return counts

    def _evaluate_new(self, nodes: Sequence[Node], ledger: Ledger) -> None:
        """Score what the population before did not have, and forget what this one does not have."""
        self._known = {node.key: self._known[node.key] for node in nodes if node.key in self._known}
        new = [node for node in nodes if node.key not in self._known]
        daily = self._scored(new)
        metrics = metrics_of(daily, self._train.targets[0], self.fitness)
        prints = self._fingerprints(metrics, daily.ranks)
        originals = originals_of(new, prints, metrics, ledger)
        for node, found, ranks, fingerprint, original in zip(new, metrics, daily.ranks, prints, originals, strict=True):
            taken = found if original is None else found.with_figures(original.figures)
            self._known[node.key] = Known(taken, ranks, fingerprint, "" if original is None else original.key)

    def _scored(self, nodes: Sequence[Node]) -> DailyScores:
        """Return the daily scores of trees against the search's target."""
        if self._cache is not None:
            return self._cache.score(self._train, nodes, self.searched)
        return self._train.score(nodes, keep=self.searched)[0]

    def _fingerprints(self, metrics: Sequence[Metrics], ranks: Sequence[Ranks]) -> list[str]:
        """Return the fingerprints of factors, the empty string for those that failed."""
        days, session = fingerprint_days(int(self.searched.sum())), self._train.session
        parts = (ranks[first : first + _FETCHED] for first in range(0, len(ranks), _FETCHED))
        found = [each for part in parts for each in fingerprints_of(session.fetch_ranks(part, days))]
        return ["" if each.failure is not None else text for each, text in zip(metrics, found, strict=True)]
