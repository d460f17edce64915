"""Canonical form: trees that mean the same become the same tree.

1. Canonicalise the arguments.
2. Fold an operator over numbers alone into a number, in float32 as the engine would.
3. Rewrite by the first matching rule of ``RULES``, until none matches.
4. Sort the arguments of commutative operators by their keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from dfqgp.expr.node import Call, Constant, Field, Node, call, constant
from dfqgp.expr.parse import parse
from dfqgp.expr.vocabulary import Vocabulary
from dfqgp.ops import Kind
from dfqgp.ops.units import RATIO

RULES: tuple[tuple[str, str], ...] = (
    ("x * 1", "x"),
    ("1 * x", "x"),
    ("x / 1", "x"),
    ("x * -1", "-x"),
    ("-1 * x", "-x"),
    ("x / -1", "-x"),
    ("x + 0", "x"),
    ("0 + x", "x"),
    ("x - 0", "x"),
    ("0 - x", "-x"),
    ("neg(neg(x))", "x"),
    ("x - neg(y)", "x + y"),
    ("x + neg(y)", "x - y"),
    ("neg(x) + y", "y - x"),
    ("neg(x - y)", "y - x"),
    ("neg(x) * neg(y)", "x * y"),
    ("neg(x) / neg(y)", "x / y"),
    ("neg(x) * y", "neg(x * y)"),
    ("x * neg(y)", "neg(x * y)"),
    ("neg(x) / y", "neg(x / y)"),
    ("x / neg(y)", "neg(x / y)"),
    ("abs(neg(x))", "abs(x)"),
    ("abs(abs(x))", "abs(x)"),
    ("abs(sqrt(x))", "sqrt(x)"),
    ("sign(sign(x))", "sign(x)"),
    ("sign(neg(x))", "neg(sign(x))"),
    ("max2(x, x)", "x"),
    ("min2(x, x)", "x"),
    ("ts_mean(x, 1)", "x"),
    ("ts_min(x, 1)", "x"),
    ("ts_max(x, 1)", "x"),
    ("ts_decay_linear(x, 1)", "x"),
)
"""Rewrites that keep every value and every NaN; ``x`` and ``y`` stand for any tree."""

_WORDS = Vocabulary({"x": RATIO, "y": RATIO})


@dataclass(frozen=True)
class _Rule:
    pattern: Node
    replacement: Node


@cache
def _rules() -> dict[str, tuple[_Rule, ...]]:
    """Parse RULES once, by the pattern's operator."""
    table: dict[str, tuple[_Rule, ...]] = {}
    for left, right in RULES:
        rule = _Rule(parse(left, _WORDS), parse(right, _WORDS))
        name = rule.pattern.op.name if isinstance(rule.pattern, Call) else ""
        table[name] = (*table.get(name, ()), rule)
    return table


def canonicalize(node: Node) -> Node:
    """Return the canonical form of a tree.

    Parameters
    ----------
    node : Node
        Any tree.

    Returns
    -------
    Node
        A tree with the same values and the same NaN on every panel; ``canonicalize`` of it is itself.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary, parse
    >>> words = Vocabulary.named({"open": "price", "close": "price"})
    >>> canonicalize(parse("neg(neg(close + open)) * 1", words)) is canonicalize(parse("open + close", words))
    True
    """
    if not isinstance(node, Call):
        return node
    args = tuple(canonicalize(arg) for arg in node.args)
    return _settle(_sorted(call(node.op.name, args, node.literals)))


def _settle(node: Call) -> Node:
    folded = _fold(node)
    if folded is not None:
        return folded
    for rule in _rules().get(node.op.name, ()):
        found: dict[str, Node] = {}
        if _matches(rule.pattern, node, found):
            return canonicalize(_replace(rule.replacement, found))
    return node


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
    if not node.op.commutes:
        return node
    return call(node.op.name, tuple(sorted(node.args, key=lambda arg: arg.key)), node.literals)


def _matches(pattern: Node, node: Node, found: dict[str, Node]) -> bool:
    if isinstance(pattern, Field):
        return found.setdefault(pattern.name, node) is node
    if isinstance(pattern, Call):
        return (
            isinstance(node, Call)
            and node.op is pattern.op
            and node.literals == pattern.literals
            and all(_matches(part, arg, found) for part, arg in zip(pattern.args, node.args, strict=True))
        )
    return pattern is node


def _replace(template: Node, found: dict[str, Node]) -> Node:
    if isinstance(template, Field):
        return found[template.name]
    if isinstance(template, Call):
        args = tuple(_replace(arg, found) for arg in template.args)
        return call(template.op.name, args, template.literals)
    return template


def score_form(node: Node) -> tuple[Node, int]:
    """Strip what a score cannot see at the root: -x and a * x + b rank as x does, up to sign.

    Parameters
    ----------
    node : Node
        A canonical tree.

    Returns
    -------
    tuple of Node and int
        The canonical inner tree, and 1 or -1 by which its ranks turn into those of ``node``.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary, parse
    >>> words = Vocabulary.named({"returns": "ratio"})
    >>> score_form(canonicalize(parse("3 - 2 * returns", words)))
    (returns, -1)
    """
    sign = 1
    while isinstance(node, Call):
        step = _affine_step(node)
        if step is None:
            break
        node, turn = step
        sign *= turn
    return node, sign


def _affine_step(node: Call) -> tuple[Node, int] | None:
    numbers = [arg.value for arg in node.args if isinstance(arg, Constant)]
    others = [arg for arg in node.args if not isinstance(arg, Constant)]
    if node.op.name == "neg":
        return node.args[0], -1
    if len(numbers) != 1 or len(others) != 1 or node.op.name not in {"add", "sub", "mul", "div"}:
        return None
    inner, number = others[0], numbers[0]
    if node.op.name in {"add", "sub"}:
        return inner, -1 if node.op.name == "sub" and inner is node.args[1] else 1
    if number == 0 or (node.op.name == "div" and inner is node.args[1]):
        return None
    return inner, 1 if number > 0 else -1
