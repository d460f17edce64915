"""What computes on arrays of the stand-in: ufuncs, operators and methods, by NumPy under the name that CuPy has."""

from __future__ import annotations

from typing import Any

import numpy as np
from gpu.device_array import computed, ndarray
from gpu.signatures import StrictError, real, require, ufunc_takes

_COMPUTING_METHODS = (
    "all any argmax argmin argsort astype clip copy cumsum cumprod flatten max mean min prod repeat round std sum take "
    "var"
)
_VIEW_METHODS = "ravel reshape squeeze swapaxes transpose view"

_FUNCTIONS = (
    "where concatenate stack matmul dot sum prod max min amax amin mean any all argmax argmin argsort sort cumsum take "
    "take_along_axis count_nonzero clip diff repeat tile roll searchsorted nan_to_num isclose"
)

FUNCTIONS = frozenset(_FUNCTIONS.split())
"""Functions that NumPy has under the same name, each taken as one launch."""


def ufunc(name: str) -> Any:
    """Return the stand-in for a ufunc."""

    def call(*arguments: Any, **keywords: Any) -> Any:
        for keyword in keywords:
            if not ufunc_takes(name, keyword):
                raise StrictError(f"cupy.{name} takes no {keyword}")
        return computed(name, getattr(np, name), arguments, keywords)

    call.__name__ = name
    return call


def function(name: str) -> Any:
    """Return the stand-in for one of FUNCTIONS."""

    def call(*arguments: Any, **keywords: Any) -> Any:
        require(name, *arguments, **keywords)
        return computed(name, getattr(np, name), arguments, keywords)

    call.__name__ = name
    return call


def _method(name: str) -> Any:
    def call(self: ndarray, *arguments: Any, **keywords: Any) -> Any:
        require(f"ndarray.{name}", self, *arguments, **keywords)
        keywords = {key: value for key, value in keywords.items() if value is not None}
        return computed(f"ndarray.{name}", getattr(np.ndarray, name), (self, *arguments), keywords)

    return call


def _view_method(name: str) -> Any:
    def call(self: ndarray, *arguments: Any, **keywords: Any) -> Any:
        require(f"ndarray.{name}", self, *arguments, **keywords)
        return self._same_or_new(getattr(self._values, name)(*arguments, **keywords), f"ndarray.{name}")

    return call


def _operator(name: str, *, reflected: bool = False, in_place: bool = False) -> Any:
    def call(self: ndarray, other: Any) -> Any:
        pair = (other, self) if reflected else (self, other)
        return computed(name, getattr(np, name), pair, {"out": self} if in_place else {})

    return call


_OPERATORS = {
    "add": "add", "sub": "subtract", "mul": "multiply", "truediv": "true_divide", "floordiv": "floor_divide",
    "mod": "remainder", "pow": "power", "and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor",
    "lshift": "left_shift", "rshift": "right_shift", "matmul": "matmul",
}  # fmt: skip
_COMPARISONS = {
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
    "eq": "equal",
    "ne": "not_equal",
}
_UNARY = {"neg": "negative", "pos": "positive", "abs": "absolute", "invert": "invert"}

for _each in _COMPUTING_METHODS.split():
    real(f"ndarray.{_each}")
    setattr(ndarray, _each, _method(_each))
for _each in _VIEW_METHODS.split():
    real(f"ndarray.{_each}")
    setattr(ndarray, _each, _view_method(_each))
for _each, _name in (_OPERATORS | _COMPARISONS).items():
    setattr(ndarray, f"__{_each}__", _operator(_name))
for _each, _name in _OPERATORS.items():
    setattr(ndarray, f"__r{_each}__", _operator(_name, reflected=True))
    if hasattr(real("ndarray"), f"__i{_each}__"):
        setattr(ndarray, f"__i{_each}__", _operator(_name, in_place=True))
for _each, _name in _UNARY.items():
    setattr(ndarray, f"__{_each}__", lambda self, _name=_name: computed(_name, getattr(np, _name), (self,), {}))
