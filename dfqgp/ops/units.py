"""Units of panels, and the rules by which operators combine them.

A unit is a product of powers of currency, shares and count; a price is currency per share, a ratio has no powers.
Each rule answers two questions: what unit comes out (checking, bottom up), and which units may go in for a wanted
result (typed generation, top down).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from dfqgp.errors import ConfigError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, order=True)
class Unit:
    """Powers of currency, shares and count.

    Examples
    --------
    >>> str(CURRENCY / SHARES)
    'price'
    >>> str(PRICE * PRICE)
    'currency^2 shares^-2'
    """

    currency: Fraction = Fraction(0)
    shares: Fraction = Fraction(0)
    count: Fraction = Fraction(0)
    boolean: bool = False

    def __mul__(self, other: Unit) -> Unit:
        return Unit(self.currency + other.currency, self.shares + other.shares, self.count + other.count)

    def __truediv__(self, other: Unit) -> Unit:
        return self * other.power(-1)

    def power(self, exponent: int | Fraction) -> Unit:
        """Raise every power to ``exponent``."""
        return Unit(self.currency * exponent, self.shares * exponent, self.count * exponent)

    def __str__(self) -> str:
        if self in _NAMES:
            return _NAMES[self]
        powers = (("currency", self.currency), ("shares", self.shares), ("count", self.count))
        return " ".join(name if power == 1 else f"{name}^{power}" for name, power in powers if power)


RATIO = Unit()
CURRENCY = Unit(currency=Fraction(1))
SHARES = Unit(shares=Fraction(1))
COUNT = Unit(count=Fraction(1))
PRICE = CURRENCY / SHARES

BOOLEAN = Unit(boolean=True)
"""The unit of a boolean. No unit rule sees it: an argument's role says that it is boolean."""

UNITS = {"price": PRICE, "shares": SHARES, "currency": CURRENCY, "ratio": RATIO, "count": COUNT}
_NAMES = {unit: name for name, unit in UNITS.items()} | {BOOLEAN: "boolean"}


def unit_named(name: str, *, where: str = "unit") -> Unit:
    """Return the unit called ``name``; raises ConfigError with the nearest name.

    Examples
    --------
    >>> unit_named("price") == CURRENCY / SHARES
    True
    """
    try:
        return UNITS[name]
    except KeyError:
        raise ConfigError(
            key=where, got=repr(name), expected=f"one of {', '.join(UNITS)}", hint=nearest(name, UNITS)
        ) from None


@dataclass(frozen=True)
class UnitRule:
    """How an operator treats units.

    Parameters
    ----------
    name : str
        What the rule asks for, as error messages say it.
    result : callable
        Units of the numeric arguments -> unit of the value, or None if they do not agree.
    demand : callable
        (wanted unit or None for any, units of the arguments drawn so far) -> (possible, unit wanted of the next
        argument or None for any).
    """

    name: str
    result: Callable[[Sequence[Unit]], Unit | None]
    demand: Callable[[Unit | None, Sequence[Unit]], tuple[bool, Unit | None]]


def _same_result(units: Sequence[Unit]) -> Unit | None:
    return units[0] if all(unit == units[0] for unit in units) else None


def _same_demand(wanted: Unit | None, drawn: Sequence[Unit]) -> tuple[bool, Unit | None]:
    return True, drawn[0] if drawn else wanted


def _to_ratio(_: Sequence[Unit]) -> Unit | None:
    return RATIO


def _to_ratio_demand(wanted: Unit | None, _: Sequence[Unit]) -> tuple[bool, Unit | None]:
    return wanted in (None, RATIO), None


def _ratio_only(units: Sequence[Unit]) -> Unit | None:
    return RATIO if all(unit == RATIO for unit in units) else None


def _ratio_only_demand(wanted: Unit | None, _: Sequence[Unit]) -> tuple[bool, Unit | None]:
    return wanted in (None, RATIO), RATIO


def _product(units: Sequence[Unit]) -> Unit | None:
    return units[0] * units[1]


def _product_demand(wanted: Unit | None, drawn: Sequence[Unit]) -> tuple[bool, Unit | None]:
    return True, None if wanted is None else (wanted / drawn[0] if drawn else wanted)


def _quotient(units: Sequence[Unit]) -> Unit | None:
    return units[0] / units[1]


def _quotient_demand(wanted: Unit | None, drawn: Sequence[Unit]) -> tuple[bool, Unit | None]:
    if wanted is None or (wanted == RATIO and not drawn):
        return True, None
    return True, drawn[0] / wanted if drawn else wanted


def _root(units: Sequence[Unit]) -> Unit | None:
    return units[0].power(Fraction(1, 2))


def _root_demand(wanted: Unit | None, _: Sequence[Unit]) -> tuple[bool, Unit | None]:
    return True, None if wanted is None else wanted.power(2)


def _square(units: Sequence[Unit]) -> Unit | None:
    return units[0].power(2)


def _square_demand(wanted: Unit | None, _: Sequence[Unit]) -> tuple[bool, Unit | None]:
    return True, None if wanted is None else wanted.power(Fraction(1, 2))


def _inverse(units: Sequence[Unit]) -> Unit | None:
    return units[0].power(-1)


def _inverse_demand(wanted: Unit | None, _: Sequence[Unit]) -> tuple[bool, Unit | None]:
    return True, None if wanted is None else wanted.power(-1)


def _first(units: Sequence[Unit]) -> Unit | None:
    return units[0]


def _first_demand(wanted: Unit | None, drawn: Sequence[Unit]) -> tuple[bool, Unit | None]:
    return True, None if drawn else wanted


SAME = UnitRule("equal units", _same_result, _same_demand)
TO_RATIO = UnitRule("any units", _to_ratio, _to_ratio_demand)
RATIO_ONLY = UnitRule("a ratio", _ratio_only, _ratio_only_demand)
PRODUCT = UnitRule("any two units", _product, _product_demand)
QUOTIENT = UnitRule("any two units", _quotient, _quotient_demand)
ROOT = UnitRule("any unit", _root, _root_demand)
SQUARE = UnitRule("any unit", _square, _square_demand)
INVERSE = UnitRule("any unit", _inverse, _inverse_demand)
FIRST = UnitRule("any units", _first, _first_demand)
