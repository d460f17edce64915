"""What values cost to compute, and what it costs to read them instead."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from dfqgp.cache.scope import FORMAT
from dfqgp.errors import CacheError
from dfqgp.expr import Call, Node
from dfqgp.ops import Cost
from dfqgp.records import record
from dfqgp.store import from_json, read_bytes, to_json, write_bytes

if TYPE_CHECKING:
    from pathlib import Path

Positive = Annotated[float, Field(gt=0)]

READ = 3.0
"""Of an entry into a slot, in passes over a panel: the copy, and the scan that turns what is not finite into NaN."""


@record("costs", CacheError)
class Costs:
    """Costs of operators, in any one unit.

    Parameters
    ----------
    operators : mapping of str to float
        By name, above 0; one that is not there costs what its declaration says (``dfqgp.ops.Cost``).
    read : float
        Of a value that is read from a file, above 0.
    unit : float
        Of one pass over a panel, by which declared costs are multiplied, above 0.

    Raises
    ------
    CacheError
        If a cost is not a number above 0.
    """

    operators: Mapping[str, Positive] = field(default_factory=dict)
    read: Positive = READ
    unit: Positive = Cost.PASS.value

    def of(self, node: Node) -> float:
        """Return what a node's own operator costs; 0 for leaves, which every evaluation has."""
        if not isinstance(node, Call):
            return 0.0
        return self.operators.get(node.op.name, self.unit * node.op.cost.value)

    def write(self, path: Path) -> None:
        """Write the costs as JSON, atomically; what was measured once gives the same plan ever after."""
        write_bytes(path, f"{to_json(self, version=FORMAT, indent=1)}\n".encode())


def read_costs(path: Path) -> Costs:
    """Read costs that ``Costs.write`` wrote; raises CacheError for a file that holds none, StoreError without one."""

    def refused(problem: str) -> CacheError:
        return CacheError(key=str(path), got=problem, expected="costs as JSON", hint="; measure them again")

    return from_json(Costs, read_bytes(path), refused, version=FORMAT)


def rounded(cost: float) -> float:
    """Return a cost as it is written: 12 significant digits, so that no order of summation shows in it.

    Examples
    --------
    >>> rounded(0.1 + 0.2), rounded(0.0)
    (0.3, 0.0)
    """
    return float(f"{cost:.12g}") if math.isfinite(cost) else cost
