"""Random trees: ramped half-and-half, typed from the root down.

1. Draw a depth from the ramp and one of two shapes, full or grown (``Generator.ramped``).
2. Draw a unit for the root, then an operator that can make it in the depth left, then units for its arguments, and so
   on down to leaves of the unit asked for (``_tree``). Windows are drawn within the lookback that is left.
3. Bring the tree into its distinct form and check it at the door; too large or without a point, draw again, each time
   shallower after a while, down to a bare feature (``Generator.fresh``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from dfqgp.expr import call
from dfqgp.ops import Kind, Role
from dfqgp.ops.units import RATIO

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from dfqgp.expr import Node
    from dfqgp.gp.grammar import Grammar
    from dfqgp.gp.limits import Limits
    from dfqgp.ops import Operator
    from dfqgp.ops.units import Unit

_LEAF_SHARE = 0.2  # of the places of a grown tree that could still hold an operator
_CONSTANT_SHARE = 0.15  # of the binary element-wise operators that could take a number
_ODD_SHARE = 0.25  # of the draws that may leave the units of the leaves
_TRIES_A_DEPTH = 12

T = TypeVar("T")


def pick(rng: np.random.Generator, items: Sequence[T]) -> T:
    """Return one of the items, each as likely."""
    return items[int(rng.integers(len(items)))]


def happens(rng: np.random.Generator, share: float) -> bool:
    """Return True with the given probability."""
    return float(rng.random()) < share


@dataclass(frozen=True)
class Room:
    """What a sub-tree may use up: levels, and rows of lookback."""

    depth: int
    lookback: int
    full: bool = False


class Generator:
    """Draws random trees.

    Parameters
    ----------
    grammar : Grammar
        Leaves and operators.
    limits : Limits
        The door that whole trees have to pass.
    """

    def __init__(self, grammar: Grammar, limits: Limits) -> None:
        self.grammar = grammar
        self.limits = limits

    def ramped(self, rng: np.random.Generator, index: int) -> Node:
        """Return the ``index``-th tree of a ramped half-and-half population: depths in turn, full and grown."""
        bounds = self.limits.settings
        steps = bounds.max_depth - bounds.min_depth + 1
        return self.fresh(rng, bounds.min_depth + index % steps, full=(index // steps) % 2 == 1)

    def fresh(self, rng: np.random.Generator, depth: int, *, full: bool) -> Node:
        """Return a tree of at most ``depth`` in its distinct form; a bare feature where nothing else is found."""
        grammar, lookback = self.grammar, self.limits.settings.max_lookback
        for room in (Room(levels, lookback, full) for levels in range(depth, 1, -1)):
            for _ in range(_TRIES_A_DEPTH):
                tree = self.limits.admit(self.subtree(rng, self._root_unit(rng, room.depth), room))
                if tree is not None:
                    return tree
        return pick(rng, grammar.fields(pick(rng, grammar.units(1))))

    def subtree(self, rng: np.random.Generator, unit: Unit, room: Room) -> Node | None:
        """Return a tree of a unit, as drawn and of any size, or None where the room is too small for that unit."""
        least = self.grammar.least_depth(unit)
        return None if least is None or least > room.depth else self._tree(rng, unit, room)

    def _root_unit(self, rng: np.random.Generator, depth: int) -> Unit:
        if happens(rng, _ODD_SHARE):
            return pick(rng, self.grammar.units(depth))
        return self.grammar.vocabulary.fields[pick(rng, tuple(self.grammar.vocabulary.fields))]

    def _tree(self, rng: np.random.Generator, unit: Unit, room: Room) -> Node:
        leaves = self.grammar.fields(unit)
        if leaves and (room.depth == 1 or (not room.full and happens(rng, _LEAF_SHARE))):
            return pick(rng, leaves)
        op, every, natural = pick(rng, self.grammar.choices(unit, room.depth, room.lookback))
        units = pick(rng, natural if natural and not happens(rng, _ODD_SHARE) else every)
        literals = pick(rng, self.grammar.literals(op, room.lookback))
        below = Room(room.depth - 1, room.lookback - op.lookback(literals), room.full)
        return call(op.name, self._arguments(rng, op, units, below), literals)

    def _arguments(self, rng: np.random.Generator, op: Operator, units: Sequence[Unit], room: Room) -> tuple[Node, ...]:
        number = self._constant_place(rng, op, units)
        drawn: list[Node] = []
        panels = iter(enumerate(units))
        for arg in op.arguments:
            if arg.is_panel:
                place, unit = next(panels)
                drawn.append(pick(rng, self.grammar.constants) if place == number else self._tree(rng, unit, room))
            elif arg.role is Role.GROUP:
                drawn.append(pick(rng, self.grammar.groups))
        return tuple(drawn)

    def _constant_place(self, rng: np.random.Generator, op: Operator, units: Sequence[Unit]) -> int | None:
        """Return which argument is to be a number, mostly none: only element-wise operators of two make use of one."""
        places = [place for place, unit in enumerate(units) if unit == RATIO]
        takes = op.kind is Kind.ELEMENT and len(op.panels) > 1 and places and self.grammar.constants
        return pick(rng, places) if takes and happens(rng, _CONSTANT_SHARE) else None
