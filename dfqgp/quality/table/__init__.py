"""Measures of the table's rows: coverage, jumps, factors, trading, units, size and industry."""

from dfqgp.quality.table.base import Measure
from dfqgp.quality.table.coverage import Coverage
from dfqgp.quality.table.factors import ExDays, FactorMoves
from dfqgp.quality.table.jumps import Jumps
from dfqgp.quality.table.scales import AmountScale, TurnoverHeight, TurnoverScale
from dfqgp.quality.table.size_and_groups import Industry, Size
from dfqgp.quality.table.trading import PriceLimits, Trading
from dfqgp.quality.table.twins import Twins

MEASURES: tuple[type[Measure], ...] = (
    Coverage, Twins, Jumps, FactorMoves, ExDays, Trading, PriceLimits, AmountScale, TurnoverScale, TurnoverHeight, Size,
    Industry,
)  # fmt: skip
"""Every measure of the table's rows; a new one is added here, and its findings to the catalogue."""

__all__ = ["MEASURES", "Measure"]
