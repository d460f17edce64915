"""The two draws that random trees and variation share."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

T = TypeVar("T")


def pick(rng: np.random.Generator, items: Sequence[T]) -> T:
    """Return one of the items, each as likely."""
    return items[int(rng.integers(len(items)))]


def happens(rng: np.random.Generator, share: float) -> bool:
    """Return True with the given probability."""
    return float(rng.random()) < share
