"""The reference backend: the NumPy definitions themselves, one task after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends.base import CONSTANT, Task, Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.ops import Operator
    from dfqgp.ops.spec import Input
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


def _inputs(op: Operator, workspace: Workspace, task: Task) -> list[Input]:
    panels = iter(zip(task.slots, task.constants, strict=True))
    literals = iter(task.literals)
    inputs: list[Input] = []
    for argument in op.arguments:
        if argument.is_panel:
            slot, number = next(panels)
            whole = np.full(workspace.slab.shape[1:], number, dtype=np.float32)
            inputs.append(whole if slot == CONSTANT else workspace.slab[slot])
        else:
            inputs.append(next(literals) if argument.is_literal else workspace.groups[task.group])
    return inputs
