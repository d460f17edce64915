"""Values that an engine loads instead of computing them, such as entries of a cache.

A tree stays as it is; ``lower`` makes one load of each part that is given, under a name that no feature has. So the
lookback of what reads it is that of the whole tree, and no value changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from dfqgp.errors import PanelError
from dfqgp.expr import Call

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dfqgp.expr import Node
    from dfqgp.panel import FloatMatrix

_MARK = "#"  # no name in an expression begins with it


class Given(Protocol):
    """Values of some trees over one panel."""

    def find(self, node: Node) -> FloatMatrix | None:
        """Return the (T, N) float32 values of a tree, bit for bit as the engine computes them; None if there are none.

        It is asked for the parts of trees that are going to be evaluated, from the roots down, and not for what is
        under a part that it has.
        """


def given_name(node: Node) -> str:
    """Return the name under which a session loads the values of a tree."""
    return _MARK + node.key


def is_given(name: str) -> bool:
    """Say whether a name is one of ``given_name``."""
    return name.startswith(_MARK)


def find_given(roots: Iterable[Node], given: Given, shape: tuple[int, int]) -> dict[Node, FloatMatrix]:
    """Return the topmost parts of trees whose values are given.

    Raises
    ------
    PanelError
        If a matrix has another shape than the panel.
    """
    found: dict[Node, FloatMatrix] = {}
    seen: set[Node] = set()
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node in seen or not isinstance(node, Call):
            continue
        seen.add(node)
        matrix = given.find(node)
        if matrix is None:
            waiting.extend(node.args)
        elif matrix.shape == shape:
            found[node] = matrix
        else:
            remedy = "give values that were computed over this panel"
            raise PanelError(what=f"given value of '{node!r}'", got=matrix.shape, expected=shape, remedy=remedy)
    return found
