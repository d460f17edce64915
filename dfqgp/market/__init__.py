"""What the market allows: trading calendar, universe, tradability, labels and the segments of time."""

from dfqgp.market.calendar import Calendar, calendar_of
from dfqgp.market.labels import LabelSettings, LegCounts, label_legs, panel_labels
from dfqgp.market.segments import Segment, Segments, SegmentSettings, split
from dfqgp.market.universe import UniverseSettings, buyable_mask, sellable_mask, universe_mask

__all__ = [
    "Calendar",
    "LabelSettings",
    "LegCounts",
    "Segment",
    "SegmentSettings",
    "Segments",
    "UniverseSettings",
    "buyable_mask",
    "calendar_of",
    "label_legs",
    "panel_labels",
    "sellable_mask",
    "split",
    "universe_mask",
]
