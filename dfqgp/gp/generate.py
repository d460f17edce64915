"""Random trees: ramped half-and-half, typed from the root down.

1. Draw a depth from the ramp and one of two shapes, full or grown (``Generator.ramped``).
2. Draw a unit for the root, then an operator that can make it in the depth left, then units for its arguments, and so
   on down to leaves of the unit asked for (``_tree``). Windows are drawn within the lookback that is left.
3. Bring the tree into its distinct form and check the constraints; where it fails, draw again, each time shallower
   after a while, down to a bare feature (``Generator.fresh``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from dfqgp.expr import call
from dfqgp.gp.constraints import TreeConstraints
from dfqgp.gp.draws import happens, pick
from dfqgp.gp.grammar import Grammar, groups_among, takes_constants
from dfqgp.ops.units import BOOLEAN, RATIO

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from dfqgp.expr import Node, Vocabulary
    from dfqgp.gp.settings import GpSettings
    from dfqgp.ops import Operator
    from dfqgp.ops.units import Unit

_LEAF_SHARE = 0.2  # of the positions of a grown tree that could still hold an operator
_CONSTANT_SHARE = 0.15  # of the binary element-wise operators that could take a number
_ODD_SHARE = 0.25  # of the draws that may leave the units of the leaves
_TRIES_A_DEPTH = 12


@dataclass(frozen=True)
class Remaining:
    """What a subtree may use up: levels, and rows of lookback."""

    depth: int
    lookback: int
    full: bool = False


class Generator:
    """Draws random trees.

    Parameters
    ----------
    grammar : Grammar
        Leaves and operators.
    constraints : TreeConstraints
        What whole trees have to fulfil.

    Examples
    --------
    >>> import numpy as np
    >>> from dfqgp.expr import Vocabulary
    >>> from dfqgp.gp import GpSettings
    >>> generator = Generator.of(Vocabulary.named({"close": "price"}), GpSettings(max_depth=4))
    >>> generator.ramped(np.random.default_rng(0), 0).depth <= 4
    True
    """

    def __init__(self, grammar: Grammar, constraints: TreeConstraints) -> None:
        self.grammar = grammar
        self.constraints = constraints

    @classmethod
    def of(cls, vocabulary: Vocabulary, settings: GpSettings) -> Self:
        """Return the generator that these settings describe; raises ConfigError as ``Grammar`` does."""
        grammar = Grammar(vocabulary, settings)
        return cls(grammar, TreeConstraints(grammar, settings))

    def ramped(self, rng: np.random.Generator, index: int) -> Node:
        """Return the ``index``-th tree of a ramped half-and-half population: depths in turn, full and grown."""
        bounds = self.constraints.settings
        steps = bounds.max_depth - bounds.min_depth + 1
        return self.fresh(rng, bounds.min_depth + index % steps, full=(index // steps) % 2 == 1)

    def fresh(self, rng: np.random.Generator, depth: int, *, full: bool) -> Node:
        """Return a tree of at most ``depth`` in its distinct form; a bare feature where nothing else is found."""
        grammar, lookback = self.grammar, self.constraints.settings.max_lookback
        for levels in range(depth, 1, -1):
            for _ in range(_TRIES_A_DEPTH):
                unit = self._root_unit(rng, levels)
                tree = self.constraints.normalized(self.subtree(rng, unit, Remaining(levels, lookback, full)))
                if tree is not None:
                    return tree
        return pick(rng, grammar.fields(pick(rng, grammar.units(1))))

    def subtree(self, rng: np.random.Generator, unit: Unit, remaining: Remaining) -> Node | None:
        """Return a tree of a unit, as drawn and of any size, or None where the depth is too small for that unit."""
        least = self.grammar.least_depth(unit)
        return None if least is None or least > remaining.depth else self._tree(rng, unit, remaining)

    def _root_unit(self, rng: np.random.Generator, depth: int) -> Unit:
        if happens(rng, _ODD_SHARE):
            return pick(rng, [unit for unit in self.grammar.units(depth) if unit != BOOLEAN])
        return self.grammar.vocabulary.fields[pick(rng, tuple(self.grammar.vocabulary.fields))]

    def _tree(self, rng: np.random.Generator, unit: Unit, remaining: Remaining) -> Node:
        leaves = self.grammar.fields(unit)
        if leaves and (remaining.depth == 1 or (not remaining.full and happens(rng, _LEAF_SHARE))):
            return pick(rng, leaves)
        choices = self.grammar.choices(unit, remaining.depth, remaining.lookback)
        if not choices:  # only where gp.operators leaves some out, and then only for a unit that leaves have
            return pick(rng, leaves)
        op, every, natural = pick(rng, choices)
        units = pick(rng, natural if natural and not happens(rng, _ODD_SHARE) else every)
        literals = pick(rng, self.grammar.literals(op, remaining.lookback))
        below = Remaining(remaining.depth - 1, remaining.lookback - op.lookback(literals), remaining.full)
        return call(op.name, self._arguments(rng, op, units, below), literals)

    def _arguments(
        self, rng: np.random.Generator, op: Operator, units: Sequence[Unit], remaining: Remaining
    ) -> tuple[Node, ...]:
        number = self._constant_index(rng, op, units)
        drawn: list[Node] = []
        panels = iter(enumerate(units))
        for is_group in groups_among(op):
            if is_group:
                drawn.append(pick(rng, self.grammar.groups))
                continue
            index, unit = next(panels)
            drawn.append(pick(rng, self.grammar.constants) if index == number else self._tree(rng, unit, remaining))
        return tuple(drawn)

    def _constant_index(self, rng: np.random.Generator, op: Operator, units: Sequence[Unit]) -> int | None:
        """Return which argument is to be a number, mostly none: only element-wise operators of two make use of one."""
        ratios = [index for index, unit in enumerate(units) if unit == RATIO]
        possible = takes_constants(op) and len(units) > 1 and ratios and self.grammar.constants
        return pick(rng, ratios) if possible and happens(rng, _CONSTANT_SHARE) else None
