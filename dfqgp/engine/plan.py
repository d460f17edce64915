"""The plan: which sub-expression is computed when, in which slot. Pure: no arrays are touched.

1. All roots share one graph, so equal sub-expressions are one node (``Graph.of``).
2. Roots are ordered so that those with the same costly sub-expressions are neighbours (``_cluster``) and cut into
   blocks of at most ``block``; a block whose peak does not fit is halved (``_plan_block``).
3. Inside a block the nodes are computed level by level, a launch an operator and level (``_levels``); a slot is
   free again after its last use in the block, a root's after it was consumed.
4. What a later block needs stays while it fits; when slots run out, the values with the least cost for the longest
   wait are dropped and will be computed again (``_make_room``).
5. A block of one root that does not fit level by level is computed depth first, which needs fewer slots; if that
   does not fit either, BudgetError says how much it takes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dfqgp.backends import CONSTANT, Task
from dfqgp.errors import BudgetError
from dfqgp.expr import Call, Constant, Field, Graph, Group, Node
from dfqgp.ops import OPERATORS, Kind, Operator

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True)
class Launch:
    """One operator over tasks that do not depend on each other."""

    op: Operator
    tasks: tuple[Task, ...]


@dataclass(frozen=True)
class Load:
    """Copy a feature into a slot."""

    name: str
    slot: int


@dataclass(frozen=True)
class Consume:
    """Hand roots over: (index of the root, its slot); their slots may be reused afterwards."""

    roots: tuple[tuple[int, int], ...]


Step = Launch | Load | Consume


@dataclass(frozen=True)
class Plan:
    """Steps in order.

    Parameters
    ----------
    steps : tuple of Step
        What to do.
    peak : int
        Most slots in use at a time.
    launches : int
        Number of ``Launch`` steps.
    computed, distinct : int
        Nodes computed, recomputations counted, and distinct nodes to compute.
    """

    steps: tuple[Step, ...]
    peak: int
    launches: int
    computed: int
    distinct: int
