"""The daily results in the lake: data/intraday/KEY/YYYY-MM-DD.parquet, one file per day.

1. The key covers the place of the bars, how they are read and judged, and the features' versions, not the days.
2. A day's file carries the fingerprint of the bar files that it was made of. A day is computed when its file is
   absent or carries another fingerprint; so a new day, or a file that has changed, costs its own days alone.
3. Each file appears as a whole or not at all, so a killed run loses at most the day under way.
4. Files of several days say only when they are read which days they hold: ``blocks.json`` remembers it.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dfqgp.errors import StoreError
from dfqgp.features.intraday.days import day_table, report
from dfqgp.features.intraday.digests import Digests
from dfqgp.features.intraday.files import find_blocks
from dfqgp.features.intraday.spec import INTRADAY, IntradayRegistry
from dfqgp.features.intraday.stream import stream_days
from dfqgp.records import record
from dfqgp.store import from_json, key_of, locked, read_bytes, to_json, write_bytes
from dfqgp.store.keys import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dfqgp.features.intraday.files import Block
    from dfqgp.features.intraday.settings import IntradaySettings

logger = logging.getLogger(__name__)

FORMAT = 1
RULES_VERSION = 1
"""Part of the key: raise it when the rules around the features change, such as which bars are left out."""

LOCK_TIMEOUT = 3600.0

_MADE_OF = b"dfqgp.bars"


@record("blocks")
class _Blocks:
    """Days of each block of several days, by the block's fingerprint."""

    days: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Update:
    """What an update of the lake found and did.

    Parameters
    ----------
    folder : Path
        Where the daily results are.
    days : tuple of datetime64[D]
        Days that have a result, in time order.
    computed : tuple of datetime64[D]
        Those that were computed now.
    """

    folder: Path
    days: tuple[np.datetime64, ...]
    computed: tuple[np.datetime64, ...]

    def tables(self, columns: list[str]) -> Iterator[tuple[np.datetime64, pa.Table]]:
        """Yield (day, ``code`` and the columns) of every day.

        Raises
        ------
        StoreError
            If a file is damaged.
        """
        for day in self.days:
            path = _file(self.folder, day)
            try:
                yield day, pq.read_table(path, columns=["code", *columns], page_checksum_verification=True)
            except (OSError, pa.ArrowException) as error:
                raise StoreError(path=path, problem=f"cannot be read: {error}", remedy="delete it") from error


class IntradayLake:
    """Minute bars and their daily results.

    Parameters
    ----------
    settings : IntradaySettings
        Path and meaning of the bars; the path must not be empty.
    root : Path, optional
        Folder of the results, ``intraday/`` of the lake; digests of the bar files are kept there. Without it they are
        read for their digests each time.
    registry : IntradayRegistry
        Features to compute.

    Raises
    ------
    SourceError, DataContractError
        If there are no bars, or their files cannot be used.
    """

    def __init__(
        self, settings: IntradaySettings, root: Path | None = None, registry: IntradayRegistry = INTRADAY
    ) -> None:
        self.settings, self._registry = settings, registry
        digests = Digests(None if root is None else root / "digests.json")
        self.blocks = find_blocks(settings, digests)
        digests.keep()
        self._meaning = {
            "format": [FORMAT, RULES_VERSION],
            "settings": settings.values(),
            "features": registry.versions(),
        }

    def fingerprint(self) -> str:
        """Return the digest of what decides the daily results and which of them join: equal digest, equal fields."""
        bars = [block.fingerprint for block in self.blocks]
        return digest_of([self._meaning, list(self.settings.chosen()), bars])

    def update(self, root: Path) -> Update:
        """Compute the days that are not there, or made of other bars; return what there is then.

        Days whose bars are no longer there are removed: the results are those of the bars, whatever ran before.

        Raises
        ------
        SourceError, DataContractError
            If a file cannot be read or bars break the contract. The days before stay.
        StoreError
            If the lock cannot be had or the disk refuses.
        """
        folder = root / key_of({**self._meaning, "place": self.settings.place()})
        with locked(folder, LOCK_TIMEOUT):
            folder.mkdir(parents=True, exist_ok=True)
            return self._update(folder)

    def _update(self, folder: Path) -> Update:
        _sweep(folder)
        known, left_out = _read_blocks(folder), Counter[str]()
        days: list[np.datetime64] = []
        computed: list[np.datetime64] = []
        for block in self.blocks:
            there = _days_there(block, folder, known)
            if there is None:
                there = []
                for day, is_new, counts in self._compute(block, folder):
                    there.append(day)
                    computed += [day] if is_new else []
                    left_out.update(counts)
                if block.single_day is None:
                    known[block.fingerprint] = tuple(map(str, there))
                    _write_blocks(folder, known)
            days += there
        _remove_others(folder, days)
        report(left_out, f"intraday ({self.settings.path})")
        logger.info("intraday: %d of %d days computed, %s", len(computed), len(days), folder)
        return Update(folder, tuple(days), tuple(computed))

    def _compute(self, block: Block, folder: Path) -> Iterator[tuple[np.datetime64, bool, dict[str, int]]]:
        """Yield (day, whether it was computed, what was left out) of a block; a day that is there already stays."""
        for day, bars in stream_days(block, self.settings):
            if _made_of(_file(folder, day)) == block.fingerprint:
                yield day, False, {}
                continue
            where = f"intraday ({self.settings.path}), {day}"
            table, counts = day_table(bars, day, self.settings, where, self._registry)
            _write(_file(folder, day), table, block.fingerprint)
            yield day, True, counts


