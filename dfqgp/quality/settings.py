"""Limits of the findings, and what happens above them."""

from __future__ import annotations

from dataclasses import field
from typing import Annotated, Literal

from pydantic import Field

from dfqgp.errors import ConfigError, nearest
from dfqgp.quality.catalogue import LIMITS
from dfqgp.records import record

Limit = Annotated[float, Field(ge=0)]


@record("quality", ConfigError)
class QualitySettings:
    """Which findings refuse the data.

    Parameters
    ----------
    action : {"refuse", "report"}
        Above a limit: an error, or a line in the log.
    limits : dict of str to float or None
        Largest number of each finding that is accepted; None accepts any. Findings that are not named keep their
        default, see docs/quality.md.
    min_rows : int
        Rows of a table from which on limits refuse it. What a smaller one shows is reported: it is no evidence.

    Raises
    ------
    ConfigError
        If a limit is negative, or of no finding.

    Examples
    --------
    >>> QualitySettings(limits={"price_jump": 0.1})
    Traceback (most recent call last):
    dfqgp.errors.ConfigError: config quality.limits.price_jump: got 0.1, expected the name of a finding; \
did you mean 'price_jumps'?
    """

    action: Literal["refuse", "report"] = "refuse"
    limits: dict[str, Limit | None] = field(default_factory=lambda: dict(LIMITS))
    min_rows: Annotated[int, Field(ge=0)] = 2000

    def __post_init__(self) -> None:
        for name, limit in self.limits.items():
            if name not in LIMITS:
                hint = nearest(name, LIMITS) or "; docs/quality.md lists them"
                expected = "the name of a finding"
                raise ConfigError(key=f"quality.limits.{name}", got=repr(limit), expected=expected, hint=hint)

    def limit_of(self, name: str) -> float | None:
        """Return the limit of a finding, its default where none is set."""
        return self.limits.get(name, LIMITS[name])
