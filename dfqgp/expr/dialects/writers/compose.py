"""Tree -> statements: every term once, bottom up; terms that are used twice are bound to names.

1. List the distinct terms, arguments before what reads them (``terms_of``).
2. Count how often the texts will name each (``_uses``).
3. Fill the template of each; bind the text to a name where the target's style asks for it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dfqgp.errors import WriteError
from dfqgp.expr.dialects.writers.rules import ATOM, UNARY, Rule, rule_of, short, takes_numbers
from dfqgp.expr.node import Call, Constant, Field, Group, Node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from dfqgp.expr.dialects.writers.rules import Table

LONGEST = 100_000
"""Characters of one statement; a template that names an argument twice doubles its text."""


def number(value: float) -> str:
    """Write a number: whole ones without a point."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))


@dataclass(frozen=True)
class Style:
    """What a target's texts look like, apart from its operators.

    Parameters
    ----------
    dialect : str
        Name of the target.
    rules : mapping
        Operator -> template, refusal, or a function of the call that returns one.
    leaf : callable
        A feature or grouping -> its text, an atom.
    panel : callable
        (number, term that reads it) -> text of a panel of that number.
    binds : callable
        (call, times that it is named, its text) -> whether it gets a name.
    reference : callable
        Name -> text that stands for what is bound to it.
    number : callable
        Number among panels -> its text.
    """

    dialect: str
    rules: Table
    leaf: Callable[[Node], str]
    panel: Callable[[float, Node], str]
    binds: Callable[[Call, int, str], bool] = lambda *_: False
    reference: Callable[[str], str] = str
    number: Callable[[float], str] = number


@dataclass
class Composed:
    """Statements in order as (name, text), and the text of the whole tree."""

    statements: list[tuple[str, str]] = field(default_factory=list)
    root: str = ""


def compose(root: Node, style: Style, taken: frozenset[str] = frozenset()) -> Composed:
    """Write a tree in a target's style.

    Parameters
    ----------
    root : Node
        Any tree.
    style : Style
        The target.
    taken : frozenset of str
        Names that may not be bound.

    Raises
    ------
    WriteError
        For an operator that the target does not have.
    """
    found = Composed()
    texts: dict[Node, tuple[str, int]] = {}
    uses, names = _uses(root, style), _names(taken)
    for node in terms_of(root):
        if isinstance(node, Call):
            text, level = _call(node, texts, style)
            if len(text) > LONGEST:
                raise WriteError(
                    dialect=style.dialect, operator=node.op.signature(), text=short(node),
                    reason=f"it takes more than {LONGEST} characters, as nothing can be bound to a name there",
                )  # fmt: skip
            if node is not root and style.binds(node, uses[node], text):
                name = next(names)
                found.statements.append((name, text))
                text, level = style.reference(name), ATOM
        elif isinstance(node, Constant):
            text, level = style.number(node.value), UNARY if node.value < 0 else ATOM
        else:
            text, level = style.leaf(node), ATOM
        texts[node] = text, level
    found.root = style.panel(root.value, root) if isinstance(root, Constant) else texts[root][0]
    return found


def terms_of(root: Node) -> list[Node]:
    """List the distinct terms of a tree, arguments before what reads them.

    Examples
    --------
    >>> from dfqgp.expr.node import call, field
    >>> x = field("close")
    >>> terms_of(call("sub", (call("ts_delay", (x,), (1,)), x)))
    [close, ts_delay(close, 1), ts_delay(close, 1) - close]
    """
    seen: dict[Node, None] = {}
    stack = [(root, False)]
    while stack:
        node, expanded = stack.pop()
        if expanded:
            seen.setdefault(node)
        elif node not in seen:
            stack.append((node, True))
            stack.extend((arg, False) for arg in reversed(node.args))
    return list(seen)


def leaves_of(root: Node) -> tuple[list[str], list[str]]:
    """Return the names of the features and of the groupings that a tree reads, each sorted."""
    terms = terms_of(root)
    fields, groups = ({node.name for node in terms if isinstance(node, kind)} for kind in (Field, Group))
    return sorted(fields), sorted(groups)


def _call(node: Call, texts: Mapping[Node, tuple[str, int]], style: Style) -> tuple[str, int]:
    rule = rule_of(node, style.rules, style.dialect)
    given = dict(_given(node, rule, texts, style))
    values = [_bracketed(*given[name], least) for name, least in rule.operands]
    return _fill(rule, values), rule.level


def _given(
    node: Call, rule: Rule, texts: Mapping[Node, tuple[str, int]], style: Style
) -> Iterator[tuple[str, tuple[str, int]]]:
    """Yield the text and level of everything that a template may name."""
    args, literals, numbers = iter(node.args), iter(node.literals), takes_numbers(node, rule)
    for each in node.op.arguments:
        if each.is_literal:
            value = next(literals)
            yield each.name, (number(value), UNARY if value < 0 else ATOM)
        else:
            arg = next(args)
            panel = isinstance(arg, Constant) and not numbers
            yield each.name, (style.panel(arg.value, node), ATOM) if panel else texts[arg]  # type: ignore[attr-defined]
    yield "need", (str(node.op.needed(node.literals)), ATOM)
    yield "rows", (str(node.op.lookback(node.literals)), ATOM)


def _bracketed(text: str, level: int, least: int) -> str:
    return text if level >= least else f"({text})"


def _fill(rule: Rule, values: list[str]) -> str:
    texts = iter(values)
    return rule.template.format_map(_InOrder(texts))


class _InOrder(dict[str, str]):
    """Answers each name of a template with the next text, since one name may need brackets in one place alone."""

    def __init__(self, texts: Iterator[str]) -> None:
        super().__init__()
        self._texts = texts

    def __missing__(self, _: str) -> str:
        return next(self._texts)


def _uses(root: Node, style: Style) -> Counter[Node]:
    """Count the places that will name each term."""
    uses: Counter[Node] = Counter()
    for node in terms_of(root):
        if isinstance(node, Call):
            rule = rule_of(node, style.rules, style.dialect)
            places = Counter(name for name, _ in rule.operands)
            panels = [each.name for each in node.op.arguments if not each.is_literal]
            for name, arg in zip(panels, node.args, strict=True):
                uses[arg] += places[name]
    return uses


def _names(taken: frozenset[str]) -> Iterator[str]:
    index = 0
    while True:
        index += 1
        if f"v{index}" not in taken:
            yield f"v{index}"
