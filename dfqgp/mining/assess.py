"""Assessing trees: from a population to scores, and from a round's best to candidates of the library.

The search is assessed on an engine that holds the train days alone. Validation days are evaluated for candidates, after
the search has chosen them; they never take part in a score.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.engine import Engine
from dfqgp.fitness import Score, Scored, Scorer, base_score, penalise_likeness
from dfqgp.library import Candidate, cross_correlations
from dfqgp.market import panel_labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dfqgp.backends import Backend, Workspace
    from dfqgp.expr import Node
    from dfqgp.fitness import Metrics
    from dfqgp.library import Library
    from dfqgp.market import Segment
    from dfqgp.mining.settings import MiningConfig
    from dfqgp.panel import Panel

_NEVER = 0
_CANDIDATE_SLOTS = 64  # candidates are few; their workspace need not be large


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
    config : MiningConfig
        Labels, segments, fitness and engine of the run.
    backend : Backend
        Where kernels run.
    """

    def __init__(self, panel: Panel, config: MiningConfig, backend: Backend) -> None:
        self.backend = backend
        self.fitness = config.fitness
        train, valid = config.segments.train, config.segments.valid
        self._train_engine = Engine(panel.rows(0, train.stop), backend, config.engine)
        small = replace(config.engine, budget=min(_bytes_of(panel, _CANDIDATE_SLOTS), config.engine.budget or 2**63))
        self._valid_engine = Engine(panel, backend, small)
        self._search = self._scorer(self._train_engine.panel, config, train, config.fitness.corr_every)
        self._train = self._scorer(self._train_engine.panel, config, train, 1)
        self._valid = self._scorer(panel, config, valid, _NEVER)

    @staticmethod
    def _scorer(panel: Panel, config: MiningConfig, segment: Segment, keep_every: int) -> Scorer:
        label = panel_labels(panel, config.label, segment.stop)
        rows = range(segment.start, segment.scored_stop)
        return Scorer(panel, label, rows, config.label.horizon, config.fitness, keep_every=keep_every)

    def assess(self, nodes: Sequence[Node], library: Library) -> list[Assessment]:
        """Score a population: base score, then likeness to the library and to better members."""
        scored = self._score(self._train_engine, self._search, nodes)
        bases = [base_score(each.metrics, node.size, self.fitness) for each, node in zip(scored, nodes, strict=True)]
        alive = [k for k, base in enumerate(bases) if base.value > -math.inf]
        ranks = [scored[k].ranks for k in alive]
        peers = np.abs(cross_correlations(ranks, ranks))
        known = np.abs(cross_correlations(ranks, self._searched_days(library)))
        scores = list(bases)
        penalised = penalise_likeness(
            [bases[k] for k in alive], [nodes[k].key for k in alive], peers, known, self.fitness
        )
        for k, score in zip(alive, penalised, strict=True):
            scores[k] = score
        return [Assessment(node, each.metrics, score) for node, each, score in zip(nodes, scored, scores, strict=True)]

    def candidates(self, nodes: Sequence[Node]) -> list[Candidate]:
        """Score trees on every train day and on validation; those that fail on train are left out."""
        train = self._score(self._train_engine, self._train, nodes)
        bases = [base_score(each.metrics, node.size, self.fitness) for each, node in zip(train, nodes, strict=True)]
        chosen = [k for k, base in enumerate(bases) if base.value > -math.inf]
        valid = self._score(self._valid_engine, self._valid, [nodes[k] for k in chosen])
        return [
            Candidate(
                node=nodes[k],
                score=bases[k].value,
                orientation=train[k].metrics.orientation,
                train=train[k].metrics.summary(),
                valid=after.metrics.summary(),
                ranks=train[k].ranks,
            )
            for k, after in zip(chosen, valid, strict=True)
        ]

    def rank_panels(self, nodes: Sequence[Node]) -> list[NDArray[np.float32]]:
        """Return the residual ranks of trees on every train day, as the library keeps them."""
        return [each.ranks for each in self._score(self._train_engine, self._train, nodes)]

    def _searched_days(self, library: Library) -> list[NDArray[np.float32]]:
        kept = self._search.target.keep_ranks
        return [panel[kept] for panel in library.ranks.panels]

    def _score(self, engine: Engine, scorer: Scorer, nodes: Sequence[Node]) -> list[Scored]:
        found: dict[int, Scored] = {}

        def consume(workspace: Workspace, pairs: Sequence[tuple[int, int]]) -> None:
            scored = scorer.score(self.backend, workspace, [slot for _, slot in pairs])
            found.update((index, each) for (index, _), each in zip(pairs, scored, strict=True))

        engine.stream(nodes, consume)
        return [found[index] for index in range(len(nodes))]


def _bytes_of(panel: Panel, slots: int) -> int:
    return 4 * panel.shape[0] * panel.shape[1] * slots
