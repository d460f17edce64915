"""What a backend is: a workspace of equal slots, and launches of one operator over many tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dfqgp.backends.daily import DailyScores, Target
    from dfqgp.ops import Operator
    from dfqgp.panel import FloatMatrix, Panel

CONSTANT = -1
"""Slot number that means: read the constant beside it."""


@dataclass(frozen=True, slots=True)
class Task:
    """One application of an operator to slots.

    Parameters
    ----------
    out : int
        Slot that receives the value; never one of ``slots``.
    slots : tuple of int
        Panel arguments in order, CONSTANT where ``constants`` holds a number.
    constants : tuple of float
        As long as ``slots``; read where the slot is CONSTANT. Only element-wise operators take constants.
    literals : tuple of int
        Windows and delays.
    group : int
        Index into the workspace's groups, -1 without one.
    warmup : int
        Rows that stay NaN though the operator could give a value: the lookback of the whole tree. A window that
        reaches into the warm-up of its own input is not yet what it will be with more history.
    """

    out: int
    slots: tuple[int, ...]
    constants: tuple[float, ...]
    literals: tuple[float, ...] = ()
    group: int = -1
    warmup: int = 0


@dataclass(frozen=True, eq=False)
class Workspace:
    """One slab of equal slots and the masks that kernels read.

    Parameters
    ----------
    slab : (S, T, N) float32
        Slot s is ``slab[s]``; cells are finite or NaN.
    universe : (T, N) bool
        Universe of the day.
    groups : (G, T, N) int16
        Codes of each grouping, -1 unknown.
    group_names : tuple of str
        Names of the groupings, in order.
    origin : int
        Calendar ordinal of row 0; blocks in time align to it.
    """

    slab: NDArray[np.float32]
    universe: NDArray[np.bool_]
    groups: NDArray[np.int16]
    group_names: tuple[str, ...]
    origin: int

    @classmethod
    def on_host(cls, panel: Panel, slots: int) -> Workspace:
        """Make a workspace in host memory; pages are touched only when a slot is first written."""
        groups = [panel.groups[name] for name in panel.groups]
        stacked = np.stack(groups) if groups else np.empty((0, *panel.shape), dtype=np.int16)
        slab = np.empty((slots, *panel.shape), dtype=np.float32)
        return cls(slab, np.array(panel.universe, order="C"), stacked, tuple(panel.groups), panel.origin)


class Backend(Protocol):
    """Kernels for operators over workspaces.

    A backend is chosen once, by name, when a run starts. It never falls back to another one.
    """

    name: str

    def workspace(self, panel: Panel, slots: int) -> Workspace:
        """Allocate ``slots`` slots for a panel's shape and take its masks."""

    def load(self, workspace: Workspace, slot: int, matrix: FloatMatrix) -> None:
        """Copy a (T, N) matrix into a slot, not-finite cells as NaN."""

    def launch(self, op: Operator, workspace: Workspace, tasks: Sequence[Task]) -> None:
        """Run an operator over tasks that do not read each other's results; raises KernelMissingError."""

    def fetch(self, workspace: Workspace, slot: int) -> FloatMatrix:
        """Return a copy of a slot in host memory."""


@runtime_checkable
class FusedBackend(Backend, Protocol):
    """A backend with a fused fitness kernel."""

    def daily_scores(self, workspace: Workspace, slots: Sequence[int], target: Target) -> DailyScores:
        """Return the daily rank ICs of slots against a target, by the steps of docs/fitness_spec.md."""
