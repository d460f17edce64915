"""Text -> tree.

1. ``read`` makes a raw tree of the text, by a grammar; nothing is evaluated.
2. A resolver gives the names their meaning and checks arguments and literals where they stand.
3. Units are checked (``unit_of``) unless told not to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.expr.read import read
from dfqgp.expr.resolve import Resolver
from dfqgp.expr.units import unit_of

if TYPE_CHECKING:
    from dfqgp.expr.node import Node
    from dfqgp.expr.vocabulary import Vocabulary


def parse(text: str, vocabulary: Vocabulary, *, typed: bool = True) -> Node:
    """Read an expression.

    Parameters
    ----------
    text : str
        Function calls, ``+ - * /``, comparisons, ``and or not``, numbers, names of features and groupings.
    vocabulary : Vocabulary
        Names that may be used.
    typed : bool
        Refuse trees whose units do not agree.

    Returns
    -------
    Node
        The tree as written; ``canonicalize`` brings equal ones together.

    Raises
    ------
    ExpressionError
        With the 1-based position, what stands there, what was expected and the nearest name.
    UnitError
        If ``typed`` and the units do not agree.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary
    >>> words = Vocabulary.named({"close": "price", "volume": "shares"})
    >>> parse("cs_rank(ts_corr(close, volume, 20))", words).lookback
    19
    """
    node = Resolver(text, vocabulary).root(read(text))
    if typed:
        unit_of(node, vocabulary)
    return node
