"""What becomes of a damaged table: refused, repaired, reported, harmless, or not noticed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import dfqgp as dq
from damages.damage import Damage, FileDamage
from dfqgp.errors import DfqgpError
from dfqgp.quality import Report, words_of
from dfqgp.sources import FilesSettings, open_source

if TYPE_CHECKING:
    from damages.damage import Frame, Outcome

GROWTH = 1.2
"""By how much a finding has to be above that of the good table to be news."""


@dataclass(frozen=True)
class Seen:
    """What became of a table, and all words that say so."""

    outcome: Outcome
    words: str


class Judge:
    """Compares damaged tables with a good one.

    Parameters
    ----------
    good : DataFrame
        A table that keeps the contract and raises no finding above its limit.
    """

    def __init__(self, good: Frame) -> None:
        self.good = good
        self._panel = dq.Panel.from_frame(good).fingerprint()
        self._known = _measures(dq.check_table(good).report)

    def see(self, damage: Damage | FileDamage) -> Seen:
        """Do the damage, and say what becomes of the table."""
        try:
            if isinstance(damage, Damage):
                return self._taken(damage.edit(self.good), damage.options)
            with TemporaryDirectory() as folder:
                path = damage.write(Path(folder), self.good)
                return self._taken(open_source(FilesSettings(path=str(path))).load().frame, {})
        except DfqgpError as error:
            return Seen("refused", str(error))

    def _taken(self, frame: Frame, options: dict[str, Any]) -> Seen:
        panel = dq.Panel.from_frame(frame, **options)
        report = dq.check_table(frame, **options).report
        repaired = [f"{count} {words}" for each in (report.repaired, report.dropped) for words, count in each.items()]
        if repaired:
            return Seen("repaired", "; ".join(repaired))
        if panel.fingerprint() == self._panel:
            return Seen("harmless", "")
        news, absent = self._news(report), [f"no column {name}" for name in report.defaults]
        if news or not absent:
            return Seen("reported" if news else "not noticed", "; ".join([*news, *absent]))
        return Seen("repaired", "; ".join(absent))

    def _news(self, report: Report) -> list[str]:
        """Return what the report says that it does not say of the good table."""
        return [
            words_of(finding)
            for finding in report.findings
            if finding.measure > GROWTH * self._known.get((finding.name, finding.subject), 0.0)
        ]


def _measures(report: Report) -> dict[tuple[str, str], float]:
    return {(finding.name, finding.subject): finding.measure for finding in report.findings}
