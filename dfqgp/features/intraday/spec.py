"""What an intraday feature is, and the list of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from dfqgp.errors import FeatureError
from dfqgp.features.declared import DeclaredList, check_name_and_unit
from dfqgp.features.spec import UNITS as DAILY_UNITS

UNITS = (*DAILY_UNITS, "currency^-1")
"""Units of intraday features: those of daily ones, and a return per currency traded."""

Builder = Callable[..., Any]


@dataclass(frozen=True)
class IntradayFeature:
    """One daily number made of a day's minute bars.

    Parameters
    ----------
    name : str
        How expressions call it; a Python identifier.
    unit : str
        One of :data:`UNITS`.
    formula : str
        The definition in symbols, as docs/intraday.md explains them.
    source : str
        Where the formula comes from; empty for one that needs no source.
    build : callable
        Takes a :class:`~dfqgp.features.intraday.day.Day` and returns one float64 a stock. With ``fields`` it takes
        those matrices of the panel instead, (T, N) float64, and returns a matrix.
    least : int
        Bars with trades below which the value is missing, whatever the settings say.
    fields : tuple of str
        Fields of the panel that it is made of, for a feature that needs daily data beside the bars; empty for one that
        is made of bars alone.
    version : int
        Raised whenever the formula changes, so that stored days are computed anew.

    Raises
    ------
    FeatureError
        If the name is no identifier, the unit is unknown, or the version or ``least`` is under 1.
    """

    name: str
    unit: str
    formula: str
    source: str
    build: Builder
    least: int = 1
    fields: tuple[str, ...] = ()
    version: int = 1

    def __post_init__(self) -> None:
        check_name_and_unit(self.name, self.unit, UNITS)
        if min(self.version, self.least) < 1:
            problem = f"version {self.version}, least {self.least}"
            raise FeatureError(name=self.name, problem=problem, remedy="start both at 1")


class IntradayRegistry(DeclaredList[IntradayFeature]):
    """Intraday features by name, in the order of their declaration."""

    def register(
        self,
        name: str,
        unit: str,
        formula: str,
        source: str = "",
        *,
        least: int = 1,
        fields: tuple[str, ...] = (),
        version: int = 1,
    ) -> Callable[[Builder], Builder]:
        """Declare the decorated function as a feature's builder; the parameters are those of IntradayFeature.

        Raises
        ------
        FeatureError
            If the name is taken or the declaration is impossible.

        Examples
        --------
        >>> registry = IntradayRegistry()
        >>> @registry.register("day_volume", "shares", "sum of v")
        ... def day_volume(day):
        ...     return day.total(day.volume)
        >>> registry.get("day_volume").unit
        'shares'
        """

        def declare(build: Builder) -> Builder:
            self.add(IntradayFeature(name, unit, formula, source, build, least, fields, version))
            return build

        return declare

    def of_bars(self) -> tuple[IntradayFeature, ...]:
        """Return the features that are made of bars alone; the lake keeps these."""
        return tuple(feature for feature in self if not feature.fields)

    def versions(self) -> dict[str, int]:
        """Return the version of every feature, for keys and fingerprints."""
        return {feature.name: feature.version for feature in self}


INTRADAY = IntradayRegistry()
"""The intraday features of the package."""

intraday_feature = INTRADAY.register


def columns_for(names: Iterable[str]) -> list[str]:
    """Return the features of bars that these features need: themselves, or what they are made of; raises FeatureError.

    Examples
    --------
    >>> columns_for(["overnight_minus_intraday", "jump_share"])
    ['jump_share', 'intraday_return']
    """
    wanted = {part for name in names for part in (INTRADAY.get(name).fields or (name,))}
    return [feature.name for feature in INTRADAY.of_bars() if feature.name in wanted]
