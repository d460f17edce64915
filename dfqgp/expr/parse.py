"""Text -> tree.

1. ``read`` makes a raw tree of the text, by a grammar; nothing is evaluated.
2. A resolver gives the names their meaning and checks arguments and literals where they stand.
3. Units are checked (``unit_of``) unless told not to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.errors import ConfigError, nearest
from dfqgp.expr.dialects.readers import READERS
from dfqgp.expr.dialects.readers.gplearn import Gplearn
from dfqgp.expr.mistakes import clipped
from dfqgp.expr.read import read
from dfqgp.expr.resolve import Resolver
from dfqgp.expr.units import unit_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.expr.node import Node
    from dfqgp.expr.vocabulary import Vocabulary


NATIVE = "dfqgp"
DIALECTS = (NATIVE, *READERS)


def parse(
    text: str,
    vocabulary: Vocabulary,
    *,
    typed: bool = True,
    dialect: str = NATIVE,
    names: Sequence[str] | None = None,
) -> Node:
    """Read an expression.

    Parameters
    ----------
    text : str
        Function calls, ``+ - * /``, comparisons, ``and or not``, numbers, names of features and groupings.
    vocabulary : Vocabulary
        Names that may be used.
    typed : bool
        Refuse trees whose units do not agree.
    dialect : {"dfqgp", "alpha101", "qlib", "gplearn"}
        The notation of the text, see docs/dialects.md.
    names : sequence of str, optional
        For gplearn, the features that ``X0``, ``X1``, ... are; the vocabulary's own by default, in its order.

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
    ConfigError
        For a dialect that is not known, or ``names`` for one that has no numbered columns.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary
    >>> words = Vocabulary.named({"close": "price", "volume": "shares"})
    >>> parse("cs_rank(ts_corr(close, volume, 20))", words).lookback
    19
    >>> parse("Mean($close, 5) / Ref($close, 1)", words, dialect="qlib")
    ts_mean(close, 5) / ts_delay(close, 1)
    """
    node = _resolver(text, vocabulary, dialect, names).root(read(text))
    if typed:
        unit_of(node, vocabulary)
    return node


def _resolver(text: str, vocabulary: Vocabulary, dialect: str, names: Sequence[str] | None) -> Resolver:
    if dialect not in DIALECTS:
        hint = nearest(str(dialect), DIALECTS)
        raise ConfigError(key="dialect", got=repr(dialect), expected=f"one of {', '.join(DIALECTS)}", hint=hint)
    if names is not None and (isinstance(names, str) or not all(isinstance(name, str) for name in names)):
        raise ConfigError(key="names", got=clipped(repr(names)), expected="a list of names of features", hint="")
    if dialect == "gplearn":
        return Gplearn(text, vocabulary, names=names)
    if names is not None:
        raise ConfigError(key="names", got=f"{len(names)} names", expected="none but for dialect='gplearn'", hint="")
    return READERS.get(dialect, Resolver)(text, vocabulary)
