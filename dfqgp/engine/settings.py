"""Settings of the engine."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dfqgp.errors import ConfigError
from dfqgp.records import record


@record("engine", ConfigError)
class EngineSettings:
    """How much memory a generation's evaluation may take, and how many expressions are planned at a time.

    Parameters
    ----------
    budget : int
        Bytes of a session's memory; 0 takes a quarter of the memory that is free at the start, within a container's
        limit, or 70 % of the memory that a GPU has free. It never changes a result.
    block : int
        Expressions that are planned and evaluated together, at most.

    Raises
    ------
    ConfigError
        If the budget is negative or the block empty.
    """

    budget: Annotated[int, Field(ge=0)] = 0
    block: Annotated[int, Field(ge=1)] = 128
