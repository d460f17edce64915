"""Settings of the genetic search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

from pydantic import AfterValidator, Field

from dfqgp.errors import ConfigError, nearest
from dfqgp.expr.parse import DIALECTS, NATIVE
from dfqgp.gp.selection import SELECTIONS
from dfqgp.gp.survival import SURVIVALS
from dfqgp.ops import OPERATORS
from dfqgp.records import record

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

T = TypeVar("T")

_DEEPEST = 32  # the parser reads brackets nested twice as deep
_LARGEST = 400  # rendered, it stays within the length that the parser reads
_LONGEST = 10_000  # the parser's greatest window


def _not_zero(value: float) -> float:
    if value == 0:
        raise ValueError("Input should be a number other than 0")
    return value


def _distinct(values: tuple[T, ...]) -> tuple[T, ...]:
    if len(set(values)) != len(values):
        raise ValueError("Input should be without repetition")
    return values


Share = Annotated[float, Field(ge=0, le=1)]
Days = Annotated[tuple[Annotated[int, Field(ge=1, le=_LONGEST)], ...], AfterValidator(_distinct)]
Numbers = Annotated[
    tuple[Annotated[float, Field(ge=-1e9, le=1e9), AfterValidator(_not_zero)], ...], AfterValidator(_distinct)
]
Names = Annotated[tuple[str, ...], AfterValidator(_distinct)]


@record("gp", ConfigError)
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
        Policy that decides which trees stay, by its name in ``survival.SURVIVALS``.
    elites : int
        Best trees that stay in the population.
    crossover, subtree_mutation, point_mutation : float
        Shares of the offspring; the rest are fresh trees.
    typed : bool
        Build only trees whose units agree.
    windows, delays : tuple of int
        Windows and delays to draw from, in days.
    constants : tuple of float
        Numbers to draw from; empty for trees without numbers.
    operators : tuple of str
        Operators to build with; empty for all.
    features : tuple of str
        Features to build with; empty for all of the panel.
    seeds : str
        Text file with formulas that enter the first population of a run; empty for none. The mining loop reads it.
    seeds_dialect : str
        Notation of these formulas, where the file itself does not say.

    Raises
    ------
    ConfigError
        If a value is of the wrong type, out of range, or contradicts another.
    """

    population: Annotated[int, Field(ge=2)] = 200
    generations: Annotated[int, Field(ge=1)] = 5
    rounds: Annotated[int, Field(ge=1)] = 3
    min_depth: Annotated[int, Field(ge=1)] = 2
    max_depth: Annotated[int, Field(ge=1, le=_DEEPEST)] = 6
    max_size: Annotated[int, Field(ge=1, le=_LARGEST)] = 24
    max_lookback: Annotated[int, Field(ge=0)] = 250
    selection: str = "tournament"
    tournament: Annotated[int, Field(ge=1)] = 5
    survival: str = "elites"
    elites: Annotated[int, Field(ge=0)] = 10
    crossover: Share = 0.6
    subtree_mutation: Share = 0.2
    point_mutation: Share = 0.15
    typed: bool = True
    windows: Days = (3, 5, 10, 20, 40, 60)
    delays: Days = (1, 2, 3, 5, 10, 20)
    constants: Numbers = (0.01, 0.1, 0.5, 1.0, 2.0, 5.0)
    operators: Names = ()
    features: Names = ()
    seeds: str = ""
    seeds_dialect: str = NATIVE

    def __post_init__(self) -> None:
        if self.min_depth > self.max_depth:
            _refuse("min_depth", self.min_depth, f"at most max_depth, {self.max_depth}")
        if self.elites >= self.population:
            _refuse("elites", self.elites, f"fewer than the population, {self.population}")
        total = self.crossover + self.subtree_mutation + self.point_mutation
        if total > 1.0 + 1e-9:
            _refuse("crossover + gp.subtree_mutation + gp.point_mutation", total, "a sum of at most 1")
        need_known("gp.selection", [self.selection], SELECTIONS)
        need_known("gp.survival", [self.survival], SURVIVALS)
        need_known("gp.operators", self.operators, OPERATORS)
        need_known("gp.seeds_dialect", [self.seeds_dialect], DIALECTS)


def _refuse(name: str, got: float, expected: str) -> NoReturn:
    raise ConfigError(key=f"gp.{name}", got=got, expected=expected, hint="")


def need_known(key: str, given: Iterable[object], known: Collection[str]) -> None:
    """Raise ConfigError, with the nearest known name, for the first name given that is not known."""
    for each in given:
        if each not in known:
            hint, expected = nearest(str(each), known), f"one of {', '.join(known)}"
            raise ConfigError(key=key, got=repr(each), expected=expected, hint=hint)
