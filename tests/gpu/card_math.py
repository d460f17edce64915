"""``math`` as a card has it: outside its domain or range a function gives NaN or an infinity, and raises nothing."""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_NUMPY_NAMES = {"pow": "power"}
_NAMES = ("pow", "sqrt", "log", "log1p", "log2", "log10", "exp", "expm1", "cosh", "sinh")


def _forgiving(name: str) -> Callable[..., Any]:
    """Return the function of ``math`` with NumPy's answer where Python raises."""
    function, other = getattr(math, name), getattr(np, _NUMPY_NAMES.get(name, name))

    def call(*arguments):
        try:
            return function(*arguments)
        except (ValueError, OverflowError):
            with np.errstate(all="ignore"):
                return float(other(*map(np.float64, arguments)))

    return call


_FUNCTIONS = {name: (getattr(math, name), _forgiving(name)) for name in _NAMES}


@contextmanager
def card_math() -> Iterator[None]:
    """Let ``math`` be a card's."""
    for name, (_, forgiving) in _FUNCTIONS.items():
        setattr(math, name, forgiving)
    try:
        yield
    finally:
        for name, (own, _) in _FUNCTIONS.items():
            setattr(math, name, own)
