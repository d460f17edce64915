"""Whether two expressions are equivalent, how equal they are, and by which rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dfqgp.expr.canonicalize import canonicalize, score_form
from dfqgp.expr.rules import Equality

if TYPE_CHECKING:
    from dfqgp.expr.node import Node
    from dfqgp.expr.rules import Rule


@dataclass(frozen=True)
class Equivalence:
    """What was found about two expressions.

    Parameters
    ----------
    equal : bool
        Whether they are equivalent. False says that no rule and no fingerprint shows it; they may be all the same.
    kind : str or None
        ``"values"``: every value and every NaN is the same. ``"rounding"``: equal in exact arithmetic. ``"fitness"``:
        a score cannot tell them apart, up to sign. ``"fingerprint"``: their residual ranks are the same on 16 days of
        the panel. None where they are not equivalent.
    rules : tuple of str
        The rules that bring the two to one form, each as ``left -> right``; none where the order of arguments alone
        does, or arithmetic.
    form : Node or None
        The form in which they meet.
    """

    equal: bool
    kind: str | None
    rules: tuple[str, ...] = ()
    form: Node | None = None

    def __bool__(self) -> bool:
        return self.equal


def equivalent(left: Node, right: Node) -> Equivalence:
    """Compare two trees by the rules, the strictest first.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary, parse
    >>> words = Vocabulary.named({"close": "price", "open": "price"})
    >>> found = equivalent(parse("abs(close - open)", words), parse("abs(open - close) * 2", words))
    >>> found.equal, found.kind, found.rules[-1]
    (True, 'fitness', 'x * k -> x where k != 0')
    """
    for equality in Equality:
        used: list[Rule] = []
        one, other = (_form(node, equality, used) for node in (left, right))
        if one is other:
            return Equivalence(equal=True, kind=equality.name.lower(), rules=_texts(used), form=one)
    return Equivalence(equal=False, kind=None)


def _form(node: Node, equality: Equality, used: list[Rule]) -> Node:
    form = canonicalize(node, min(equality, Equality.ROUNDING), used)
    return score_form(form, used)[0] if equality is Equality.FITNESS else form


def _texts(rules: list[Rule]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(str, rules)))
