"""Settings of the engine."""

from __future__ import annotations

from dataclasses import dataclass

from dfqgp.errors import ConfigError


@dataclass(frozen=True)
class EngineSettings:
    """How much memory a generation's evaluation may take, and in which portions it works.

    Parameters
    ----------
    budget : int
        Bytes of a session's memory; 0 takes a quarter of the memory that is free at the start, within a container's
        limit. It never changes a result.
    block : int
        Expressions that are planned and evaluated together, at most.

    Raises
    ------
    ConfigError
        If the budget is negative or the block empty.
    """

    budget: int = 0
    block: int = 256

    def __post_init__(self) -> None:
        if self.budget < 0:
            raise ConfigError(
                key="engine.budget", got=self.budget, expected="a number of bytes, or 0 for the default", hint=""
            )
        if self.block < 1:
            raise ConfigError(key="engine.block", got=self.block, expected="at least 1", hint="")
