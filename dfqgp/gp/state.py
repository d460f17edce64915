"""The state of a search as plain JSON values, and back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dfqgp.errors import CheckpointError, ExpressionError, UnitError
from dfqgp.expr import parse, render
from dfqgp.gp.dedup import distinct_form
from dfqgp.gp.selection import Scored

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dfqgp.expr import Vocabulary

FORMAT = 1
_KEY_DIGITS = 32


@dataclass(frozen=True)
class SearchState:
    """All that the next generation depends on, besides vocabulary and settings.

    Parameters
    ----------
    seed : tuple of int
        Seed of the whole search; with the generation's number it gives that generation's random numbers.
    generation : int
        Generations told so far.
    scored : tuple of Scored
        The last generation in the order it was asked.
    seen : tuple of str
        Keys of every tree ever asked, in that order.
    """

    seed: tuple[int, ...]
    generation: int
    scored: tuple[Scored, ...]
    seen: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """Return strict JSON values; a failed score is null."""
        return {
            "format": FORMAT,
            "seed": list(self.seed),
            "generation": self.generation,
            "population": [
                {"expression": render(each.node), "score": None if each.failed else each.score} for each in self.scored
            ],
            "seen": list(self.seen),
        }

    @classmethod
    def from_json(cls, raw: object, vocabulary: Vocabulary) -> SearchState:
        """Read what ``to_json`` wrote; raises CheckpointError that names the first thing amiss."""
        state = _mapping(raw, "the state")
        found = _get(state, "format")
        if found != FORMAT:
            raise _damaged(f"its format is {found!r}, expected {FORMAT}")
        population = _get(state, "population")
        seen = _get(state, "seen")
        if not isinstance(seen, list) or not all(isinstance(key, str) and len(key) == _KEY_DIGITS for key in seen):
            raise _damaged(f"'seen' is not a list of keys of {_KEY_DIGITS} digits")
        if not isinstance(population, list):
            raise _damaged(f"'population' is a {type(population).__name__}, expected a list")
        scored = tuple(_scored(entry, place, vocabulary) for place, entry in enumerate(population))
        _check_keys(scored, seen)
        seed = _get(state, "seed")
        if not isinstance(seed, list):
            raise _damaged(f"'seed' is a {type(seed).__name__}, expected a list")
        numbers = tuple(_whole(value, "a number of 'seed'") for value in seed)
        return cls(numbers, _whole(_get(state, "generation"), "'generation'"), scored, tuple(seen))


def _scored(entry: object, place: int, vocabulary: Vocabulary) -> Scored:
    where = f"population[{place}]"
    record = _mapping(entry, where)
    text, score = _get(record, "expression"), _get(record, "score")
    if not isinstance(text, str):
        raise _damaged(f"the expression of {where} is {text!r}, expected a text")
    try:
        node = parse(text, vocabulary)
    except (ExpressionError, UnitError) as error:
        raise _damaged(f"the expression of {where} does not fit this vocabulary: {error}") from error
    if distinct_form(node) is not node:
        raise _damaged(f"the expression of {where}, {text!r}, is not in canonical form")
    if score is None:
        return Scored(node, -math.inf)
    if isinstance(score, bool) or not isinstance(score, int | float) or not math.isfinite(score):
        raise _damaged(f"the score of {where} is {score!r}, expected a finite number or null")
    return Scored(node, float(score))


def _check_keys(scored: tuple[Scored, ...], seen: list[str]) -> None:
    known = set(seen)
    if len(known) != len(seen) or len({each.node.key for each in scored}) != len(scored):
        raise _damaged("a tree stands in it twice")
    for each in scored:
        if each.node.key not in known:
            raise _damaged(f"{each.node!r} is in 'population', but its key is not in 'seen'")


def _mapping(value: object, what: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise _damaged(f"{what} is a {type(value).__name__}, expected an object")
    return value


def _get(record: Mapping[str, object], name: str) -> object:
    if name not in record:
        raise _damaged(f"'{name}' is missing")
    return record[name]


def _whole(value: object, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _damaged(f"{what} is {value!r}, expected a whole number of at least 0")
    return value


def _damaged(problem: str) -> CheckpointError:
    remedy = "start the run afresh, or restore the vocabulary, settings and version that wrote it"
    return CheckpointError(path="(state of the search)", problem=problem, remedy=remedy)
