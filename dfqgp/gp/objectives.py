"""Results as a caller tells them, checked and brought into one form."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from dfqgp.errors import SearchError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.expr import Node


def checked_objectives(
    nodes: Sequence[Node], results: Sequence[float | Sequence[float]]
) -> dict[Node, tuple[float, ...]]:
    """Return the objectives of each tree, empty where its evaluation failed.

    Parameters
    ----------
    nodes : sequence of Node
        Every tree once.
    results : sequence of float, or of sequences of float
        One result a tree, a number or a vector; NaN or -inf anywhere in it says that the evaluation failed.

    Raises
    ------
    SearchError
        If a tree stands there twice, the numbers of trees and results differ, or a result is empty or has +inf.

    Examples
    --------
    >>> from dfqgp.expr import field
    >>> checked_objectives([field("open"), field("close")], [0.5, float("nan")])
    {open: (0.5,), close: ()}
    """
    if len(nodes) != len(results) or len(set(nodes)) != len(nodes):
        raise SearchError(
            what="tell",
            got=f"{len(nodes)} trees ({len(set(nodes))} distinct) and {len(results)} results",
            expected="one result a tree, every tree once",
            remedy="tell trees that ask returned",
        )
    return {node: _vector(node, result) for node, result in zip(nodes, results, strict=True)}


def _vector(node: Node, result: float | Sequence[float]) -> tuple[float, ...]:
    numbers = tuple(float(value) for value in (result if isinstance(result, Iterable) else (result,)))
    if not numbers or math.inf in numbers:
        raise SearchError(
            what=f"the result of {node!r}",
            got="inf" if numbers else "an empty vector",
            expected="finite numbers, higher is better, or NaN or -inf for a failure",
            remedy="fix the evaluation",
        )
    return numbers if all(math.isfinite(value) for value in numbers) else ()
