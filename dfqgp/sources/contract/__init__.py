"""The data contract: what a long table holds, and the check that every table passes."""

from dfqgp.sources.contract.checking import CONTRACT_VERSION, check
from dfqgp.sources.contract.table import Table
from dfqgp.sources.contract.treatment import Treatment

__all__ = ["CONTRACT_VERSION", "Table", "Treatment", "check"]
