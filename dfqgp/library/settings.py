"""Settings of the library."""

from __future__ import annotations

from dataclasses import dataclass

from dfqgp.errors import ConfigError


@dataclass(frozen=True)
class LibrarySettings:
    """Who gets into the library, and who has to leave for whom.

    Parameters
    ----------
    max_size : int
        Most members.
    max_corr : float
        Every two members correlate by less than this, in absolute value.
    replace_margin : float
        A newcomer takes a member's place when its score is more than this times the member's.
    min_score : float
        A newcomer's score has to be above this.
    candidates : int
        Best trees of a round that ask to get in.

    Raises
    ------
    ConfigError
        If a value is of the wrong type or out of range.
    """

    max_size: int = 50
    max_corr: float = 0.7
    replace_margin: float = 1.3
    min_score: float = 0.05
    candidates: int = 50

    def __post_init__(self) -> None:
        for name in ("max_size", "candidates"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                _refuse(name, value, "a whole number of at least 1")
        # The least score keeps scores positive, and positive scores give the margin its meaning.
        for name, low, high in (("max_corr", 0.0, 1.0), ("replace_margin", 1.0, 1e6), ("min_score", 0.0, 1e6)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
                _refuse(name, value, f"a number from {low:g} to {high:g}")
        if self.max_corr == 0:
            _refuse("max_corr", self.max_corr, "a number above 0")


def _refuse(name: str, got: object, expected: str) -> None:
    raise ConfigError(key=f"library.{name}", got=repr(got), expected=expected, hint="")
