"""The page of the expression language: prose from language.md, all else from the registries and the parser.

1. Every part that the prose leaves open is made by a function of ``PARTS``.
2. ``language_page`` puts them in; a part that is missing or too many is an error.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from dfqgp.errors import ExpressionError, UnitError
from dfqgp.expr import Call, Node, Vocabulary, canonicalize, parse, unit_of
from dfqgp.expr.read import MAX_DEPTH, MAX_LENGTH
from dfqgp.expr.rules import ROOT_RULES, RULES, Equality
from dfqgp.features import REGISTRY
from dfqgp.features.assemble import INDUSTRY
from dfqgp.ops import OPERATORS, Kind
from dfqgp.ops.arguments import LONGEST
from dfqgp.ops.units import UNITS
from reference_pages.examples import examples, setup
from reference_pages.markdown import block, code, table
from reference_pages.operators import operator_table, support_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from dfqgp.expr.rules import Rule

PROSE = Path(__file__).with_name("language.md")

WORDS = Vocabulary.named({feature.name: feature.unit for feature in REGISTRY}, [INDUSTRY])

GRAMMAR = """\
expression = both { "or" both }
both       = negation { "and" negation }
negation   = "not" negation | comparison
comparison = sum [ ( "<" | "<=" | ">" | ">=" | "==" ) sum ]
sum        = product { ( "+" | "-" ) product }
product    = signed { ( "*" | "/" ) signed }
signed     = ( "-" | "+" ) signed | atom
atom       = number | feature | operator "(" argument { "," argument } ")" | "(" expression ")"
argument   = expression | group | literal"""

EXAMPLES = (
    "open + close * 2",
    "-open / close",
    "close - open - low",
    "close - (open - low)",
    "-2 * turnover",
    "amount / volume",
    "cs_rank(ts_corr(close, volume, 20))",
    "ts_mean(ts_delta(close, 5) / close, 10)",
    "group_demean(-returns, industry)",
)
"""Texts whose trees the page shows."""

CANONICAL = (
    "close + open",
    "neg(neg(returns)) * 1 + 0",
    "2 * 3 * turnover",
    "(-high) / (-low)",
    "ts_corr(close, volume, 20)",
)
"""Texts whose canonical forms the page shows."""

MISTAKES = (
    "ts_maen(close, 5)",
    "close / hgih",
    "cs_rank",
    "ts_mean(close)",
    "ts_mean(close, 5.5)",
    "ts_std(returns, 1)",
    f"ts_mean(close, {2 * LONGEST})",
    "group_demean(returns, close)",
    "industry + 1",
    "close > open > low",
    "close ** 2",
    "cs_rank(close",
    "close + volume",
    "log(close)",
)
"""Texts that are refused, to show how."""


def language_page() -> str:
    """Return the page as Markdown."""
    parts = {name: make() for name, make in PARTS.items()}
    template = Template(PROSE.read_text(encoding="utf-8"))
    if set(template.get_identifiers()) != set(parts):
        raise ValueError(f"{PROSE.name} asks for {sorted(template.get_identifiers())}, there are {sorted(parts)}")
    return template.substitute(parts)


def answer(text: str) -> str:
    """Return the error that a text is refused with, its class in front.

    Examples
    --------
    >>> print(answer("ts_maen(close, 5)"))
    ExpressionError: expression, position 1: unknown operator 'ts_maen'; expected an operator; did you mean 'ts_mean'?
      ts_maen(close, 5)
      ^
    """
    try:
        node = parse(text, WORDS)
    except (ExpressionError, UnitError) as error:
        return f"{type(error).__name__}: {error}"
    raise ValueError(f"the page shows {text!r} as a mistake, but it is {node!r}")


def spelled(node: Node) -> str:
    """Return a tree with every operator written as a function.

    Examples
    --------
    >>> spelled(parse("-(open + close)", WORDS))
    'neg(add(open, close))'
    """
    if not isinstance(node, Call):
        return repr(node)
    nodes, literals = iter(node.args), iter(node.literals)
    parts = (str(next(literals)) if each.is_literal else spelled(next(nodes)) for each in node.op.arguments)
    return f"{node.op.name}({', '.join(parts)})"


def _infix() -> str:
    return ", ".join(f"`{op.infix}` is `{op.name}`" for op in OPERATORS.values() if op.infix)


def _examples() -> str:
    def row(text: str) -> tuple[str, ...]:
        node = parse(text, WORDS)
        return code(text), code(spelled(node)), *map(str, (node.size, node.depth, node.lookback, unit_of(node, WORDS)))

    return table(("text", "tree", "size", "depth", "lookback", "unit"), map(row, EXAMPLES))


def _limits() -> str:
    rows = (
        ("characters in a text", str(MAX_LENGTH)),
        ("nested brackets, and depth of a tree", str(MAX_DEPTH)),
        ("window or delay", f"from 1 or the operator's minimum to {LONGEST}"),
        ("number", "what float32 can hold"),
    )
    return table(("limit", "value"), rows)


def _operators() -> str:
    return "\n\n".join(
        f"### {kind.value[0].upper()}{kind.value[1:]}\n\n{operator_table(kind)}\n\n{examples(kind)}" for kind in Kind
    )


def _units() -> str:
    rows = ((name, str(unit.currency), str(unit.shares), str(unit.count)) for name, unit in UNITS.items())
    return table(("unit", "currency", "shares", "count"), rows)


def _askers() -> str:
    asked: dict[str, list[str]] = {}
    for op in OPERATORS.values():
        asked.setdefault(op.unit.name, []).append(code(op.name))
    return table(("asked for", "operators"), ((name, ", ".join(operators)) for name, operators in asked.items()))


def _features() -> str:
    rows = (
        (
            code(feature.name),
            feature.unit,
            ", ".join(map(code, feature.columns)),
            ", ".join(map(code, feature.features)),
            (inspect.getdoc(feature.build) or "").split("\n")[0],
        )
        for feature in REGISTRY
    )
    return table(("feature", "unit", "from columns", "from features", "what it is"), rows)


def _canonical() -> str:
    rows = ((code(text), code(repr(canonicalize(parse(text, WORDS))))) for text in CANONICAL)
    return table(("text", "canonical form"), rows)


def _rules(equality: Equality) -> str:
    """Return a table of rules; those that say the same of several operators are one row."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for rule in (*RULES, *ROOT_RULES):
        if rule.equality is equality:
            rows.setdefault(_template(rule), []).append(rule.operator)
    return table(
        ("from", "to", "where", "for OP"),
        ((code(left), code(right), code(when) if when else "", ", ".join(map(code, filter(None, names))))
         for (left, right, when), names in rows.items()),
    )  # fmt: skip


def _template(rule: Rule) -> tuple[str, str, str]:
    if not rule.operator:
        return rule.left, rule.right, rule.when
    name = re.compile(rf"\b{rule.operator}\b")
    return name.sub("OP", rule.left), name.sub("OP", rule.right), rule.when


def _mistakes() -> str:
    return "\n\n".join(f"{code(text)}\n\n{block(answer(text))}" for text in MISTAKES)


PARTS: dict[str, Callable[[], str]] = {
    "grammar": lambda: block(GRAMMAR),
    "infix": _infix,
    "examples": _examples,
    "limits": _limits,
    "longest": lambda: str(LONGEST),
    "setup": setup,
    "operators": _operators,
    "units": _units,
    "askers": _askers,
    "features": _features,
    "group": lambda: code(INDUSTRY),
    "canonical": _canonical,
    "rules_of_values": lambda: _rules(Equality.VALUES),
    "rules_of_rounding": lambda: _rules(Equality.ROUNDING),
    "rules_of_fitness": lambda: _rules(Equality.FITNESS),
    "mistakes": _mistakes,
    "support": support_table,
}
"""What makes each part that the prose leaves open."""
