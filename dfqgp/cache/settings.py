"""Settings of the cache."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dfqgp.errors import ConfigError
from dfqgp.records import record


@record("cache", ConfigError)
class CacheSettings:
    """What a run keeps on disk of values and scores, beside panels. None of it changes a result.

    Parameters
    ----------
    materialize : bool
        Whether a mining run plans and computes entries before it starts. Valid entries are read in any case.
    budget : int
        Bytes that the values of one panel may take.
    scores : int
        Bytes that the scores of one panel and label may take; 0 keeps none. Scores that are there are used in any case.
    folder : str
        Inside ``paths.data``; an absolute path stands for itself.

    Raises
    ------
    ConfigError
        If a number is negative or the folder empty.
    """

    materialize: bool = False
    budget: Annotated[int, Field(ge=0)] = 1_000_000_000
    scores: Annotated[int, Field(ge=0)] = 0
    folder: Annotated[str, Field(min_length=1)] = "cache"
