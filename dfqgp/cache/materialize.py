"""From a plan to entries on disk.

1. The scope's lock is taken, so that one process writes and the others wait.
2. What the plan does not list is deleted: afterwards the folder holds the plan's entries, and so keeps its budget.
3. Entries that are there are compared with their digests; damaged and absent ones are computed, the small ones first,
   since larger ones may read them.
4. One that cannot be computed is a failure with its reason; the others are written.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dfqgp.cache.stored import StoredValues
from dfqgp.engine import Engine
from dfqgp.errors import BudgetError, CacheError, ExpressionError, StoreError
from dfqgp.expr import Vocabulary, operators_of, parse
from dfqgp.store import locked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.backends import Backend
    from dfqgp.cache.entries import Entries
    from dfqgp.cache.manifest import Manifest, PlannedEntry
    from dfqgp.engine import EngineSettings
    from dfqgp.expr import Node
    from dfqgp.panel import Panel

_log = logging.getLogger(__name__)

_AT_ONCE = 256_000_000
"""Bytes of values that are computed together before they are written."""


@dataclass
class Outcome:
    """What became of a plan.

    Parameters
    ----------
    valid : list of str
        Texts of entries that were there.
    written : list of str
        Those that were absent, and were written.
    rebuilt : list of str
        Those that were damaged, and were written anew.
    removed : list of str
        Keys that the plan does not list.
    failures : dict of str to str
        Texts of entries that could not be computed, with the reason.
    """

    valid: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    rebuilt: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)


def materialize(
    plan: Manifest, entries: Entries, panel: Panel, backend: Backend, settings: EngineSettings | None = None
) -> Outcome:
    """Compute what a plan lists and is not on disk yet, and delete what it does not list.

    Parameters
    ----------
    plan : Manifest
        Made for the scope of ``entries``.
    entries : Entries
        Where to write.
    panel : Panel
        The panel of the scope.
    backend : Backend
        The backend of the scope.
    settings : EngineSettings, optional
        Memory budget and block size. Neither changes a value.

    Raises
    ------
    CacheError
        If the plan is for another scope.
    StoreError
        If the disk refuses, or the lock cannot be had in time.
    """
    if plan.scope != entries.scope:
        got, hint = f"a plan for {plan.scope}", "; plan again for this data, backend and version"
        raise CacheError(key="plan", got=got, expected=f"one for {entries.scope}", hint=hint)
    outcome = Outcome()
    with locked(entries.folder):
        for key in sorted(entries.there() - {each.key for each in plan.entries}):
            entries.remove(key)
            outcome.removed.append(key)
        there = entries.there()
        lacking = [each for each in plan.entries if not _is_valid(each, entries, there, outcome)]
        if wanted := _trees(lacking, panel, outcome):
            found = StoredValues(entries)
            engine = Engine(panel, backend, settings, operators=operators_of(wanted), given=found)
            size = max(1, _AT_ONCE // plan.entries[0].size)
            for first in range(0, len(wanted), size):
                _write(wanted[first : first + size], engine, entries, outcome)
    _log.info(
        "cache %s: %d entries valid, %d written, %d rebuilt, %d removed, %d failed", entries.folder.name,
        len(outcome.valid), len(outcome.written), len(outcome.rebuilt), len(outcome.removed), len(outcome.failures),
    )  # fmt: skip
    return outcome


def _is_valid(planned: PlannedEntry, entries: Entries, there: set[str], outcome: Outcome) -> bool:
    """Say whether an entry is there as a whole; note what is to be done with it."""
    if planned.key not in there:
        outcome.written.append(planned.text)
        return False
    try:
        entries.load(planned.key)
    except StoreError as error:
        _log.warning("cache entry %s is written anew: %s", planned.key, error)
        entries.remove(planned.key)
        outcome.rebuilt.append(planned.text)
        return False
    outcome.valid.append(planned.text)
    return True


def _trees(planned: Sequence[PlannedEntry], panel: Panel, outcome: Outcome) -> list[Node]:
    """Read the trees of entries, the small ones first; what is none over this panel is a failure."""
    words = Vocabulary.of(panel)
    found: list[Node] = []
    for each in planned:
        try:
            node = parse(each.text, words, typed=False)
        except ExpressionError as error:
            _fail(each.text, str(error).partition("\n")[0], outcome)
            continue
        if node.key == each.key:
            found.append(node)
        else:
            _fail(each.text, f"its key is {node.key}, the plan says {each.key}", outcome)
    return sorted(found, key=lambda node: (node.size, node.key))


def _write(nodes: Sequence[Node], engine: Engine, entries: Entries, outcome: Outcome) -> None:
    """Compute some trees together, or one by one where the memory is too small for one of them."""
    try:
        values = engine.evaluate(nodes)
    except BudgetError as error:
        if len(nodes) == 1:
            _fail(repr(nodes[0]), str(error), outcome)
        else:
            for node in nodes:
                _write([node], engine, entries, outcome)
        return
    for node, matrix in zip(nodes, values, strict=True):
        entries.save(node, matrix)


def _fail(text: str, reason: str, outcome: Outcome) -> None:
    for texts in (outcome.written, outcome.rebuilt):
        if text in texts:
            texts.remove(text)
    outcome.failures[text] = reason
