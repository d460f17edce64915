"""How a target writes an operator: a template with the operator's arguments, kept in the target's table.

A template names arguments as the operator does: ``{x}.rolling({w}).mean()``. Besides the arguments it may use
``{need}``, the least number of finite values in the window, and ``{rows}``, the rows before t that a value reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from string import Formatter

from dfqgp.errors import WriteError
from dfqgp.expr.node import Call, Constant, Node

# How tightly a text binds, as in Python; qlib, KunQuant and DolphinDB have the same order for what is written to them.
COMPARE, OR, AND, SUM, PRODUCT, UNARY, ATOM = range(7)


@dataclass(frozen=True)
class Rule:
    """A template.

    Parameters
    ----------
    template : str
        See the module.
    level : int
        How tightly the text binds; an operand that binds less gets brackets.
    numbers : bool
        Whether a number may stand for a panel of it, as long as another argument is a panel.
    inner : int, optional
        Level of a symbol inside the text; by default the level of the text itself.
    """

    template: str
    level: int = ATOM
    numbers: bool = False
    inner: int | None = None

    @cached_property
    def operands(self) -> tuple[tuple[str, int], ...]:
        """Each argument in the order of the text, and the level that it needs."""
        parts = list(Formatter().parse(self.template))
        followed = [*(text for text, *_ in parts[1:]), ""]
        return tuple(
            (name, self._needed(before, after, first=not index and before[-1:] in ("", "(")))
            for index, ((before, name, *_), after) in enumerate(zip(parts, followed, strict=True))
            if name is not None
        )

    def _needed(self, before: str, after: str, *, first: bool) -> int:
        if re.search(r"[(\[,=]\s*$", before) and re.match(r"\s*[)\],]", after):
            return COMPARE
        level = self.level if self.inner is None else self.inner
        return min(level + (not first or level in (COMPARE, UNARY)), ATOM)


@dataclass(frozen=True)
class Refusal:
    """Why a target does not write an operator.

    Parameters
    ----------
    reason : str
        What the target has instead, or lacks.
    """

    reason: str


Entry = Rule | Refusal
Table = Mapping[str, Entry | Callable[[Call], Entry]]
"""Operator -> how to write it; a function where that depends on the literals."""


def calls(templates: Mapping[str, str], *, numbers: bool = False, inner: int | None = None) -> dict[str, Entry]:
    """Return rules whose texts are calls, attributes or in brackets."""
    return {name: Rule(template, numbers=numbers, inner=inner) for name, template in templates.items()}


def infix(templates: Mapping[str, str], level: int) -> dict[str, Entry]:
    """Return rules of symbols that bind alike."""
    return {name: Rule(template, level, numbers=True) for name, template in templates.items()}


def refusals(reason: str, names: str) -> dict[str, Entry]:
    """Return one refusal for several operators, their names split by blanks."""
    return {name: Refusal(reason) for name in names.split()}


def rule_of(node: Call, rules: Table, dialect: str) -> Rule:
    """Return how a target writes a call; raises WriteError where it has no text of the same meaning."""
    entry = rules.get(node.op.name, Refusal(f"{dialect} has nothing of the same definition"))
    entry = entry(node) if callable(entry) else entry
    if isinstance(entry, Refusal):
        raise WriteError(dialect=dialect, operator=node.op.signature(), text=short(node), reason=entry.reason)
    return entry


def takes_numbers(node: Call, rule: Rule) -> bool:
    """Return whether numbers among the arguments stay numbers."""
    return rule.numbers and not all(isinstance(arg, Constant) for arg in node.args)


def short(node: Node, longest: int = 200) -> str:
    """Return a term as text, cut where it is long; shared terms may make a text far longer than the tree."""
    if node.size > 10 * longest:
        return f"an expression of {node.size} terms"
    text = repr(node)
    return text if len(text) <= longest else f"{text[:longest]}..."