def _days_there(block: Block, folder: Path, known: dict[str, tuple[str, ...]]) -> list[np.datetime64] | None:
    """Return the days of a block if the results of all of them are there, else None."""
    day = block.single_day
    expected = known.get(block.fingerprint) if day is None else (str(day),)
    if expected is None:
        return None
    days = [np.datetime64(each) for each in expected]
    return days if all(_made_of(_file(folder, each)) == block.fingerprint for each in days) else None


def _file(folder: Path, day: np.datetime64) -> Path:
    return folder / f"{day}.parquet"


def _made_of(path: Path) -> str | None:
    """Return the fingerprint of the bars that a day's file was made of; None where it is absent or damaged."""
    if not path.is_file():
        return None
    try:
        metadata: dict[bytes, bytes] = pq.read_metadata(path).metadata or {}
    except (OSError, pa.ArrowException) as error:
        logger.warning("intraday: %s is computed again, it cannot be read: %s", path, error)
        return None
    return metadata.get(_MADE_OF, b"").decode()


def _write(path: Path, table: pa.Table, fingerprint: str) -> None:
    buffer = BytesIO()
    pq.write_table(table.replace_schema_metadata({_MADE_OF: fingerprint}), buffer, write_page_checksum=True)
    write_bytes(path, buffer.getvalue())


def _read_blocks(folder: Path) -> dict[str, tuple[str, ...]]:
    """Return what is remembered; damage is only a reason to read the bars again."""
    path = folder / "blocks.json"

    def refused(problem: str) -> StoreError:
        return StoreError(path=path, problem=problem, remedy="it is written again")

    if not path.is_file():
        return {}
    try:
        return dict(from_json(_Blocks, read_bytes(path), refused, version=FORMAT, sealed=True).days)
    except StoreError as error:
        logger.warning("%s", error)
        return {}


def _write_blocks(folder: Path, days: dict[str, tuple[str, ...]]) -> None:
    write_bytes(folder / "blocks.json", to_json(_Blocks(days), version=FORMAT, sealed=True).encode())


def _remove_others(folder: Path, days: list[np.datetime64]) -> None:
    expected = {_file(folder, day) for day in days}
    gone = [path for path in folder.glob("*.parquet") if path not in expected]
    for path in gone:
        path.unlink()
    if gone:
        logger.warning("intraday: %d days removed whose bars are no longer there, e.g. %s", len(gone), gone[0].stem)


def _sweep(folder: Path) -> None:
    """Remove what a killed process left half-written."""
    for path in folder.glob(".*.parquet.*.tmp"):
        path.unlink(missing_ok=True)
