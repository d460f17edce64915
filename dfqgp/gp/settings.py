"""Settings of the genetic search."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dfqgp.errors import ConfigError, nearest
from dfqgp.gp.selection import SELECTIONS
from dfqgp.gp.survival import SURVIVALS
from dfqgp.ops import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_LEAST = {
    "population": 2,
    "generations": 1,
    "rounds": 1,
    "min_depth": 1,
    "max_depth": 1,
    "max_size": 1,
    "max_lookback": 0,
    "tournament": 1,
    "elites": 0,
}
_SHARES = ("crossover", "subtree_mutation", "point_mutation")
_DEEPEST = 32  # the parser reads brackets nested twice as deep
_LARGEST = 400  # rendered, it stays within the length that the parser reads
_LONGEST = 10_000  # the parser's greatest window


@dataclass(frozen=True)
class GpSettings:
    """How trees are drawn, varied and selected.

    Parameters
    ----------
    population : int
        Distinct trees of one generation.
    generations, rounds : int
        Generations of a round, and rounds of a run; the mining loop reads them.
    min_depth, max_depth : int
        The ramp of depths that fresh trees are drawn with; no tree is deeper than ``max_depth``.
    max_size : int
        Most operators and leaves of a tree.
    max_lookback : int
        Most rows before a day that a tree may read.
    selection : str
        Policy that chooses parents, by its name in ``selection.SELECTIONS``.
    tournament : int
        Trees drawn to choose one parent from.
    survival : str
        Policy that decides who stays, by its name in ``survival.SURVIVALS``.
    elites : int
        Best trees that stay in the population.
    crossover, subtree_mutation, point_mutation : float
        Shares of the offspring; the rest are fresh trees.
    typed : bool
        Build only trees whose units go together.
    windows, delays : tuple of int
        Windows and delays to draw from, in days.
    constants : tuple of float
        Numbers to draw from; empty for trees without numbers.
    operators : tuple of str
        Operators to build with; empty for all.
    features : tuple of str
        Features to build with; empty for all of the panel.

    Raises
    ------
    ConfigError
        If a value is of the wrong type, out of range, or contradicts another.
    """

    population: int = 200
    generations: int = 5
    rounds: int = 3
    min_depth: int = 2
    max_depth: int = 6
    max_size: int = 24
    max_lookback: int = 250
    selection: str = "tournament"
    tournament: int = 5
    survival: str = "elites"
    elites: int = 10
    crossover: float = 0.6
    subtree_mutation: float = 0.2
    point_mutation: float = 0.15
    typed: bool = True
    windows: tuple[int, ...] = (3, 5, 10, 20, 40, 60)
    delays: tuple[int, ...] = (1, 2, 3, 5, 10, 20)
    constants: tuple[float, ...] = (0.01, 0.1, 0.5, 1.0, 2.0, 5.0)
    operators: tuple[str, ...] = ()
    features: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, least in _LEAST.items():
            _need(self, name, _is_whole(getattr(self, name), least), f"a whole number of at least {least}")
        _need(self, "max_depth", self.max_depth <= _DEEPEST, f"at most {_DEEPEST}")
        _need(self, "max_size", self.max_size <= _LARGEST, f"at most {_LARGEST}")
        _need(self, "min_depth", self.min_depth <= self.max_depth, f"at most max_depth, {self.max_depth}")
        _need(self, "elites", self.elites < self.population, f"fewer than the population, {self.population}")
        for name, known in (("selection", SELECTIONS), ("survival", SURVIVALS)):
            need_known(f"gp.{name}", [getattr(self, name)], known)
        for name in _SHARES:
            _need(self, name, _is_number(getattr(self, name), 0.0, 1.0), "a share from 0 to 1")
        total = sum(getattr(self, name) for name in _SHARES)
        _need(self, " + gp.".join(_SHARES), total <= 1.0 + 1e-9, "a sum of at most 1", total)
        _need(self, "typed", isinstance(self.typed, bool), "true or false")
        for name in ("windows", "delays"):
            days = getattr(self, name)
            fits = isinstance(days, tuple) and all(_is_whole(day, 1) and day <= _LONGEST for day in days)
            _need(self, name, fits and _are_distinct(days), f"distinct whole numbers from 1 to {_LONGEST}")
        numbers = isinstance(self.constants, tuple) and all(_is_number(value, -1e9, 1e9) for value in self.constants)
        _need(self, "constants", numbers, "numbers from -1e9 to 1e9")
        _need(self, "constants", _are_distinct(self.constants) and 0 not in self.constants, "distinct numbers, not 0")
        for name in ("operators", "features"):
            names = getattr(self, name)
            fits = isinstance(names, tuple) and all(isinstance(each, str) for each in names)
            _need(self, name, fits and _are_distinct(names), "distinct names")
        need_known("gp.operators", self.operators, OPERATORS)


def _is_whole(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _is_number(value: object, low: float, high: float) -> bool:
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and low <= value <= high
    )


def _are_distinct(values: tuple[object, ...]) -> bool:
    return len(set(values)) == len(values)


def _need(settings: GpSettings, name: str, holds: bool, expected: str, got: object = None) -> None:  # noqa: FBT001
    if not holds:
        value = getattr(settings, name) if got is None else got
        raise ConfigError(key=f"gp.{name}", got=repr(value), expected=expected, hint="")


def need_known(key: str, given: Iterable[object], known: Collection[str]) -> None:
    """Raise ConfigError, with the nearest known name, for the first name given that is not known."""
    for each in given:
        if each not in known:
            hint, expected = nearest(str(each), known), f"one of {', '.join(known)}"
            raise ConfigError(key=key, got=repr(each), expected=expected, hint=hint)
