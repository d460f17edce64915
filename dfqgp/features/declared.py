"""What the lists of features share: declarations by name, and what every declaration has to keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from dfqgp.errors import FeatureError, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


class Named(Protocol):
    """A declaration with a name."""

    @property
    def name(self) -> str:
        """How expressions call it."""


Declaration = TypeVar("Declaration", bound=Named)


class DeclaredList(Generic[Declaration]):
    """Declarations by name, in their order."""

    def __init__(self) -> None:
        self._features: dict[str, Declaration] = {}

    def __iter__(self) -> Iterator[Declaration]:
        return iter(self._features.values())

    def __contains__(self, name: str) -> bool:
        return name in self._features

    def add(self, feature: Declaration) -> None:
        """Add a declaration; raises FeatureError if its name is taken."""
        if feature.name in self._features:
            raise FeatureError(name=feature.name, problem="the name is taken", remedy="choose another one")
        self._features[feature.name] = feature

    def get(self, name: str) -> Declaration:
        """Return a declaration by name; raises FeatureError with the nearest name."""
        if name not in self._features:
            problem = f"not declared{nearest(name, self._features)}"
            raise FeatureError(name=name, problem=problem, remedy=f"there are: {', '.join(self._features)}")
        return self._features[name]


def check_name_and_unit(name: str, unit: str, units: Collection[str]) -> None:
    """Raise FeatureError for a name that is no identifier, or a unit that is none of ``units``."""
    if not name.isidentifier():
        remedy = "use letters, digits and underscores"
        raise FeatureError(name=name, problem="the name is no identifier", remedy=remedy)
    if unit not in units:
        problem = f"unit '{unit}' is not known{nearest(unit, units)}"
        raise FeatureError(name=name, problem=problem, remedy=f"use one of {', '.join(units)}")
