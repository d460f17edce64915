"""What decides a dataset."""

from __future__ import annotations

from dataclasses import dataclass, field

from dfqgp.features.intraday import IntradaySettings
from dfqgp.market import LabelSettings, SegmentSettings, UniverseSettings
from dfqgp.quality import QualitySettings
from dfqgp.sources import SourceRecord, SyntheticSettings


@dataclass(frozen=True)
class DatasetSettings:
    """What decides a dataset.

    Parameters
    ----------
    source : SourceRecord
        Where the long table comes from: settings of one of the package's sources, or of your own.
    universe : UniverseSettings
        Which stocks belong to the universe.
    intraday : IntradaySettings
        Minute bars whose daily features join the panel; none without a path.
    segments : SegmentSettings
        How the days are shared out.
    label : LabelSettings
        Entry, exit and horizon. The label's reach is purged at the end of every segment.
    quality : QualitySettings
        Limits above which the data are refused. They are no part of the panel's fingerprint.
    """

    source: SourceRecord = field(default_factory=SyntheticSettings)
    universe: UniverseSettings = field(default_factory=UniverseSettings)
    intraday: IntradaySettings = field(default_factory=IntradaySettings, kw_only=True)
    segments: SegmentSettings = field(default_factory=SegmentSettings)
    label: LabelSettings = field(default_factory=LabelSettings)
    quality: QualitySettings = field(default_factory=QualitySettings)
