"""Which trees may enter a population."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.errors import UnitError
from dfqgp.expr import Call, Constant, panel_args, unit_of
from dfqgp.gp.dedup import distinct_form
from dfqgp.gp.grammar import takes_constants

if TYPE_CHECKING:
    from collections.abc import Callable

    from dfqgp.expr import Node, Vocabulary
    from dfqgp.gp.settings import GpSettings

_TRIES = 16  # most of those that fail do so early, at a unit that does not fit


class TreeConstraints:
    """What holds for every tree of a population: one form, within bounds, well typed, and not degenerate.

    Parameters
    ----------
    vocabulary : Vocabulary
        Units as the grammar sees them.
    settings : GpSettings
        Bounds of depth, size and lookback.
    """

    def __init__(self, vocabulary: Vocabulary, settings: GpSettings) -> None:
        self.vocabulary = vocabulary
        self.settings = settings

    def normalized(self, node: Node | None) -> Node | None:
        """Return the distinct form of a tree, or None where that form is not acceptable."""
        if node is None:
            return None
        form = distinct_form(node)
        return form if self.accepts(form) else None

    def accepts(self, node: Node) -> bool:
        """Tell whether a tree is within the bounds, not degenerate, and its units go together."""
        bounds = self.settings
        return (
            node.depth <= bounds.max_depth
            and node.size <= bounds.max_size
            and node.lookback <= bounds.max_lookback
            and not is_degenerate(node)
            and is_typed(node, self.vocabulary)
        )

    def first_child(self, draw: Callable[[], Node | None], *parents: Node) -> Node | None:
        """Return the first of a few draws that is acceptable and none of the parents, in its distinct form."""
        for _ in range(_TRIES):
            child = self.normalized(draw())
            if child is not None and child not in parents:
                return child
        return None


def is_typed(node: Node, vocabulary: Vocabulary) -> bool:
    """Tell whether the units of a tree go together."""
    try:
        unit_of(node, vocabulary)
    except UnitError:
        return False
    return True


def is_degenerate(node: Node) -> bool:
    """Tell whether a tree, or a part of it, holds nothing that a plainer tree does not.

    That is a number where a feature should be (``ts_mean(2, 5)``, ``log(2)``, a lone ``2``), and an operator over
    one and the same argument twice (``x - x``, ``ts_corr(x, x, 5)``) unless it is a square.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary, parse
    >>> words = Vocabulary.named({"close": "price"})
    >>> [is_degenerate(parse(text, words)) for text in ("close - close", "ts_mean(2, 5)", "close * 2")]
    [True, True, False]
    """
    return isinstance(node, Constant) or any(_is_redundant(part) for part in node.walk() if isinstance(part, Call))


def _is_redundant(node: Call) -> bool:
    args = panel_args(node)
    numbers = sum(isinstance(arg, Constant) for arg in args)
    if numbers:
        return not takes_constants(node.op) or numbers == len(args)
    return len(args) > 1 and all(arg is args[0] for arg in args) and node.op.name != "mul"
