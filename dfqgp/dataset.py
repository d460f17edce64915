"""One way from settings to data: the panel of train and validation, its segments and its labels.

Mining, reports, production jobs and notebooks all open their data here:

1. the source's fingerprint, the features' version and the universe's settings name the whole panel;
2. the store gives that panel, or it is read from the source, assembled and stored;
3. its days are cut into segments, and the rows before the sealed holdout are copied.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.errors import PanelError
from dfqgp.expr import Vocabulary
from dfqgp.features import assemble, features_version
from dfqgp.market import LabelSettings, Segments, SegmentSettings, UniverseSettings, panel_labels, split
from dfqgp.sources import SourceRecord, SyntheticSettings, open_source
from dfqgp.store import key_of, load_or_build, load_panel

if TYPE_CHECKING:
    from pathlib import Path

    from dfqgp.market import Segment
    from dfqgp.panel import FloatMatrix, Panel


@dataclass(frozen=True)
class DatasetSettings:
    """What decides a dataset.

    Parameters
    ----------
    source : SourceRecord
        Where the long table comes from: settings of one of the package's sources, or of your own.
    universe : UniverseSettings
        Who belongs to the universe.
    segments : SegmentSettings
        How the days are shared out.
    label : LabelSettings
        Entry price and horizon. The horizon is purged at the end of every segment.
    """

    source: SourceRecord = field(default_factory=SyntheticSettings)
    universe: UniverseSettings = field(default_factory=UniverseSettings)
    segments: SegmentSettings = field(default_factory=SegmentSettings)
    label: LabelSettings = field(default_factory=LabelSettings)


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
        Entry price and horizon of the labels.
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
            NaN outside the segment, on its last ``horizon`` + 1 rows, and where no order would be filled.

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


class DatasetBuilder:
    """Knows the fingerprint of a dataset before it is built; logs can be opened under its name in between.

    Parameters
    ----------
    settings : DatasetSettings
        What to open.

    Attributes
    ----------
    fingerprint : str
        Of the whole panel, see :class:`Dataset`.

    Raises
    ------
    SourceError
        If the source has nothing to read.
    """

    def __init__(self, settings: DatasetSettings) -> None:
        self.settings = settings
        self._source = open_source(settings.source)
        self._parts: dict[str, object] = {
            "source": self._source.fingerprint(),
            "features": features_version(),
            "universe": asdict(settings.universe),
        }
        self.fingerprint = key_of(self._parts)

    def build(self, data: Path) -> Dataset:
        """Return the dataset; its whole panel is built and stored under ``data`` where it is not there yet.

        Raises
        ------
        SourceError, DataContractError
            If the source cannot deliver a table.
        ConfigError
            If a segment is too short.
        StoreError
            If the disk refuses.
        """
        root = data / "panel"
        key, whole = load_or_build(root, self._parts, self._assemble)
        segments = split(whole.dates, self.settings.segments, self.settings.label.horizon)
        panel = load_panel(root, key, rows=(0, segments.search_stop), full_check=False)
        return Dataset(panel, segments, self.settings.label, self.fingerprint)

    def _assemble(self) -> Panel:
        table = self._source.load()
        return assemble(table.frame, units=table.units, universe=self.settings.universe)


def open_dataset(settings: DatasetSettings, data: Path) -> Dataset:
    """Return the panel of train and validation, its segments and its labels.

    Parameters
    ----------
    settings : DatasetSettings
        Source, universe, segments and label.
    data : Path
        Folder of the data lake; panels are kept under ``panel/`` in it.

    Returns
    -------
    Dataset
        Without any row of the sealed holdout.

    Raises
    ------
    SourceError, DataContractError
        If the source cannot deliver a table.
    ConfigError
        If a segment is too short.
    StoreError
        If the disk refuses.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> settings = DatasetSettings(SyntheticSettings(assets=20, days=200))
    >>> with TemporaryDirectory() as folder:
    ...     dataset = open_dataset(settings, Path(folder))
    >>> dataset.panel.shape
    (160, 20)
    >>> dataset.labels(dataset.segments.train, horizon=10).shape
    (160, 20)
    """
    return DatasetBuilder(settings).build(data)
