"""What an engine was asked for, and how much of it it had to compute: the hit rates of a run."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from dfqgp.backends.instructions import INPUT, LOAD
from dfqgp.engine.given import is_given
from dfqgp.expr import Call, Field

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.backends import Plan
    from dfqgp.expr import Node


@dataclass
class Counts:
    """Sums over populations.

    Parameters
    ----------
    trees : int
        Trees asked for.
    calls, fields : int
        Operators and fields in them, each as often as it stands there.
    computed : int
        Values of operators that were computed, again after a slot was given up too.
    loaded : int
        Features that were loaded into slots.
    given : int
        Values of operators that were loaded from a cache instead of being computed.
    launches : int
        Kernel launches, those of scoring not among them.
    plans : int
        Blocks that were executed.
    """

    trees: int = 0
    calls: int = 0
    fields: int = 0
    computed: int = 0
    loaded: int = 0
    given: int = 0
    launches: int = 0
    plans: int = 0

    def ask(self, roots: Sequence[Node]) -> list[str]:
        """Count trees; return the names of the fields in them, each once."""
        nodes = [node for root in roots for node in root.walk()]
        names = [node.name for node in nodes if isinstance(node, Field)]
        self.trees += len(roots)
        self.calls += sum(isinstance(node, Call) for node in nodes)
        self.fields += len(names)
        return list(dict.fromkeys(names))

    def execute(self, plan: Plan) -> None:
        """Count a plan."""
        from_cache = [is_given(plan.features[number]) for number in _loads(plan)]
        self.computed += plan.computed
        self.loaded += len(from_cache) - sum(from_cache)
        self.given += sum(from_cache)
        self.launches += plan.launches
        self.plans += 1

    def figures(self) -> dict[str, float]:
        """Return all counts, with ``reused``, the share of operators, and ``held``, of fields, that cost nothing.

        Examples
        --------
        >>> Counts(trees=2, calls=10, fields=8, computed=4, loaded=2).figures()["reused"]
        0.6
        """
        reused, held = 1 - self.computed / max(self.calls, 1), 1 - self.loaded / max(self.fields, 1)
        return {**asdict(self), "reused": reused, "held": held}


def _loads(plan: Plan) -> list[int]:
    """Return the numbers of the features that a plan loads, as often as it loads them."""
    steps = plan.steps[plan.steps[:, 0] == LOAD].tolist()
    return [number for _, first, stop in steps for number in plan.tasks[first:stop, INPUT].tolist()]
