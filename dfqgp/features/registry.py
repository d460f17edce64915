"""The list of features, the order in which they can be built, and what is left out for lack of columns."""

from __future__ import annotations

import hashlib
import json
import logging
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from dfqgp.errors import FeatureError, nearest
from dfqgp.features.declared import DeclaredList
from dfqgp.features.spec import Builder, Feature

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

logger = logging.getLogger(__name__)

# Part of every panel's fingerprint: raise it when the rules around the builders change (adjustment, masks, casts).
ASSEMBLY_VERSION = 2


class FeatureRegistry(DeclaredList[Feature]):
    """Features by name, in the order of their declaration, which is the order of a panel's fields."""

    def register(
        self,
        name: str,
        unit: str,
        *,
        columns: tuple[str, ...] = (),
        features: tuple[str, ...] = (),
        version: int = 1,
    ) -> Callable[[Builder], Builder]:
        """Declare the decorated function as the builder of a feature; the parameters are those of Feature.

        Raises
        ------
        FeatureError
            If the name is taken or the declaration is impossible.

        Examples
        --------
        >>> registry = FeatureRegistry()
        >>> @registry.register("dollar_range", "price", columns=("high", "low"))
        ... def dollar_range(high, low):
        ...     return high - low
        >>> registry.get("dollar_range").unit
        'price'
        """

        def declare(build: Builder) -> Builder:
            self.add(Feature(name, unit, build, columns, features, version))
            return build

        return declare

    def build_order(self) -> tuple[Feature, ...]:
        """Return all features, each after those that it takes.

        Raises
        ------
        FeatureError
            If a feature takes one that is not declared, or features take each other in a circle.
        """
        for feature in self:
            for taken in feature.features:
                self._check_taken(feature, taken)
        try:
            order = list(TopologicalSorter({f.name: f.features for f in self}).static_order())
        except CycleError as error:
            circle = " -> ".join(reversed(error.args[1]))
            raise FeatureError(
                name=error.args[1][0], problem=f"takes itself: {circle}", remedy="break the circle"
            ) from None
        return tuple(self._features[name] for name in order)

    def buildable(self, columns: Collection[str], without: Collection[str] = ()) -> tuple[Feature, ...]:
        """Return what a table with these columns allows, in build order; the rest is logged, one line each.

        ``without`` names features that the table cannot give although their columns are there.
        """
        present: dict[str, Feature] = {}
        for feature in self.build_order():
            lacking = [f"column '{name}'" for name in feature.columns if name not in columns]
            lacking += [f"feature '{name}'" for name in feature.features if name not in present]
            if feature.name in without:
                logger.info("feature '%s' is left out: the table's columns are not on one basis", feature.name)
            elif lacking:
                logger.info("feature '%s' is left out: no %s", feature.name, " and no ".join(lacking))
            else:
                present[feature.name] = feature
        return tuple(present.values())

    def version(self) -> str:
        """Return a hex digest of all declarations and of the rules around them: equal digest, equal features."""
        parts = {"assembly": ASSEMBLY_VERSION, "features": [feature.identity() for feature in self]}
        return hashlib.blake2b(json.dumps(parts, sort_keys=True).encode(), digest_size=16).hexdigest()

    def _check_taken(self, feature: Feature, taken: str) -> None:
        if taken not in self._features:
            raise FeatureError(
                name=feature.name,
                problem=f"takes feature '{taken}', which is not declared{nearest(taken, self._features)}",
                remedy="declare it, or take a column of the table",
            )


REGISTRY = FeatureRegistry()
"""The features that every panel gets."""

feature = REGISTRY.register


def features_version() -> str:
    """Return the digest of the package's own features, see :meth:`FeatureRegistry.version`."""
    return REGISTRY.version()
