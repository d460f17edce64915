"""All damages, by topic."""

from __future__ import annotations

from damages.cells import FEATURES, GROUPS, SIZES, VOLUMES
from damages.files import FILES, FRAMES
from damages.prices import FACTORS, PRICES
from damages.rows import CODES, DATES

TOPICS = {
    "Prices": PRICES,
    "Adjustment factors": FACTORS,
    "Volume, amount and turnover": VOLUMES,
    "Market capitalisation and limits": SIZES,
    "Dates and days": DATES,
    "Codes": CODES,
    "Industries, universe and flags": GROUPS,
    "Further columns": FEATURES,
    "Tables of other programs": FRAMES,
    "Files": FILES,
}
"""Damages of tables and of files, in the order of the page."""
