"""Settings of the fitness."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dfqgp.errors import ConfigError
from dfqgp.records import record

MetricName = Literal["icir", "ic", "hac_t"]


@record("fitness", ConfigError)
class FitnessSettings:
    """What a good factor is.

    Parameters
    ----------
    metric : {"icir", "ic", "hac_t"}
        What the score starts from: absolute ICIR, mean rank IC or HAC t of the train segment.
    min_assets : int
        Stocks that a day's sample must have; days with fewer drop out.
    min_coverage : float
        Share of the days on which the market itself had ``min_assets`` that a factor must keep, in [0, 1].
    winsor : float
        Quantile at which each tail is clipped, in [0, 0.5).
    ridge : float
        Penalty of the neutralising regression, 0 or more.
    length_penalty : float
        Taken off the score for every node of the tree.
    corr_penalty : float
        Times the largest absolute correlation to the library and to better members of the generation.
    max_corr : float
        Correlation from which on the score is 0, in (0, 1].
    corr_every : int
        The correlations look at every so many days, aligned to the calendar.

    Raises
    ------
    ConfigError
        If a value is outside its range.
    """

    metric: MetricName = "icir"
    min_assets: Annotated[int, Field(ge=3)] = 30  # fewer have no rank correlation to speak of
    min_coverage: Annotated[float, Field(ge=0, le=1)] = 0.6
    winsor: Annotated[float, Field(ge=0, lt=0.5)] = 0.01
    ridge: Annotated[float, Field(ge=0)] = 1e-6
    length_penalty: Annotated[float, Field(ge=0)] = 0.002
    corr_penalty: Annotated[float, Field(ge=0)] = 0.3
    max_corr: Annotated[float, Field(gt=0, le=1)] = 0.7
    corr_every: Annotated[int, Field(ge=1)] = 5
