"""Values on disk: which are worth keeping for known formulas, and reading them instead of computing them."""

from dfqgp.cache.costs import Costs, read_costs
from dfqgp.cache.entries import Entries
from dfqgp.cache.manifest import Manifest, PlannedEntry, read_manifest
from dfqgp.cache.materialize import Outcome, materialize
from dfqgp.cache.plan import plan_cache
from dfqgp.cache.scope import Scope, scope_of
from dfqgp.cache.stored import StoredValues

__all__ = [
    "Costs",
    "Entries",
    "Manifest",
    "Outcome",
    "PlannedEntry",
    "Scope",
    "StoredValues",
    "materialize",
    "plan_cache",
    "read_costs",
    "read_manifest",
    "scope_of",
]
