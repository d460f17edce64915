"""What a source of raw tables is: partitions by date, how to read one, and how to check them together."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, Protocol

import numpy as np

from dfqgp.errors import SourceError
from dfqgp.sources.contract import CONTRACT_VERSION, Treatment, check
from dfqgp.sources.contract.convert import to_date
from dfqgp.sources.stack import stack
from dfqgp.store.keys import digest_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from dfqgp.sources.contract import Table


@dataclass(frozen=True)
class Partition:
    """Rows that a source reads in one piece: those of the days from ``start`` on, before ``stop``.

    Parameters
    ----------
    fingerprint : str
        Of everything that decides the rows: equal fingerprint, equal rows.
    start, stop : datetime64, optional
        First day, and the day after the last one; None leaves the side open.
    """

    fingerprint: str
    start: np.datetime64 | None = None
    stop: np.datetime64 | None = None


class Source(ABC):
    """Where a long table comes from.

    A source says which partitions it has and reads one at a time; one that can only read everything has a single
    partition that is open on both sides. The partitions are checked together, so that rules and defaults see the whole
    history, and how a table is cut into partitions never changes the panel.
    """

    name: str
    """What messages call it."""

    treatment: Treatment = Treatment()
    """How its tables are to be taken; a source with TableSettings sets these."""

    @abstractmethod
    def partitions(self) -> Sequence[Partition]:
        """Return the partitions in time order, none reaching into the next; nothing is read but what names them."""

    @abstractmethod
    def read(self, partition: Partition) -> pd.DataFrame:
        """Return the rows of a partition, unchecked, under the column names of the data contract.

        A column that only some partitions have is empty in the others.
        """

    def check(self, frame: pd.DataFrame) -> Table:
        """Return all partitions' rows as a checked table; derived columns are added here."""
        return check(frame, where=f"source {self.name}", treatment=self.treatment)

    def fingerprint(self) -> str:
        """Return a hex digest of everything that decides the table: equal digest, equal table."""
        parts = [[str(part.start), str(part.stop), part.fingerprint] for part in self.partitions()]
        return digest_of([self.name, CONTRACT_VERSION, parts])

    def load(self) -> Table:
        """Read every partition and check them together.

        Raises
        ------
        SourceError
            If there is no partition, one reaches into the next, or rows lie outside the days of theirs.
        DataContractError
            If the table breaks the data contract.
        """
        partitions = self.partitions()
        self._refuse_disorder(partitions)
        return self.check(stack([self._rows(partition) for partition in partitions]))

    def _rows(self, partition: Partition) -> pd.DataFrame:
        frame = self.read(partition)
        if "date" not in frame or partition.start is partition.stop is None:
            return frame
        days = np.asarray(to_date(frame["date"], self.treatment.timezone).array).astype("datetime64[D]")
        outside = np.zeros(len(days), dtype=bool)
        if partition.start is not None:
            outside |= days < partition.start
        if partition.stop is not None:
            outside |= days >= partition.stop
        if outside.any():
            self._refuse(f"a row of {days[outside][0]} is in partition {_days(partition)}")
        return frame

    def _refuse_disorder(self, partitions: Sequence[Partition]) -> None:
        if not partitions:
            self._refuse("no partition")
        for before, after in itertools.pairwise(partitions):
            if before.stop is None or after.start is None or after.start < before.stop:
                self._refuse(f"partition {_days(before)} reaches into {_days(after)}")

    def _refuse(self, problem: str) -> NoReturn:
        raise SourceError(
            name=self.name,
            problem=problem,
            expected="partitions in time order, each with the rows of its own days",
            remedy="fix the source's partitions or its files",
        )


class SourceRecord(Protocol):
    """What the settings of any source can do."""

    def open(self) -> Source:
        """Return the source; nothing is read yet."""


def _days(partition: Partition) -> str:
    return f"[{partition.start}, {partition.stop})"
