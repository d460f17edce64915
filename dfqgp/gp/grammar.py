"""Which leaves and operators can make a wanted unit, and within what depth.

The units that trees are built with are those of the leaves and those one operator away from them (currency / shares,
price * price, ...); other units never help to reach a ratio sooner.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from dfqgp.errors import ConfigError
from dfqgp.expr import Field, Group, Vocabulary, constant, field, group, result_unit
from dfqgp.gp.settings import need_known
from dfqgp.ops import OPERATORS, Kind, Role
from dfqgp.ops.units import BOOLEAN, RATIO, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dfqgp.gp.settings import GpSettings
    from dfqgp.ops import Argument, Operator

_LEAF, _ONE_OPERATOR = 1, 2


class Choice(NamedTuple):
    """An operator, and the units of arguments from which it makes the wanted one."""

    op: Operator
    units: tuple[tuple[Unit, ...], ...]
    natural: tuple[tuple[Unit, ...], ...]
    """Those among ``units`` in which every argument may be a leaf."""


class Grammar:
    """What random trees are made of.

    Parameters
    ----------
    vocabulary : Vocabulary
        Names and units. Their order does not matter, so that equal vocabularies draw equal trees.
    settings : GpSettings
        Windows, delays, constants, whether units count, and the operators and features to build with.

    Raises
    ------
    ConfigError
        If there is no feature to build from, a chosen one is unknown, or no chosen operator fits the others.
    """

    def __init__(self, vocabulary: Vocabulary, settings: GpSettings) -> None:
        if not vocabulary.fields:
            raise ConfigError(key="features", got="no feature", expected="at least one", hint="; add one to the panel")
        need_known("gp.features", settings.features, vocabulary.fields)
        self.vocabulary = _in_order(vocabulary, settings)
        self.constants = tuple(constant(value) for value in sorted(settings.constants))
        self.groups: tuple[Group, ...] = tuple(group(name) for name in self.vocabulary.groups)
        self._days = {Role.WINDOW: tuple(sorted(settings.windows)), Role.DELAY: tuple(sorted(settings.delays))}
        self._fields: dict[Unit, tuple[Field, ...]] = {}
        for name, unit in self.vocabulary.fields.items():
            self._fields[unit] = (*self._fields.get(unit, ()), field(name))
        chosen = [OPERATORS[name] for name in OPERATORS if name in settings.operators or not settings.operators]
        self.operators = tuple(op for op in chosen if self.groups or not op.takes_group)
        self._depth = self._least_depths()
        # A tree one level deeper than the deepest unit needs has the same choices as any deeper tree.
        self._choices = lru_cache(maxsize=None)(self._list_choices)
        self.literals = lru_cache(maxsize=None)(self._list_literals)
        if settings.operators and not any(self.choices(unit, 2, settings.max_lookback) for unit in self._depth):
            got, expected = ", ".join(settings.operators), "an operator that fits the features, groups and windows"
            raise ConfigError(key="gp.operators", got=got, expected=expected, hint="; add one, or [] for all")

    def fields(self, unit: Unit) -> tuple[Field, ...]:
        """Return the features of a unit, by name."""
        return self._fields.get(unit, ())

    def units(self, depth: int) -> tuple[Unit, ...]:
        """Return the units that parts of a tree of at most ``depth`` can have, in a fixed order, BOOLEAN among them."""
        return tuple(unit for unit, least in self._depth.items() if least <= depth)

    def least_depth(self, unit: Unit) -> int | None:
        """Return the depth that a tree of this unit needs, None where it is not one to build with."""
        return self._depth.get(unit)

    def choices(self, unit: Unit, depth: int, lookback: int) -> list[Choice]:
        """Return the operators that make ``unit`` at the root of a tree of at most this depth and lookback."""
        listed = self._choices(unit, min(depth, _ONE_OPERATOR + 1))
        return [choice for choice in listed if self.literals(choice.op, lookback)]

    def interchangeable(self, op: Operator, literals: tuple[float, ...]) -> Iterator[Operator]:
        """Yield the operators, ``op`` among them, that take the same arguments and these literals."""
        roles = [each.role for each in op.arguments]
        for other in self.operators:
            if [each.role for each in other.arguments] == roles and _takes(other, literals):
                yield other

    def _list_choices(self, unit: Unit, depth: int) -> tuple[Choice, ...]:
        below = self.units(depth - 1)
        found = []
        for op in self.operators:
            units = tuple(_argument_units(op, unit, below))
            natural = tuple(each for each in units if all(part in self._fields for part in each))
            if units:
                found.append(Choice(op, units, natural))
        return tuple(found)

    def _list_literals(self, op: Operator, lookback: int) -> tuple[tuple[float, ...], ...]:
        drawn = ([v for v in self._days.get(each.role, each.draws) if each.accepts(v)] for each in op.literals)
        return tuple(each for each in product(*drawn) if op.lookback(each) <= lookback and not op.problem(each))

    def _least_depths(self) -> dict[Unit, int]:
        leaves = sorted(self._fields)
        depths = dict.fromkeys(leaves, _LEAF)
        for op in self.operators:
            # Windows might not fit the lookback that is left: every unit has to be in reach without them.
            if all(each.role is Role.PANEL for each in op.arguments):
                for units in product(leaves, repeat=len(op.panels)):
                    made = result_unit(op, units)
                    if made is not None:
                        depths.setdefault(made, _ONE_OPERATOR)
        return dict(sorted(depths.items(), key=lambda item: (item[1], item[0])))


def _takes(op: Operator, literals: tuple[float, ...]) -> bool:
    """Return whether literals of these roles are legal for an operator."""
    each_legal = all(each.accepts(value) for each, value in zip(op.literals, literals, strict=True))
    return each_legal and not op.problem(literals)


def groups_among(op: Operator) -> tuple[bool, ...]:
    """Return for each argument of an operator, literals left out, whether it is a group."""
    return tuple(each.role is Role.GROUP for each in op.arguments if not each.is_literal)


def takes_constants(op: Operator) -> bool:
    """Return whether a number makes sense as an argument: ranks and windows of a constant panel are useless."""
    return op.kind is Kind.ELEMENT


def _argument_units(op: Operator, wanted: Unit, below: Sequence[Unit]) -> Iterator[tuple[Unit, ...]]:
    """Yield the units of panel arguments from which ``op`` makes ``wanted``, all of them among ``below``."""
    made = None if op.boolean else wanted  # a boolean can be made from any units
    possible, _ = op.unit.demand(made, ()) if op.boolean is (wanted == BOOLEAN) else (False, None)
    partial: list[tuple[Unit, ...]] = [()] if possible else []
    for argument in op.panels:
        partial = [(*drawn, unit) for drawn in partial for unit in _next_units(op, argument, made, drawn, below)]
    return (units for units in partial if result_unit(op, units) == wanted)


def _next_units(
    op: Operator, argument: Argument, wanted: Unit | None, drawn: tuple[Unit, ...], below: Sequence[Unit]
) -> Sequence[Unit]:
    if argument.role is Role.BOOLEAN:
        return [BOOLEAN] if BOOLEAN in below else []
    numeric = [unit for unit in below if unit != BOOLEAN]
    given = [unit for unit in drawn if unit != BOOLEAN]
    if not given:  # the rule names one unit for a first argument (x * ratio); other units are as good
        return numeric
    possible, unit = op.unit.demand(wanted, given)
    if not possible:
        return ()
    return numeric if unit is None else [unit] if unit in numeric else ()


def _in_order(vocabulary: Vocabulary, settings: GpSettings) -> Vocabulary:
    """Sort the chosen names; where units don't count every feature is a ratio, which all unit rules take and return."""
    chosen = sorted(settings.features or vocabulary.fields)
    fields = {name: vocabulary.fields[name] if settings.typed else RATIO for name in chosen}
    return Vocabulary(fields, tuple(sorted(vocabulary.groups)))
