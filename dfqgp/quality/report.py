"""What was measured, as records that are stored as JSON beside the panel."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

from dfqgp.quality.catalogue import CATALOGUE
from dfqgp.records import Figure, record

if TYPE_CHECKING:
    from collections.abc import Iterable

# Part of the name of a stored report: raise it when the same table gives another report.
REPORT_VERSION = 1


@record("example")
class Example:
    """One place where a finding was made.

    Parameters
    ----------
    date, code : str
        ISO date and stock; empty where the place is all days or all stocks.
    value : str
        What stands there, in words.
    """

    date: str
    code: str
    value: str

    def __str__(self) -> str:
        return f"({', '.join(part for part in (self.date, self.code, self.value) if part)})"


@record("finding")
class Finding:
    """Something that the data shows.

    Parameters
    ----------
    name : str
        As in the catalogue and in ``quality.limits``.
    measure : float
        The number that is compared with the limit; NaN where there was nothing to measure.
    count, total : int
        How many places show it, out of how many.
    judged : bool
        Whether there is evidence enough to refuse the data by it.
    examples : tuple of Example
        The worst places, at most three.
    subject : str
        Field that it is about; empty for all others.
    """

    name: str
    measure: Figure
    count: int
    total: int
    judged: bool = True
    examples: tuple[Example, ...] = ()
    subject: str = ""


@record("leg")
class Leg:
    """How many legs end in one way, and what the label makes of them, see :func:`dfqgp.market.label_legs`."""

    reason: str
    legs: int
    share: Figure
    effect: str


@record("report")
class Report:
    """Everything that was measured of one panel and the table that it was built from.

    Parameters
    ----------
    where : str
        Source of the table.
    rows, days, stocks : int
        Rows of the table, trading days and stocks of the panel.
    dates : tuple of str
        ISO dates of the panel.
    findings : tuple of Finding
        Every kind that could be measured, in the order of the catalogue.
    series : dict of str to tuple of float
        One number per day, by name.
    shares : dict of str to tuple of float
        Other lists of numbers that the page draws, by name.
    missing : dict of str to float
        Share of the universe's cells that each field lacks.
    correlations : dict of str to float
        Mean rank correlation of each field with the later return that it is closest to; empty in a stored report.
    legs : tuple of Leg
        Legs of the labels before the sealed holdout, by what happens to them; empty in a stored report.
    defaults : tuple of str
        Optional columns that the table did not have.
    dropped, repaired : dict of str to int
        Reasons, and numbers of rows left out or changed by the contract.
    """

    where: str
    rows: int
    days: int
    stocks: int
    dates: tuple[str, ...]
    findings: tuple[Finding, ...]
    series: dict[str, tuple[Figure, ...]] = field(default_factory=dict)
    shares: dict[str, tuple[Figure, ...]] = field(default_factory=dict)
    missing: dict[str, Figure] = field(default_factory=dict)
    correlations: dict[str, Figure] = field(default_factory=dict)
    legs: tuple[Leg, ...] = ()
    defaults: tuple[str, ...] = ()
    dropped: dict[str, int] = field(default_factory=dict)
    repaired: dict[str, int] = field(default_factory=dict)

    def plus(self, findings: Iterable[Finding]) -> Report:
        """Return the report with further findings, all in the order of the catalogue."""
        places = {name: place for place, name in enumerate(CATALOGUE)}
        every = [*self.findings, *findings]
        return replace(self, findings=tuple(sorted(every, key=lambda each: (places[each.name], each.subject))))

    def finding(self, name: str, subject: str = "") -> Finding:
        """Return a finding by name; raises KeyError for one that was not measured.

        Examples
        --------
        >>> report = Report("example", 1, 1, 1, ("2024-01-02",), (Finding("zero_volume", 0.0, 0, 1),))
        >>> report.finding("zero_volume").total
        1
        """
        for each in self.findings:
            if (each.name, each.subject) == (name, subject):
                return each
        raise KeyError(f"{name} {subject}".strip())
