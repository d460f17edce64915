"""What a plan loads: features of the panel, and matrices that were given to the session under names of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dfqgp.panel import FloatMatrix, Panel


def matrix_named(name: str, panel: Panel, given: Mapping[str, FloatMatrix]) -> FloatMatrix:
    """Return the (T, N) matrix that a plan means by a name; raises UnknownFieldError where there is none."""
    return given[name] if name in given else panel.field(name)
