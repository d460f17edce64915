"""Which parts of a tree say nothing: the same number everywhere, or what a simpler tree says."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from dfqgp.expr.node import Call, Constant, panel_args
from dfqgp.expr.patterns import Applied, matches, orders, read
from dfqgp.expr.ranges import range_of
from dfqgp.expr.rules import CONSTANT

if TYPE_CHECKING:
    from dfqgp.expr.node import Node


@cache
def _constant_patterns() -> dict[str, tuple[Applied, ...]]:
    table: dict[str, tuple[Applied, ...]] = {}
    for text in CONSTANT:
        for pattern in orders(read(text)):
            if isinstance(pattern, Applied):
                table[pattern.op] = (*table.get(pattern.op, ()), pattern)
    return table


def never_varies(node: Node) -> bool:
    """Return whether an expression is certain to be one number wherever it has a value, or noise about one.

    Of data it knows nothing: what never varies in one panel alone is not certain.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary, parse
    >>> words = Vocabulary.named({"returns": "ratio"})
    >>> [never_varies(parse(text, words)) for text in ("returns - returns", "sign(abs(returns) + 1)", "returns * 2")]
    [True, True, False]
    """
    if never_varies not in node.memo:
        node.memo[never_varies] = _never_varies(node)
    return bool(node.memo[never_varies])


def _never_varies(node: Node) -> bool:
    if isinstance(node, Constant):
        return True
    if not isinstance(node, Call):
        return False
    low, high = range_of(node)
    if low == high or all(map(never_varies, panel_args(node))):
        return True
    return any(matches(pattern, node, {}) for pattern in _constant_patterns().get(node.op.name, ()))
