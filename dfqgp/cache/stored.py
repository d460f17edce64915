"""What an engine reads of the cache: valid entries, each looked at once in a process."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING

from dfqgp.errors import StoreError

if TYPE_CHECKING:
    from dfqgp.cache.entries import Entries
    from dfqgp.expr import Node
    from dfqgp.panel import FloatMatrix

_log = logging.getLogger(__name__)


class StoredValues:
    """Entries as values that an engine takes (``dfqgp.engine.Given``).

    An entry is compared with its digest when it is first asked for, and then stays a memory map. One that is damaged is
    logged and computed like any other value.

    Parameters
    ----------
    entries : Entries
        Of the panel that is evaluated, or of a longer one that begins with all of its rows.

    Attributes
    ----------
    hits : Counter of str
        How often each key was taken.
    refused : dict of str to str
        Keys that were damaged, with the reason.
    """

    def __init__(self, entries: Entries) -> None:
        self.hits: Counter[str] = Counter()
        self.refused: dict[str, str] = {}
        self._entries = entries
        self._there = entries.there()
        self._maps: dict[str, FloatMatrix] = {}

    def __len__(self) -> int:
        return len(self._there)

    def find(self, node: Node) -> FloatMatrix | None:
        """Return the (T, N) values of a tree, or None where there is no valid entry."""
        if node.key not in self._there:
            return None
        if node.key not in self._maps and not self._open(node.key):
            return None
        self.hits[node.key] += 1
        return self._maps[node.key]

    def first_rows(self, rows: int) -> FirstRows:
        """Return these values for a panel that is the first rows of theirs: no value depends on later rows."""
        return FirstRows(self, rows)

    def _open(self, key: str) -> bool:
        try:
            self._maps[key] = self._entries.load(key)
        except StoreError as error:
            self._there.discard(key)
            self.refused[key] = str(error)
            _log.warning("cache entry %s is not used: %s", key, error)
            return False
        return True


class FirstRows:
    """The first rows of stored values.

    Parameters
    ----------
    values : StoredValues
        Of the longer panel.
    rows : int
        Rows of the panel that is evaluated.
    """

    def __init__(self, values: StoredValues, rows: int) -> None:
        self._values, self._rows = values, rows

    def find(self, node: Node) -> FloatMatrix | None:
        """Return the (rows, N) values of a tree, or None where there is no valid entry."""
        whole = self._values.find(node)
        return None if whole is None else whole[: self._rows]
