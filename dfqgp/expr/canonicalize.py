"""Canonical form: trees that mean the same become the same tree.

1. Canonicalise the arguments.
2. Sort the arguments of commutative operators by their keys.
3. Fold an operator over numbers alone into a number, in float32 as the engine would.
4. Rewrite by the first rule that fits and is as strict as asked for, and start again with what it gives.

The rules are data (``dfqgp.expr.rules``); every one simplifies by a measure that the tests state, so this ends.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dfqgp.expr.arithmetic import Found, arithmetic, value_of
from dfqgp.expr.node import Call, Constant, call, constant
from dfqgp.expr.patterns import Applied, build, matches, orders, read
from dfqgp.expr.rules import ROOT_RULES, RULES, Equality, Rule
from dfqgp.ops import Kind

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable

    from dfqgp.expr.node import Node
    from dfqgp.expr.patterns import Pattern


class Compiled(NamedTuple):
    """A rule, read: one of its left side's orders, its right side, its condition and its turn."""

    rule: Rule
    left: Pattern
    right: Pattern
    when: ast.expr | None
    turn: ast.expr

    def rewritten(self, node: Node) -> tuple[Node, Found] | None:
        """Return what the rule makes of a tree, and what its names stand for; None where it does not fit."""
        found: Found = {}
        if not matches(self.left, node, found) or (self.when is not None and not value_of(self.when, found)):
            return None
        new = build(self.right, found)
        return None if new is None else (new, found)


@cache
def _compiled() -> dict[str, tuple[Compiled, ...]]:
    return _table(RULES)


@cache
def _compiled_root() -> dict[str, tuple[Compiled, ...]]:
    return _table(ROOT_RULES)


def _table(rules: Iterable[Rule]) -> dict[str, tuple[Compiled, ...]]:
    """Read rules once, by the operator of their left side."""
    table: dict[str, tuple[Compiled, ...]] = {}
    for rule in rules:
        when, turn = arithmetic(rule.when) if rule.when else None, arithmetic(rule.turn)
        for left in orders(read(rule.left)):
            if not isinstance(left, Applied):
                raise TypeError(f"a rule rewrites an operator, not {rule.left}")
            table[left.op] = (*table.get(left.op, ()), Compiled(rule, left, read(rule.right), when, turn))
    return table


def canonicalize(node: Node, equality: Equality = Equality.VALUES, used: list[Rule] | None = None) -> Node:
    """Return the canonical form of a tree.

    Parameters
    ----------
    node : Node
        Any tree.
    equality : Equality
        The weakest rules to apply: ``VALUES`` for a form with the same values and the same NaN on every panel,
        ``ROUNDING`` for one that is the same up to rounding. Rules of the fitness are those of ``score_form``.
    used : list of Rule, optional
        Takes the rules that are applied, in order.

    Returns
    -------
    Node
        A tree of which ``canonicalize`` with the same equality is itself.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary, parse
    >>> words = Vocabulary.named({"open": "price", "close": "price"})
    >>> canonicalize(parse("neg(neg(close + open)) * 1", words)) is canonicalize(parse("open + close", words))
    True
    >>> twice = parse("ts_mean(close * 2, 5)", words)
    >>> canonicalize(twice), canonicalize(twice, Equality.ROUNDING)
    (ts_mean(close * 2, 5), ts_mean(close, 5) * 2)
    """
    if not isinstance(node, Call):
        return node
    if used is not None:
        return _rewritten(node, equality, used)
    known = node.memo.get(equality, node)
    if known is None:  # a tree that is its own form is not kept by itself
        return node
    if known is not node:
        return known  # type: ignore[no-any-return]
    form = _rewritten(node, equality, None)
    node.memo[equality] = None if form is node else form
    return form


def _rewritten(node: Call, equality: Equality, used: list[Rule] | None) -> Node:
    args = tuple(canonicalize(arg, equality, used) for arg in node.args)
    settled = _sorted(call(node.op.name, args, node.literals))
    folded = _fold(settled)
    if folded is not None:
        return folded
    for each in _compiled().get(settled.op.name, ()):
        if each.rule.equality <= equality and (new := each.rewritten(settled)) is not None:
            if used is not None:
                used.append(each.rule)
            return canonicalize(new[0], equality, used)
    return settled


def _fold(node: Call) -> Constant | None:
    numbers = all(isinstance(arg, Constant) for arg in node.args)
    if node.op.kind is not Kind.ELEMENT or node.op.boolean or not numbers:
        return None
    cells = iter(np.full((1, 1), arg.value, dtype=np.float32) for arg in node.args if isinstance(arg, Constant))
    literals = iter(node.literals)
    inputs = [next(literals) if each.is_literal else next(cells) for each in node.op.arguments]
    value = float(node.op.apply(inputs, np.ones((1, 1), dtype=bool))[0, 0])
    return constant(value) if np.isfinite(value) else None


def _sorted(node: Call) -> Call:
    if not node.op.commutes or node.args[0].key <= node.args[1].key:
        return node
    return call(node.op.name, node.args[::-1], node.literals)


def score_form(node: Node, used: list[Rule] | None = None) -> tuple[Node, int]:
    """Strip what a score cannot see at the root: -x and a * x + b rank as x does, up to sign.

    Parameters
    ----------
    node : Node
        A canonical tree.
    used : list of Rule, optional
        Takes the rules that are applied, in order.

    Returns
    -------
    tuple of Node and int
        The canonical tree that is left, and 1 or -1 by which its ranks turn into those of ``node``.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary, parse
    >>> words = Vocabulary.named({"returns": "ratio"})
    >>> score_form(canonicalize(parse("3 - 2 * returns", words)))
    (returns, -1)
    """
    sign = 1
    while isinstance(node, Call):
        for each in _compiled_root().get(node.op.name, ()):
            if (new := each.rewritten(node)) is not None:
                if used is not None:
                    used.append(each.rule)
                node = canonicalize(new[0], Equality.ROUNDING)
                sign *= 1 if value_of(each.turn, new[1]) > 0 else -1
                break
        else:
            break
    return node, sign
