"""Data quality: what a table and its panel show, and the limits above which data is refused."""

from dfqgp.quality.catalogue import CATALOGUE, Kind
from dfqgp.quality.judge import apply_limits, is_noticed, is_over, over_limit, words_of
from dfqgp.quality.measuring import measure, with_leaks, with_legs
from dfqgp.quality.report import REPORT_VERSION, Example, Finding, Leg, Report
from dfqgp.quality.restatements import restatement_findings
from dfqgp.quality.settings import QualitySettings

__all__ = [
    "CATALOGUE", "REPORT_VERSION", "Example", "Finding", "Kind", "Leg", "QualitySettings", "Report", "apply_limits",
    "is_noticed", "is_over", "measure", "over_limit", "restatement_findings", "with_leaks", "with_legs", "words_of",
]  # fmt: skip
