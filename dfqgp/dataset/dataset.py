"""Train and validation with their labels, and no way to the sealed holdout."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.errors import PanelError
from dfqgp.expr import Vocabulary
from dfqgp.market import panel_labels

if TYPE_CHECKING:
    from dfqgp.market import LabelSettings, Segment, Segments
    from dfqgp.panel import FloatMatrix, Panel


@dataclass(frozen=True, eq=False)
class Dataset:
    """What a search, a report or a notebook may see: train and validation, and nothing after them.

    Parameters
    ----------
    panel : Panel
        T dates, N assets: a copy of the rows before the sealed holdout. No later row can be reached from here.
    segments : Segments
        Cut from the days of the whole panel; ``train`` and ``valid`` are rows of ``panel``.
    label : LabelSettings
        Entry, exit, horizon and kind of the labels.
    fingerprint : str
        Of the whole panel: equal for equal source, features and universe.
    """

    panel: Panel
    segments: Segments
    label: LabelSettings
    fingerprint: str

    @property
    def vocabulary(self) -> Vocabulary:
        """The names that expressions over this panel may use."""
        return Vocabulary.of(self.panel)

    def labels(self, segment: Segment, horizon: int | None = None) -> FloatMatrix:
        """Return the forward returns of one segment.

        Parameters
        ----------
        segment : Segment
            ``segments.train`` or ``segments.valid``.
        horizon : int, optional
            Trading days between entry and exit; that of the settings by default.

        Returns
        -------
        (T, N) float32
            NaN outside the segment, on its last rows, whose labels would reach past it, and where no order to buy is
            filled.

        Raises
        ------
        PanelError
            If rows of the segment are not in the panel, as those of the sealed holdout.
        ConfigError
            If the horizon is under 1.
        """
        rows = len(self.panel.dates)
        if segment.stop > rows:
            raise PanelError(
                what=f"segment '{segment.name}'",
                got=f"rows {segment.start}:{segment.stop}",
                expected=f"rows inside 0:{rows}, train or validation",
                remedy="a dataset has no rows of the sealed holdout",
            )
        settings = self.label if horizon is None else replace(self.label, horizon=horizon)
        label = panel_labels(self.panel, settings, segment.stop)
        label[: segment.start] = np.nan
        return label
