"""Assessing trees: from a population to scores, and from a round's best to candidates of the library.

The search is assessed on an engine that holds the train days alone. Validation days are evaluated for candidates, after
the search has chosen them; they never take part in a score.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.engine import Engine
from dfqgp.fitness import Score, base_score, by_base, every, make_target, metrics_of, penalised
from dfqgp.library import Candidate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dfqgp.backends import Backend, Target
    from dfqgp.backends.scoring import Ranks
    from dfqgp.expr import Node
    from dfqgp.fitness import Metrics
    from dfqgp.library import Library
    from dfqgp.market import Segment
    from dfqgp.mining.settings import MiningConfig
    from dfqgp.ops import Operator
    from dfqgp.panel import FloatMatrix, Panel

_CANDIDATE_SLOTS = 64  # candidates are few; their session need not be large
_RANK_BYTES = 2


@dataclass(frozen=True, eq=False)
class Assessment:
    """A tree, its train metrics, and its score."""

    node: Node
    metrics: Metrics
    score: Score


class Assessor:
    """Scores trees over the segments of one run.

    Parameters
    ----------
    panel : Panel
        Train and validation days, nothing after them.
    labels : mapping of str to (T, N) float32
        Forward returns of the segments ``train`` and ``valid``, NaN where missing.
    config : MiningConfig
        Segments, fitness and engine of the run.
    backend : Backend
        Where kernels run.
    operators : iterable of Operator, optional
        Operators that trees may hold; all by default.
    """

    def __init__(
        self,
        panel: Panel,
        labels: dict[str, FloatMatrix],
        config: MiningConfig,
        backend: Backend,
        operators: Iterable[Operator] | None = None,
    ) -> None:
        self.fitness = config.fitness
        train, valid = config.segments.train, config.segments.valid
        seen = panel.rows(0, train.stop)
        target = self._target(seen, labels["train"][: train.stop], train, config)
        self.searched = every(seen, target.rows, config.fitness.corr_every)
        """Train days on which the search looks at correlations."""
        reserve = _rank_bytes(target, int(self.searched.sum()), config)
        self._train = Engine(seen, backend, config.engine, targets=[target], operators=operators, reserve=reserve)
        later = self._target(panel, labels["valid"], valid, config)
        small = replace(config.engine, budget=min(_bytes_of(panel) + later.nbytes, config.engine.budget or 2**63))
        self._valid = Engine(panel, backend, small, targets=[later], operators=operators)
        self._known: dict[str, tuple[Metrics, Ranks]] = {}

    @staticmethod
    def _target(panel: Panel, label: FloatMatrix, segment: Segment, config: MiningConfig) -> Target:
        rows = range(segment.start, segment.scored_stop)
        return make_target(panel, label, rows, config.fitness, horizon=config.label.horizon)

    def assess(self, nodes: Sequence[Node], library: Library) -> list[Assessment]:
        """Score a population: base score, then correlation to the library and to better members.

        The trees that the population before had too are not evaluated again.
        """
        self._evaluate_new(nodes)
        metrics = [self._known[node.key][0] for node in nodes]
        scores = [base_score(each, node.size, self.fitness) for each, node in zip(metrics, nodes, strict=True)]
        order = by_base(scores, [node.key for node in nodes])
        ranks = [self._known[nodes[k].key][1] for k in order]
        peers = self._train.session.largest_correlations(ranks)
        known = self._train.session.largest_correlations(ranks, [each[self.searched] for each in library.ranks])
        for place, k in enumerate(order):
            scores[k] = penalised(scores[k], float(peers[place]), float(known[place]), self.fitness)
        return [Assessment(*each) for each in zip(nodes, metrics, scores, strict=True)]

    def candidates(self, nodes: Sequence[Node]) -> list[Candidate]:
        """Score trees on every train day and on validation; those that fail on train are left out."""
        (daily,) = self._train.score(nodes, keep=np.ones(len(self.searched), dtype=bool))
        train = metrics_of(daily, self._train.targets[0], self.fitness)
        bases = [base_score(each, node.size, self.fitness) for each, node in zip(train, nodes, strict=True)]
        chosen = sorted(by_base(bases, [node.key for node in nodes]))
        (later,) = self._valid.score([nodes[k] for k in chosen])
        valid = metrics_of(later, self._valid.targets[0], self.fitness)
        return [
            Candidate(
                node=nodes[k],
                score=bases[k].value,
                orientation=train[k].orientation,
                train=train[k].summary(),
                valid=after.summary(),
                ranks=daily.ranks[k],
            )
            for k, after in zip(chosen, valid, strict=True)
        ]

    def rank_panels(self, nodes: Sequence[Node]) -> list[Ranks]:
        """Return the residual ranks of trees on every train day, as the library keeps them."""
        (daily,) = self._train.score(nodes, keep=np.ones(len(self.searched), dtype=bool))
        return list(daily.ranks)

    def correlations(self, left: Sequence[Ranks], right: Sequence[Ranks]) -> np.ndarray:
        """Return the (K, M) mean daily correlations of residual ranks."""
        return self._train.session.correlations(left, right)

    def _evaluate_new(self, nodes: Sequence[Node]) -> None:
        """Score what the population before did not have, and forget what this one does not have."""
        stay = {node.key: self._known[node.key] for node in nodes if node.key in self._known}
        # A row of the generation before would keep the ranks of that whole generation in memory.
        self._known = {key: (metrics, ranks.copy()) for key, (metrics, ranks) in stay.items()}
        new = [node for node in nodes if node.key not in self._known]
        (daily,) = self._train.score(new, keep=self.searched)
        for k, (node, found) in enumerate(
            zip(new, metrics_of(daily, self._train.targets[0], self.fitness), strict=True)
        ):
            self._known[node.key] = found, daily.ranks[k]


def _bytes_of(panel: Panel) -> int:
    return 4 * panel.shape[0] * panel.shape[1] * _CANDIDATE_SLOTS


def _rank_bytes(target: Target, searched: int, config: MiningConfig) -> int:
    """Return the bytes of all residual ranks that a run holds at a time: a generation's, and the library's twice."""
    population = config.gp.population * searched
    factors = 2 * config.library.max_size + config.library.candidates
    return _RANK_BYTES * int(target.label.shape[1]) * (population + factors * len(target.rows))
