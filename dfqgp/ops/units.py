"""Units of panels, and the rules by which operators combine them.

A unit is a product of powers of currency, shares and count; a price is currency per share, a ratio has no powers. Equal
units are one object, so units compare by identity, and products and powers are looked up once they are known.

Each rule answers two questions: what unit comes out (checking, bottom up), and which units may go in for a wanted
result (typed generation, top down).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, total_ordering
from typing import TYPE_CHECKING, final

from dfqgp.errors import ConfigError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_BASES = ("currency", "shares", "count")
_MOST_KNOWN = 1 << 16  # products and powers that are kept


@final
@total_ordering
class Unit:
    """Powers of currency, shares and count; ``*``, ``/`` and ``power`` combine them exactly.

    Attributes
    ----------
    currency, shares, count : Fraction
        The powers.
    boolean : bool
        Whether it is the unit of booleans.

    Examples
    --------
    >>> str(CURRENCY / SHARES)
    'price'
    >>> str(PRICE * PRICE), PRICE * PRICE is PRICE.power(2)
    ('currency^2 shares^-2', True)
    """

    __slots__ = ("boolean", "count", "currency", "shares")

    boolean: bool
    currency: Fraction
    shares: Fraction
    count: Fraction

    _known: dict[tuple[Fraction | int | bool, ...], Unit] = {}  # noqa: RUF012 -- every unit there is

    def __new__(
        cls,
        currency: Fraction | int = 0,
        shares: Fraction | int = 0,
        count: Fraction | int = 0,
        *,
        boolean: bool = False,
    ) -> Unit:
        """Return the one unit with these powers."""
        key = (currency, shares, count, boolean)  # a whole Fraction is equal to its int, and has its hash
        known = cls._known.get(key)
        if known is None:
            known = super().__new__(cls)
            known.currency, known.shares, known.count = Fraction(currency), Fraction(shares), Fraction(count)
            known.boolean = boolean
            cls._known[key] = known
        return known

    @property
    def powers(self) -> tuple[Fraction, Fraction, Fraction]:
        """The powers of currency, shares and count."""
        return self.currency, self.shares, self.count

    def __mul__(self, other: Unit) -> Unit:
        return _product_of(self, other)

    def __truediv__(self, other: Unit) -> Unit:
        return _product_of(self, _power_of(other, -1))

    def power(self, exponent: int | Fraction) -> Unit:
        """Raise every power to ``exponent``."""
        return _power_of(self, exponent)

    def __lt__(self, other: Unit) -> bool:
        return (*self.powers, self.boolean) < (*other.powers, other.boolean)

    def __reduce__(self) -> tuple[object, ...]:
        """Travel between processes as powers, to be the one such unit again."""
        return _unit, (*self.powers, self.boolean)

    def __repr__(self) -> str:
        return f"<unit {self}>"

    def __str__(self) -> str:
        if self in _NAMES:
            return _NAMES[self]
        named = zip(_BASES, self.powers, strict=True)
        return " ".join(name if power == 1 else f"{name}^{power}" for name, power in named if power)


@lru_cache(_MOST_KNOWN)
def _product_of(one: Unit, other: Unit) -> Unit:
    return Unit(*(a + b for a, b in zip(one.powers, other.powers, strict=True)))


@lru_cache(_MOST_KNOWN)
def _power_of(unit: Unit, exponent: int | Fraction) -> Unit:
    return Unit(*(power * exponent for power in unit.powers))


def _unit(currency: Fraction, shares: Fraction, count: Fraction, boolean: bool) -> Unit:  # noqa: FBT001 -- in order
    return Unit(currency, shares, count, boolean=boolean)


RATIO = Unit()
CURRENCY = Unit(currency=1)
SHARES = Unit(shares=1)
COUNT = Unit(count=1)
PRICE = CURRENCY / SHARES

BOOLEAN = Unit(boolean=True)
"""The unit of a boolean. No unit rule sees it: an argument's role says that it is boolean."""

UNITS = {"price": PRICE, "shares": SHARES, "currency": CURRENCY, "ratio": RATIO, "count": COUNT}
_NAMES = {unit: name for name, unit in UNITS.items()} | {BOOLEAN: "boolean"}


_POWER = re.compile(rf"({'|'.join(_BASES)})(?:\^(-?\d{{1,3}}(?:/\d{{1,3}})?))?")


def unit_named(name: str, *, where: str = "unit") -> Unit:
    """Return the unit called ``name``, which may be powers as units are written; raises ConfigError with the nearest.

    Examples
    --------
    >>> unit_named("price") == CURRENCY / SHARES
    True
    >>> unit_named("currency^-1") is CURRENCY.power(-1)
    True
    """
    if name in UNITS:
        return UNITS[name]
    powers = [_POWER.fullmatch(part) for part in name.split(" ")]
    found = {match[1]: match[2] or "1" for match in powers if match}
    if len(found) < len(powers) or any(power.endswith("/0") for power in found.values()):
        expected = f"one of {', '.join(UNITS)}, or powers such as currency^-1"
        raise ConfigError(key=where, got=repr(name), expected=expected, hint=nearest(name, UNITS))
    return Unit(*(Fraction(found.get(base, 0)) for base in _BASES))


