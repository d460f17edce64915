"""What a notebook calls beyond single formulas: a search, its library, pictures, explanations and tables."""

from dfqgp.api.equivalence import equivalent
from dfqgp.api.explanation import Explanation, explain
from dfqgp.api.library import FactorLibrary, load_library
from dfqgp.api.minute_bars import intraday, with_intraday
from dfqgp.api.pictures import draw
from dfqgp.api.quality import DataReport, check_table
from dfqgp.api.scores import Scores
from dfqgp.api.search import search
from dfqgp.api.tables import feature_table, operator_table

__all__ = [
    "DataReport", "Explanation", "FactorLibrary", "Scores", "check_table", "draw", "equivalent", "explain",
    "feature_table", "intraday", "load_library", "operator_table", "search", "with_intraday",
]  # fmt: skip
