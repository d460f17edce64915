"""What the check of a table tells in the log."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.sources.contract.columns import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dfqgp.sources.contract.violations import Violation

logger = logging.getLogger(__name__)


def log_left_out(names: Sequence[str], further: Sequence[str], features: Sequence[str], where: str) -> None:
    """Say which columns that the contract does not name, numeric ones (``further``) and others, are left out."""
    unused = [name for name in further if name not in features]
    if unused:
        logger.info("%s: numeric columns left out, as features does not name them: %s", where, ", ".join(unused))
    if len(names) > len(further):
        others = ", ".join(name for name in names if name not in further)
        logger.info("%s: columns left out, as they are neither of the contract nor numeric: %s", where, others)


def log_empty(dropped: Mapping[str, int], where: str) -> None:
    """Say how many rows without data were left out."""
    for reason, count in dropped.items():
        logger.warning("%s: dropped %d rows: %s", where, count, reason)


def log_bad(broken: Sequence[Violation], where: str) -> None:
    """Say which rows that break a rule were left out."""
    for each in broken:
        logger.warning("%s: dropped, as source.on_bad=drop: %s", where, each.words())


def log_repaired(repaired: Mapping[str, int], where: str) -> None:
    """Say what was repaired."""
    for words, count in repaired.items():
        logger.warning("%s: repaired in %d rows: %s", where, count, words)


def log_defaults(defaults: Sequence[str], without: Mapping[str, str], where: str, *, sized: bool) -> None:
    """Say which defaults hold; ``sized`` tells whether there is a market capitalisation."""
    for name in defaults:
        logger.info("%s: no column '%s'; default: %s", where, name, without.get(name, BY_NAME[name].default))
    if not sized:
        logger.warning("%s: neither mktcap nor float_mktcap: size is left out of the neutralisation", where)


def warn_of_scale(ratio: float, where: str) -> None:
    """Volume in lots or amount in thousands can't be told from wrong data by a rule, but it shows in the vwap.

    ``ratio`` is the median of amount / volume / close.
    """
    if not 0.5 < ratio < 2.0 and not np.isnan(ratio):
        logger.warning(
            "%s: amount / volume is %.3g times the close in the median; volume should be in shares (a lot is 100) "
            "and amount in currency: set source.scales",
            where,
            ratio,
        )
