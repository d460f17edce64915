"""What a notebook calls beyond single formulas: a search, its library, and tables of operators and features."""

from dfqgp.api.equivalence import equivalent
from dfqgp.api.library import FactorLibrary, load_library
from dfqgp.api.scores import Scores
from dfqgp.api.search import search
from dfqgp.api.tables import feature_table, operator_table

__all__ = ["FactorLibrary", "Scores", "equivalent", "feature_table", "load_library", "operator_table", "search"]
