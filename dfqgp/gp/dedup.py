"""When two trees are one to the search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.expr import Equality, canonicalize, score_form

if TYPE_CHECKING:
    from dfqgp.expr import Node


def distinct_form(node: Node) -> Node:
    """Return the canonical tree that scores as ``node`` does, up to sign and rounding; compare by ``is`` or ``key``.

    It is what a search evaluates in the place of ``node``.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary, parse
    >>> words = Vocabulary.named({"open": "price", "close": "price"})
    >>> distinct_form(parse("-(close + open) * 2 + 1", words, typed=False))
    open + close
    """
    return score_form(canonicalize(node, Equality.ROUNDING))[0]
