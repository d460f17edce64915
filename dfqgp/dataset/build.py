"""From settings to a dataset.

1. The source's fingerprint, the features' version and the universe's settings name the whole panel.
2. The store gives that panel, or it is read from the source, assembled and stored.
3. Its days are cut into segments, and the rows before the sealed holdout are copied.
4. What was measured at the build is read, what its fields know of later returns is added, and limits are applied.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from dfqgp.dataset.dataset import Dataset
from dfqgp.dataset.measured import MeasuredBuild, report_of
from dfqgp.features import features_version
from dfqgp.market import split
from dfqgp.quality import apply_limits, with_leaks, with_legs
from dfqgp.sources import open_source
from dfqgp.store import key_of, load_or_build, load_panel

if TYPE_CHECKING:
    from pathlib import Path

    from dfqgp.dataset.settings import DatasetSettings
    from dfqgp.quality import Report


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
        DataQualityError
            If a finding is above its limit.
        StoreError
            If the disk refuses.
        """
        dataset, report = self._open(data)
        apply_limits(report, self.settings.quality)
        return dataset

    def measure(self, data: Path) -> Report:
        """Return the data quality of the dataset, which is built where it is not there yet; no limit is applied.

        Raises
        ------
        SourceError, DataContractError, ConfigError, StoreError
            As for :meth:`build`.
        """
        return self._open(data)[1]

    def _open(self, data: Path) -> tuple[Dataset, Report]:
        """Return the dataset and its report, which looks at all days and so is no part of the dataset."""
        root = data / "panel"
        build = MeasuredBuild(self._source, self.settings, data)
        key, whole = load_or_build(root, self._parts, build, notes=(build.note,))
        segments = split(whole.dates, self.settings.segments, self.settings.label.reach)
        panel = load_panel(root, key, rows=(0, segments.search_stop), full_check=False)
        build.record(key)
        dataset = Dataset(panel, segments, self.settings.label, self.fingerprint)
        return dataset, with_legs(with_leaks(report_of(root, key), panel), panel, self.settings.label)


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
    DataQualityError
        If a finding is above its limit.
    StoreError
        If the disk refuses.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from dfqgp.dataset import DatasetSettings
    >>> from dfqgp.sources import SyntheticSettings
    >>> settings = DatasetSettings(SyntheticSettings(assets=20, days=200))
    >>> with TemporaryDirectory() as folder:
    ...     dataset = open_dataset(settings, Path(folder))
    >>> dataset.panel.shape
    (160, 20)
    >>> dataset.labels(dataset.segments.train, horizon=10).shape
    (160, 20)
    """
    return DatasetBuilder(settings).build(data)
