"""Functions that make tuples of a length fixed when they are compiled; Numba has no loop that does."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

Function = Callable[..., Any]

# A loop over items keeps the loop around it from vectorising. Longer tuples are put together of these. Tried: one
# function per item; all kernels of the CPU took 30 s to compile instead of 27.
_TUPLES: dict[int, Callable[[Function, int], Function]] = {
    0: lambda _item, _i: lambda *_: (),
    1: lambda item, i: lambda *a: (item(i, *a),),
    2: lambda item, i: lambda *a: (item(i, *a), item(i + 1, *a)),
    3: lambda item, i: lambda *a: (item(i, *a), item(i + 1, *a), item(i + 2, *a)),
    4: lambda item, i: lambda *a: (item(i, *a), item(i + 1, *a), item(i + 2, *a), item(i + 3, *a)),
}
_MOST = max(_TUPLES)


def tuples_for(jitable: Callable[[Function, str], Function]) -> Callable[..., Function]:
    """Return ``tuple_of(count, item, first=0)`` for a compiler.

    Parameters
    ----------
    jitable : callable
        (function, name) -> the function, callable from kernels of that compiler.

    Returns
    -------
    callable
        It returns a compiled ``(item(first, ...), ..., item(first + count - 1, ...))``.
    """

    @cache  # shared by all kernels, so compiled once a process
    def tuple_of(count: int, item: Function, first: int = 0) -> Function:
        if count <= _MOST:
            collect = _TUPLES[count](item, first)
        else:
            head, tail = tuple_of(_MOST, item, first), tuple_of(count - _MOST, item, first + _MOST)

            def collect(*arguments: Any) -> tuple[Any, ...]:  # noqa: ANN401 -- whatever the item takes
                return (*head(*arguments), *tail(*arguments))

        return jitable(collect, f"{count}_of_{item.__module__}.{item.__qualname__}_from_{first}")

    return tuple_of
