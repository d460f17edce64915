"""The reference backend: the NumPy definitions themselves, one task after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends.base import CONSTANT, Task, Workspace
from dfqgp.ops import Arg, Operator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dfqgp.panel import FloatMatrix, Panel


class ReferenceBackend:
    """Slow and obvious; what every other backend is compared with."""

    name = "reference"

    def workspace(self, panel: Panel, slots: int) -> Workspace:
        """Allocate in host memory."""
        return Workspace.on_host(panel, slots)

    def load(self, workspace: Workspace, slot: int, matrix: FloatMatrix) -> None:
        """Copy a matrix into a slot, not-finite cells as NaN."""
        load_finite(workspace, slot, matrix)

    def launch(self, op: Operator, workspace: Workspace, tasks: Sequence[Task]) -> None:
        """Apply the operator's definition to each task."""
        for task in tasks:
            workspace.slab[task.out] = op.apply(_inputs(op, workspace, task), workspace.universe)
            workspace.slab[task.out, : task.warmup] = np.nan

    def fetch(self, workspace: Workspace, slot: int) -> FloatMatrix:
        """Return a copy of a slot."""
        return np.array(workspace.slab[slot])


def load_finite(workspace: Workspace, slot: int, matrix: FloatMatrix) -> None:
    """Copy a (T, N) matrix into a slot of host memory, not-finite cells as NaN."""
    target = workspace.slab[slot]
    np.copyto(target, matrix)
    target[~np.isfinite(target)] = np.nan


def _inputs(op: Operator, workspace: Workspace, task: Task) -> list[NDArray[np.float32] | NDArray[np.int16] | int]:
    panels = iter(zip(task.slots, task.constants, strict=True))
    literals = iter(task.literals)
    inputs: list[NDArray[np.float32] | NDArray[np.int16] | int] = []
    for kind in op.args:
        if kind is Arg.PANEL:
            slot, number = next(panels)
            whole = np.full(workspace.slab.shape[1:], number, dtype=np.float32)
            inputs.append(whole if slot == CONSTANT else workspace.slab[slot])
        else:
            inputs.append(workspace.groups[task.group] if kind is Arg.GROUP else next(literals))
    return inputs
