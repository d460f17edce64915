"""Values on disk: which are worth keeping for known formulas, and reading them instead of computing them."""

from dfqgp.cache.costs import Costs, read_costs
from dfqgp.cache.entries import Entries
from dfqgp.cache.formulas import formulas_of, read_formulas, trees_of
from dfqgp.cache.manifest import Manifest, PlannedEntry, read_manifest
from dfqgp.cache.materialize import Outcome, materialize
from dfqgp.cache.measure import Savings, measure_costs, measure_savings
from dfqgp.cache.plan import plan_cache
from dfqgp.cache.scope import Scope, scope_of
from dfqgp.cache.scores import KnownScores
from dfqgp.cache.settings import CacheSettings
from dfqgp.cache.stored import StoredValues

__all__ = [
    "CacheSettings",
    "Costs",
    "Entries",
    "KnownScores",
    "Manifest",
    "Outcome",
    "PlannedEntry",
    "Savings",
    "Scope",
    "StoredValues",
    "formulas_of",
    "materialize",
    "measure_costs",
    "measure_savings",
    "plan_cache",
    "read_costs",
    "read_formulas",
    "read_manifest",
    "scope_of",
    "trees_of",
]
