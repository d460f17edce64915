"""Scores of several formulas: a sequence of metrics that turns into a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

import pandas as pd

if TYPE_CHECKING:
    from dfqgp.fitness import Metrics


class Scores(Sequence["Metrics"]):
    """Metrics of formulas, in their order.

    Parameters
    ----------
    expressions : sequence of str
        Their texts.
    metrics : sequence of Metrics
        One each.
    """

    def __init__(self, expressions: Sequence[str], metrics: Sequence[Metrics]) -> None:
        self.expressions = tuple(expressions)
        self._metrics = tuple(metrics)

    def __len__(self) -> int:
        return len(self._metrics)

    @overload
    def __getitem__(self, index: int) -> Metrics: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Metrics, ...]: ...
    def __getitem__(self, index: int | slice) -> Metrics | tuple[Metrics, ...]:
        return self._metrics[index]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per formula: its text, every figure of ``Metrics.summary``, and why it fails, if it does."""
        rows = [each.summary() | {"failure": each.failure} for each in self]
        return pd.DataFrame(rows).assign(expression=self.expressions).set_index("expression")

    def __repr__(self) -> str:
        return self.to_frame().round(4).to_string()

    def _repr_html_(self) -> str:
        return str(self.to_frame().round(4).to_html())
