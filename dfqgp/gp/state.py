"""The state of a search as plain JSON values, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from dfqgp.errors import CheckpointError, ExpressionError, RecordError, UnitError
from dfqgp.expr import parse, render
from dfqgp.gp.individual import Birth, Individual
from dfqgp.records import build, plain, record

if TYPE_CHECKING:
    from dfqgp.expr import Node
    from dfqgp.gp.constraints import TreeConstraints

FORMAT: Literal[2] = 2


Key = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Count = Annotated[int, Field(ge=0)]


@record("individual")
class _SavedIndividual:
    expression: str
    objectives: tuple[float, ...] | None
    operator: str
    parents: tuple[Key, ...]
    generation: Count


@record("search")
class _Saved:
    format: Literal[2]
    seed: Annotated[tuple[Count, ...], Field(min_length=1)]
    generation: Count
    population: tuple[_SavedIndividual, ...]
    asked: tuple[_SavedIndividual, ...]
    immigrants: tuple[str, ...]
    seen: tuple[Key, ...]


@dataclass(frozen=True)
class SearchState:
    """All that the next generation depends on, besides vocabulary, settings and policies.

    Parameters
    ----------
    seed : tuple of int
        Seed of the whole search; with the generation's number it gives that generation's random numbers.
    generation : int
        Generations ended so far.
    population : tuple of Individual
        What the next generation is bred from.
    asked : tuple of Individual
        The generation asked and not ended, with the results told so far; empty if there is none.
    immigrants : tuple of Node
        Trees from outside that wait for the next generation.
    seen : tuple of str
        Keys of every tree ever asked, in that order, after those that the search began with.
    """

    seed: tuple[int, ...]
    generation: int
    population: tuple[Individual, ...]
    asked: tuple[Individual, ...]
    immigrants: tuple[Node, ...]
    seen: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """Return strict JSON values; the objectives of a failed individual are ``[]``, those not told are null."""
        population, asked = tuple(map(_saved, self.population)), tuple(map(_saved, self.asked))
        immigrants = tuple(map(render, self.immigrants))
        return plain(_Saved(FORMAT, self.seed, self.generation, population, asked, immigrants, self.seen))

    @classmethod
    def from_json(cls, raw: object, constraints: TreeConstraints) -> SearchState:
        """Read what ``to_json`` wrote; raises CheckpointError that names the first error."""
        try:
            saved = build(_Saved, raw, "search")
        except RecordError as error:
            raise _damaged(str(error)) from None
        population, asked = (
            tuple(_individual(each, f"{name}[{index}]", constraints) for index, each in enumerate(getattr(saved, name)))
            for name in ("population", "asked")
        )
        for name, individuals in (("population", population), ("asked", asked)):
            _check_keys(name, individuals, saved.seen)
        immigrants = tuple(
            _read_tree(text, f"immigrants[{index}]", constraints) for index, text in enumerate(saved.immigrants)
        )
        return cls(saved.seed, saved.generation, population, asked, immigrants, saved.seen)


def _saved(each: Individual) -> _SavedIndividual:
    return _SavedIndividual(
        render(each.node), each.objectives, each.birth.operator, each.birth.parents, each.generation
    )


def _individual(saved: _SavedIndividual, where: str, constraints: TreeConstraints) -> Individual:
    node = _read_tree(saved.expression, where, constraints)
    return Individual(node, Birth(saved.operator, saved.parents), saved.generation, saved.objectives)


def _read_tree(text: str, where: str, constraints: TreeConstraints) -> Node:
    try:
        node = parse(text, constraints.vocabulary)
    except (ExpressionError, UnitError) as error:
        raise _damaged(f"the expression of {where} does not fit this vocabulary: {error}") from error
    if constraints.normalized(node) is not node:
        raise _damaged(f"the expression of {where}, {text!r}, is not in canonical form or not within the settings")
    return node


def _check_keys(name: str, individuals: tuple[Individual, ...], seen: tuple[str, ...]) -> None:
    known = set(seen)
    if len(known) != len(seen):
        raise _damaged("a key stands twice in 'seen'")
    if len({each.key for each in individuals}) != len(individuals):
        raise _damaged(f"a tree stands twice in '{name}'")
    for each in individuals:
        for key in (each.key, *each.birth.parents):
            if key not in known:
                raise _damaged(f"{each.node!r} is in '{name}', but its key or a parent's is not in 'seen'")


def _damaged(problem: str) -> CheckpointError:
    remedy = "start the run afresh, or restore the vocabulary, settings and version that wrote it"
    return CheckpointError(path="(state of the search)", problem=problem, remedy=remedy)
