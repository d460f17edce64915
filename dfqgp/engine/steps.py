"""What a plan is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.backends import Task
    from dfqgp.ops import Operator


@dataclass(frozen=True)
class Launch:
    """One operator over tasks that do not read each other's results."""

    op: Operator
    tasks: tuple[Task, ...]


@dataclass(frozen=True)
class Load:
    """Copy a feature into a slot."""

    name: str
    slot: int


@dataclass(frozen=True)
class Consume:
    """Hand roots over as (index of the root, slot); the slots may be written again afterwards."""

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
    """

    steps: tuple[Step, ...]
    peak: int

    @classmethod
    def of(cls, steps: Sequence[Step], peak: int) -> Plan:
        """Freeze a list of steps."""
        return cls(tuple(steps), peak)

    @property
    def launches(self) -> int:
        """Number of kernel launches."""
        return sum(isinstance(step, Launch) for step in self.steps)

    @property
    def computed(self) -> int:
        """Number of panels computed, recomputations counted, features not."""
        return sum(len(step.tasks) for step in self.steps if isinstance(step, Launch))
