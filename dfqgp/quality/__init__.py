"""Data quality: what a table and its panel show, and the limits above which data is refused."""

from dfqgp.quality.catalogue import CATALOGUE, Kind
from dfqgp.quality.judge import is_over, over_limit, refuse, words_of
from dfqgp.quality.measuring import measure
from dfqgp.quality.report import Example, Finding, Report
from dfqgp.quality.settings import QualitySettings

__all__ = [
    "CATALOGUE", "Example", "Finding", "Kind", "QualitySettings", "Report", "is_over", "measure", "over_limit",
    "refuse", "words_of",
]  # fmt: skip