@dataclass(frozen=True)
class UnitRule:
    """How an operator treats units.

    Parameters
    ----------
    name : str
        What the rule asks for, as error messages say it.
    combine : callable
        (units of the numeric arguments, literals) -> unit of the value, or None if they do not agree.
    demand : callable
        (wanted unit or None for any, units of the arguments drawn so far) -> (possible, unit wanted of the next
        argument or None for any).
    """

    name: str
    combine: Callable[[Sequence[Unit], Sequence[float]], Unit | None]
    demand: Callable[[Unit | None, Sequence[Unit]], tuple[bool, Unit | None]]

    def result(self, units: Sequence[Unit], literals: Sequence[float] = ()) -> Unit | None:
        """Return the unit of a value, or None if the units do not agree.

        Examples
        --------
        >>> str(SQUARE.result([PRICE])), SAME.result([PRICE, SHARES]), str(POWER.result([PRICE], [0.5]))
        ('currency^2 shares^-2', None, 'currency^1/2 shares^-1/2')
        """
        return self.combine(units, literals)


def _same_result(units: Sequence[Unit], literals: Sequence[float]) -> Unit | None:
    return units[0] if all(unit is units[0] for unit in units) else None


def _same_demand(wanted: Unit | None, drawn: Sequence[Unit]) -> tuple[bool, Unit | None]:
    return True, drawn[0] if drawn else wanted


def _to_ratio(_: Sequence[Unit], literals: Sequence[float]) -> Unit | None:
    return RATIO


def _to_ratio_demand(wanted: Unit | None, _: Sequence[Unit]) -> tuple[bool, Unit | None]:
    return wanted in (None, RATIO), None


def _ratio_only(units: Sequence[Unit], literals: Sequence[float]) -> Unit | None:
    return RATIO if all(unit is RATIO for unit in units) else None


def _ratio_only_demand(wanted: Unit | None, _: Sequence[Unit]) -> tuple[bool, Unit | None]:
    return wanted in (None, RATIO), RATIO


def _product(units: Sequence[Unit], literals: Sequence[float]) -> Unit | None:
    return units[0] * units[1]


def _product_demand(wanted: Unit | None, drawn: Sequence[Unit]) -> tuple[bool, Unit | None]:
    return True, None if wanted is None else (wanted / drawn[0] if drawn else wanted)


def _quotient(units: Sequence[Unit], literals: Sequence[float]) -> Unit | None:
    return units[0] / units[1]


def _quotient_demand(wanted: Unit | None, drawn: Sequence[Unit]) -> tuple[bool, Unit | None]:
    if wanted is None or (wanted == RATIO and not drawn):
        return True, None
    return True, drawn[0] / wanted if drawn else wanted


def _root(units: Sequence[Unit], literals: Sequence[float]) -> Unit | None:
    return units[0].power(Fraction(1, 2))


def _root_demand(wanted: Unit | None, _: Sequence[Unit]) -> tuple[bool, Unit | None]:
    return True, None if wanted is None else wanted.power(2)


def _square(units: Sequence[Unit], literals: Sequence[float]) -> Unit | None:
    return units[0].power(2)


def _square_demand(wanted: Unit | None, _: Sequence[Unit]) -> tuple[bool, Unit | None]:
    return True, None if wanted is None else wanted.power(Fraction(1, 2))


def _inverse(units: Sequence[Unit], literals: Sequence[float]) -> Unit | None:
    return units[0].power(-1)


def _inverse_demand(wanted: Unit | None, _: Sequence[Unit]) -> tuple[bool, Unit | None]:
    return True, None if wanted is None else wanted.power(-1)


def _first(units: Sequence[Unit], literals: Sequence[float]) -> Unit | None:
    return units[0]


def _first_demand(wanted: Unit | None, drawn: Sequence[Unit]) -> tuple[bool, Unit | None]:
    return True, None if drawn else wanted


def _raised(units: Sequence[Unit], literals: Sequence[float]) -> Unit | None:
    """Raise to the number as it is written: 0.1 is a tenth. Without a number, a ratio is a ratio whatever it is."""
    if not literals:
        return _ratio_only(units, literals)
    return units[0].power(Fraction(str(literals[-1])))


SAME = UnitRule("equal units", _same_result, _same_demand)
TO_RATIO = UnitRule("any units", _to_ratio, _to_ratio_demand)
RATIO_ONLY = UnitRule("a ratio", _ratio_only, _ratio_only_demand)
PRODUCT = UnitRule("any two units", _product, _product_demand)
QUOTIENT = UnitRule("any two units", _quotient, _quotient_demand)
ROOT = UnitRule("any unit", _root, _root_demand)
SQUARE = UnitRule("any unit", _square, _square_demand)
INVERSE = UnitRule("any unit", _inverse, _inverse_demand)
FIRST = UnitRule("any units", _first, _first_demand)
POWER = UnitRule("any unit", _raised, _ratio_only_demand)
"""The unit to the last literal; trees are generated with ratios, for which every number will do."""
