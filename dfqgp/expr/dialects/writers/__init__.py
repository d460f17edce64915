"""Writers: trees as code of other tools, one table of operators per target."""

from dfqgp.expr.dialects.writers.write import DIALECTS, write

__all__ = ["DIALECTS", "write"]
