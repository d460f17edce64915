"""Features: from a checked long table to the matrices of a panel."""

from dfqgp.features import daily
from dfqgp.features.assemble import assemble
from dfqgp.features.registry import REGISTRY, FeatureRegistry, feature, features_version
from dfqgp.features.spec import UNITS, Feature

__all__ = ["REGISTRY", "UNITS", "Feature", "FeatureRegistry", "assemble", "daily", "feature", "features_version"]
