"""The plain functions that a definition or a kernel is made of, and their text: what tells one version from another."""

from __future__ import annotations

import inspect
from types import FunctionType
from typing import TYPE_CHECKING

from dfqgp.errors import OperatorError
from dfqgp.ops.forms import Form

if TYPE_CHECKING:
    from collections.abc import Iterator


def functions_of(*roots: object) -> Iterator[FunctionType]:
    """Yield the plain functions among the roots or in a form's fields, and all that those call by name, each once."""
    found: dict[FunctionType, None] = {}
    for root in roots:
        for part in vars(root).values() if isinstance(root, Form) else (root,):
            if isinstance(part, FunctionType):
                _collect(part, found)
    return iter(found)


def text_of(function: FunctionType) -> str:
    """Return a function's source and the plain constants that it reads.

    Raises
    ------
    OperatorError
        If the source is not at hand, as in an interactive shell.
    """
    try:
        text = inspect.getsource(function)
    except OSError:
        raise OperatorError(
            name=function.__name__,
            reason="its source is not at hand, so its version cannot be told",
            given="-",
            result="write it in a file or a notebook cell, outside of annotations",
        ) from None
    read = {name: function.__globals__.get(name) for name in function.__code__.co_names}
    constants = (
        f"{name} = {value!r}" for name, value in sorted(read.items()) if isinstance(value, int | float | tuple)
    )
    return "\n".join([text, *constants])


def _collect(function: FunctionType, found: dict[FunctionType, None]) -> None:
    if function in found:
        return
    found[function] = None
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    around = function.__globals__ | {name: cell.cell_contents for name, cell in cells}
    for name in (*function.__code__.co_names, *function.__code__.co_freevars):
        if isinstance(around.get(name), FunctionType):
            _collect(around[name], found)
