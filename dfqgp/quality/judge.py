"""Findings against their limits."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from dfqgp.errors import DataQualityError
from dfqgp.quality.catalogue import CATALOGUE

if TYPE_CHECKING:
    from dfqgp.quality.report import Finding, Report
    from dfqgp.quality.settings import QualitySettings

logger = logging.getLogger(__name__)


def is_over(finding: Finding, report: Report, settings: QualitySettings) -> bool:
    """Whether a finding is above its limit, and there is evidence enough to say so."""
    limit = settings.limit_of(finding.name)
    enough = finding.judged and report.rows >= settings.min_rows
    return enough and limit is not None and finding.measure > limit


def over_limit(report: Report, settings: QualitySettings) -> list[Finding]:
    """Return the findings of a report that are above their limit.

    Examples
    --------
    >>> from dfqgp.quality import Finding, QualitySettings, Report
    >>> found = Finding("zero_volume", 0.25, 1000, 4000)
    >>> report = Report("example", 4000, 200, 20, (), (found,))
    >>> [each.name for each in over_limit(report, QualitySettings())]
    ['zero_volume']
    >>> over_limit(report, QualitySettings(limits={"zero_volume": 0.3}))
    []
    """
    return [finding for finding in report.findings if is_over(finding, report, settings)]


def is_noticed(finding: Finding) -> bool:
    """Whether a finding is worth a line in the log."""
    return finding.count > 0 and finding.measure > CATALOGUE[finding.name].notice


def apply_limits(report: Report, settings: QualitySettings) -> None:
    """Log what is worth a line, and refuse the data if a finding is above its limit.

    Raises
    ------
    DataQualityError
        With all findings above their limit, unless ``settings.action`` is ``report``.
    """
    for finding in filter(is_noticed, report.findings):
        logger.warning("%s: %s", report.where, words_of(finding))
    found = over_limit(report, settings)
    if found and settings.action == "refuse":
        lines = [f"  - {_line(finding, settings)}" for finding in found]
        raise DataQualityError(where=report.where, count=len(found), report="\n".join(lines))


def words_of(finding: Finding) -> str:
    """Return what a finding says in one line: name, words, number and examples.

    Examples
    --------
    >>> from dfqgp.quality import Example, Finding
    >>> words_of(Finding("zero_volume", 0.25, 1, 4, examples=(Example("2024-01-02", "A", "volume 0"),)))
    'zero_volume: trading days without volume: 1 of 4, e.g. (2024-01-02, A, volume 0)'
    """
    kind = CATALOGUE[finding.name]
    subject = f" '{finding.subject}'" if finding.subject else ""
    counts = f"{finding.count:,} of {finding.total:,}"
    examples = f", e.g. {'; '.join(map(str, finding.examples))}" if finding.examples else ""
    return f"{finding.name}{subject}: {kind.words}: {counts}{examples}"


def _line(finding: Finding, settings: QualitySettings) -> str:
    kind, limit = CATALOGUE[finding.name], settings.limit_of(finding.name)
    return (
        f"{words_of(finding)}; {kind.measure} {finding.measure:.4g}, limit {limit:g} "
        f"(quality.limits.{finding.name}=null accepts it)"
    )
