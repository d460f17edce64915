"""Settings of the library."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dfqgp.errors import ConfigError
from dfqgp.records import record


@record("library", ConfigError)
class LibrarySettings:
    """Which factors the library admits, and which members they replace.

    Parameters
    ----------
    max_size : int
        Most members.
    max_corr : float
        Every two members correlate by less than this, in absolute value.
    replace_margin : float
        A candidate replaces a member when its score is more than this times the member's.
    min_score : float
        A candidate's score has to be above this.
    candidates : int
        Best trees of a round that become candidates.

    Raises
    ------
    ConfigError
        If a value is of the wrong type or out of range.
    """

    max_size: Annotated[int, Field(ge=1)] = 50
    max_corr: Annotated[float, Field(gt=0, le=1)] = 0.7
    # The least score keeps scores positive, and positive scores give the margin its meaning.
    replace_margin: Annotated[float, Field(ge=1, le=1e6)] = 1.3
    min_score: Annotated[float, Field(ge=0, le=1e6)] = 0.05
    candidates: Annotated[int, Field(ge=1)] = 50
