"""A second survival policy in one file: parents and offspring compete, and the best stay."""

from dataclasses import dataclass

from dfqgp.gp.individual import best


@dataclass(frozen=True)
class Truncation:
    """Keep the best of parents and offspring together (mu + lambda); nothing is asked again.

    Parameters
    ----------
    count : int
        How many stay.
    """

    count: int

    def survivors(self, population, evaluated):
        """Return the best of both, the best first."""
        return best([*population, *evaluated], self.count)

    def asked_again(self, population):  # noqa: ARG002
        """Return none: what stays keeps its objectives."""
        return []
