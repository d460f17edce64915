"""Labels: the return that a signal of day t could have earned.

A signal is known after the close of day t, so it enters on day t+1 and leaves h days later at the same kind of price.

1. which rows have a label, at which price a leg enters and leaves: the three exits (legs)
2. what is made of the return: raw, or less the market, less the industry, over the volatility (kinds)
3. how many legs cannot be bought or sold, by reason (counts)
"""

from dfqgp.market.labels.counts import LegCounts, label_legs
from dfqgp.market.labels.returns import panel_labels
from dfqgp.market.labels.settings import EntryPrice, ExitRule, LabelKind, LabelSettings

__all__ = ["EntryPrice", "ExitRule", "LabelKind", "LabelSettings", "LegCounts", "label_legs", "panel_labels"]
