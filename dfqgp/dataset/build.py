"""From settings to a dataset.

1. The source's fingerprint, the features' version and the universe's settings name the whole panel, together with the
   fingerprint of the minute bars, if there are any.
2. The store gives that panel, or it is read from the source, assembled, joined with the intraday features and stored.
3. Its days are cut into segments, and the rows before the sealed holdout are copied.
4. What was measured at the build is read, what its fields know of later returns is added, and limits are applied.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from dfqgp.dataset.dataset import Dataset
from dfqgp.dataset.measured import MeasuredBuild, report_of
from dfqgp.features import features_version
from dfqgp.features.intraday import IntradayLake, columns_for, join
from dfqgp.market import split
from dfqgp.quality import apply_limits, with_leaks, with_legs
from dfqgp.sources import open_source
from dfqgp.store import key_of, load_or_build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dfqgp.dataset.settings import DatasetSettings
    from dfqgp.panel import Panel
    from dfqgp.quality import Report

INTRADAY = "intraday"
"""Folder of the lake with the daily results of minute bars."""


class DatasetBuilder:
    """Knows the fingerprint of a dataset before it is built; logs can be opened under its name in between.

    Parameters
    ----------
    settings : DatasetSettings
        What to open.
    data : Path, optional
        Folder of the data lake, in which the digests of minute bars are kept; without it their files are read for
        their digests each time.

    Attributes
    ----------
    fingerprint : str
        Of the whole panel, see :class:`Dataset`.

    Raises
    ------
    SourceError
        If the source or the minute bars have nothing to read.
    """

    def __init__(self, settings: DatasetSettings, data: Path | None = None) -> None:
        self.settings = settings
        self._source = open_source(settings.source)
        self._parts: dict[str, object] = {
            "source": self._source.fingerprint(),
            "features": features_version(),
            "universe": asdict(settings.universe),
        }
        self._bars: IntradayLake | None = None
        if settings.intraday.path:
            self._bars = IntradayLake(settings.intraday, None if data is None else data / INTRADAY)
            self._parts["intraday"] = self._bars.fingerprint()
        self.fingerprint = key_of(self._parts)

    def build(self, data: Path, on_build: Callable[[Report], None] | None = None) -> Dataset:
        """Return the dataset; its whole panel is built and stored under ``data`` where it is not there yet.

        Parameters
        ----------
        data : Path
            Folder of the data lake.
        on_build : callable, optional
            Gets the report of a panel that was built just now, before limits are applied.

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
        dataset, report, is_new = self._open(data)
        if is_new and on_build is not None:
            on_build(report)
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

    def _open(self, data: Path) -> tuple[Dataset, Report, bool]:
        """Return the dataset, its report, and whether the panel was built just now.

        The report looks at all days and so is no part of the dataset.
        """
        root = data / "panel"
        build = MeasuredBuild(self._source, self.settings, data, lambda panel: self._with_bars(panel, data))
        key, whole = load_or_build(root, self._parts, build, notes=(build.note,))
        segments = split(whole.dates, self.settings.segments, self.settings.label.reach)
        panel = whole.rows(0, segments.search_stop, copy=True)
        build.record(key)
        dataset = Dataset(panel, segments, self.settings.label, self.fingerprint)
        report = with_legs(with_leaks(report_of(root, key), panel), panel, self.settings.label)
        return dataset, report, build.is_done

    def _with_bars(self, panel: Panel, data: Path) -> Panel:
        """Join the intraday features, if there are bars; only days that are not in the lake yet are computed."""
        if self._bars is None:
            return panel
        chosen = self._bars.settings.chosen()
        return join(panel, self._bars.update(data / INTRADAY).tables(columns_for(chosen)), chosen)


def open_dataset(settings: DatasetSettings, data: Path) -> Dataset:
    """Return the panel of train and validation, its segments and its labels.

    Parameters
    ----------
    settings : DatasetSettings
        Source, universe, minute bars, segments and label.
    data : Path
        Folder of the data lake; panels are kept under ``panel/`` in it, daily results of minute bars under
        ``intraday/``.

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
    return DatasetBuilder(settings, data).build(data)
