"""Settings of the fitness."""

from __future__ import annotations

from dataclasses import dataclass

from dfqgp.errors import ConfigError, nearest

METRICS = ("icir", "ic", "hac_t")


@dataclass(frozen=True)
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

    metric: str = "icir"
    min_assets: int = 30
    min_coverage: float = 0.6
    winsor: float = 0.01
    ridge: float = 1e-6
    length_penalty: float = 0.002
    corr_penalty: float = 0.3
    max_corr: float = 0.7
    corr_every: int = 5

    def __post_init__(self) -> None:
        if self.metric not in METRICS:
            _refuse("metric", repr(self.metric), f"one of {', '.join(METRICS)}", nearest(self.metric, METRICS))
        if self.min_assets < 3:
            _refuse(
                "min_assets", self.min_assets, "at least 3 stocks, since fewer have no rank correlation to speak of"
            )
        if self.corr_every < 1:
            _refuse("corr_every", self.corr_every, "at least 1 day")
        if not 0.0 <= self.min_coverage <= 1.0:
            _refuse("min_coverage", self.min_coverage, "a share from 0 to 1")
        if not 0.0 <= self.winsor < 0.5:
            _refuse("winsor", self.winsor, "a quantile from 0 to below 0.5")
        if not 0.0 < self.max_corr <= 1.0:
            _refuse("max_corr", self.max_corr, "a correlation above 0, up to 1")
        for name in ("ridge", "length_penalty", "corr_penalty"):
            if not 0.0 <= getattr(self, name) < float("inf"):
                _refuse(name, getattr(self, name), "a finite number of at least 0")


def _refuse(name: str, got: object, expected: str, hint: str = "") -> None:
    raise ConfigError(key=f"fitness.{name}", got=got, expected=expected, hint=hint)
