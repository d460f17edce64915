"""The build of a panel with its quality report, and what earlier builds of the same settings said otherwise."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any

from dfqgp.errors import StoreError
from dfqgp.features import assemble, features_version
from dfqgp.market import SegmentSettings
from dfqgp.quality import REPORT_VERSION, Report, measure, restatement_findings
from dfqgp.store import Built, builds_of, from_json, load_note, load_panel, record_build, to_json
from dfqgp.store.keys import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from dfqgp.dataset.settings import DatasetSettings
    from dfqgp.market import UniverseSettings
    from dfqgp.panel import Panel
    from dfqgp.quality import Finding
    from dfqgp.sources import Table
    from dfqgp.sources.base import Source

logger = logging.getLogger(__name__)

NOTE = f"quality-{REPORT_VERSION}.json"
"""Name of the report beside the panel."""


class MeasuredBuild:
    """Reads, assembles and measures, when the store asks for it.

    Parameters
    ----------
    source : Source
        Where the table comes from.
    settings : DatasetSettings
        Universe of the panel; with the source's settings they say which builds are comparable.
    data : Path
        Folder of the lake: earlier panels, and ``metadata/`` with the list of builds.
    join : callable
        Adds further fields to the panel before it is measured.

    Attributes
    ----------
    is_done : bool
        Whether the store has asked for the panel.
    """

    note = NOTE

    def __init__(self, source: Source, settings: DatasetSettings, data: Path, join: Callable[[Panel], Panel]) -> None:
        self._source, self._settings, self._data, self._join = source, settings, data, join
        self._lineage = _lineage(settings)
        self.is_done = False

    def __call__(self) -> Built:
        """Return the panel, with its report as a note."""
        table = self._source.load()
        where = f"source {self._source.name}"
        panel, report = measured_panel(table, where=where, universe=self._settings.universe, join=self._join)
        self.is_done = True
        return Built(panel, {NOTE: to_json(report.plus(self._restatements(panel))).encode()})

    def record(self, key: str) -> None:
        """Write down that the panel of this key was built, if it was."""
        if self.is_done:
            record_build(self._data / "metadata", self._lineage, key)

    def _restatements(self, panel: Panel) -> Iterator[Finding]:
        """Compare with the newest earlier panel of the same settings that is still in the lake."""
        for key in builds_of(self._data / "metadata", self._lineage):
            try:
                older = load_panel(self._data / "panel", key, full_check=False)
            except StoreError as error:  # deleted, or of an earlier version: the one before it will do
                logger.info("restatements: an earlier build is passed over: %s", error)
                continue
            yield from restatement_findings(older, panel)
            return


def measured_panel(
    table: Table,
    *,
    where: str,
    universe: UniverseSettings,
    calendar: NDArray[np.datetime64] | None = None,
    join: Callable[[Panel], Panel] | None = None,
) -> tuple[Panel, Report]:
    """Return the panel of a checked table and its report, without what it knows of later returns.

    Parameters
    ----------
    table : Table
        What the data contract passed.
    where : str
        What the table is, for messages.
    universe, calendar
        As for :func:`dfqgp.features.assemble`.
    join : callable, optional
        Adds further fields to the panel before it is measured.
    """
    panel = assemble(table.columns, units=table.units, calendar=calendar, universe=universe)
    whole = panel if join is None else join(panel)
    did: dict[str, Any] = {"defaults": table.defaults, "dropped": table.dropped, "repaired": table.repaired}
    return whole, measure(table.columns, whole, where=where, **did)


def before_holdout(panel: Panel) -> Panel:
    """Return the rows that a search may see by the default segments: the first four fifths."""
    shares = SegmentSettings()
    return panel.rows(0, max(round(panel.shape[0] * (shares.train + shares.valid)), 1))


def report_of(root: Path, key: str) -> Report:
    """Return the report of a stored panel; raises StoreError if it is absent or damaged."""

    def refused(problem: str) -> StoreError:
        return StoreError(path=root / key / NOTE, problem=problem, remedy="delete the panel's directory")

    return from_json(Report, load_note(root, key, NOTE), refused)


def _lineage(settings: DatasetSettings) -> str:
    """Return a digest of everything that decides the panel but the content of files."""
    source: Any = settings.source
    stated = asdict(source) if is_dataclass(type(source)) else {}
    decides = [asdict(settings.universe), asdict(settings.intraday), features_version()]
    named = [type(source).__qualname__, stated, *decides]
    return digest_of(json.dumps(named, sort_keys=True, default=str))
