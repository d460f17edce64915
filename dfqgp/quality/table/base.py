"""What a measure of the table's rows is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from dfqgp.quality.blocks import Axes, Block
    from dfqgp.quality.report import Finding

LEAST = 3
"""Places that a share needs before it can refuse data: one or two may always be real."""


class Measure(ABC):
    """Adds up what the blocks of a table show.

    Parameters
    ----------
    axes : Axes
        Days and stocks of the panel.
    """

    needs: ClassVar[tuple[str, ...]] = ()
    """Numeric columns without which there is nothing to measure."""

    def __init__(self, axes: Axes) -> None:
        self.axes = axes

    def prepare(self, sample: Block) -> None:  # noqa: B027 - most measures need no sample
        """Look at a sample of the traded rows of all stocks before the first block; its rows have no neighbours."""

    @abstractmethod
    def see(self, block: Block) -> None:
        """Look at some stocks; each stock comes once, as a whole."""

    @abstractmethod
    def findings(self) -> Iterator[Finding]:
        """Yield what was found, once all stocks have been seen."""

    def series(self) -> Mapping[str, NDArray[Any]]:
        """Return the numbers of each day that the page draws, by name."""
        return {}

    def shares(self) -> Mapping[str, NDArray[Any]]:
        """Return other lists of numbers that the page draws, by name."""
        return {}


def share(count: float, total: float) -> float:
    """Return count / total, NaN where there is nothing to count."""
    return float(count / total) if total else float("nan")
