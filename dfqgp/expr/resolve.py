"""Raw tree -> tree: names get their meaning in the native language.

Names, kinds of arguments and literals are checked where they stand. A raw tree is shallow (``read.MAX_DEPTH``), so
this may recurse. The dialects build on this class and say otherwise where they differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.expr.mistakes import clipped, mistake, nearest_name
from dfqgp.expr.node import Node, call, constant, field, group, is_boolean
from dfqgp.expr.raw import Application, Choice, Infix, Name, Number, Prefix, Raw
from dfqgp.expr.symbols import operator_of
from dfqgp.ops import OPERATORS, Argument, Operator, Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dfqgp.errors import ExpressionError
    from dfqgp.expr.vocabulary import Vocabulary

_INSTEAD = {"!=": "not x == y", "^": "pow(x, k) with a number k, or power(x, y)"}
"""What the native language writes for symbols that only dialects have."""


class Resolver:
    """Builds the tree of one text.

    Parameters
    ----------
    text : str
        The text, for messages.
    vocabulary : Vocabulary
        Names of features and groups.
    bound : mapping of str to Node or number, optional
        Further names, and what they stand for; they come first.
    """

    def __init__(self, text: str, vocabulary: Vocabulary, bound: Mapping[str, Node | float] | None = None) -> None:
        self.text = text
        self.vocabulary = vocabulary
        self.bound = bound or {}

    def root(self, raw: Raw) -> Node:
        """Return the tree of a whole text, numeric or boolean."""
        return self.panel(raw, None)

    def panel(self, raw: Raw, role: Role | None) -> Node:
        """Return what has to be numeric or boolean, as the role says; None lets both pass."""
        wanted = "a boolean expression such as close > open" if role is Role.BOOLEAN else "a numeric expression"
        if isinstance(raw, Name) and self._is_group(raw.name):
            raise self.error(raw, f"group '{clipped(raw.name)}'", wanted)
        node = self.build(raw)
        if role is None or is_boolean(node) is (role is Role.BOOLEAN):
            return node
        raise self.error(raw, f"{'boolean' if is_boolean(node) else 'numeric'} {self.said(raw)}", wanted)

    def build(self, raw: Raw) -> Node:
        """Return the tree of a raw tree, of whatever kind."""
        if (value := self.written_number(raw)) is not None:
            return constant(value)
        match raw:
            case Name():
                return self.name(raw)
            case Prefix():
                return self.prefix(raw)
            case Infix():
                return self.infix(raw)
            case Application():
                return self.application(raw)
            case Choice():
                return self.choice(raw)
        raise TypeError(f"not a raw tree: {type(raw).__name__}")

    def name(self, raw: Name) -> Node:
        """Return the leaf that a name stands for."""
        name = raw.name
        if name in self.bound:
            value = self.bound[name]
            return value if isinstance(value, Node) else constant(value)
        if name in self.vocabulary.fields:
            return field(name)
        known = [*self.vocabulary.fields, *self.vocabulary.groups]
        what = "operator '{}' without arguments" if name in OPERATORS else "unknown name '{}'"
        raise self.error(raw, what.format(clipped(name)), "a feature or a group", nearest_name(name, known))

    def prefix(self, raw: Prefix) -> Node:
        """Return the term of a sign or of ``not``."""
        if raw.symbol == "not":
            return self.applied("not", raw, (raw.operand,))
        node = self.panel(raw.operand, Role.PANEL)
        return node if raw.symbol == "+" else call("neg", (node,))

    def infix(self, raw: Infix) -> Node:
        """Return the term of a symbol between two parts."""
        name = operator_of(raw.symbol)
        if name is None:
            written = self.text[raw.place : raw.right.start].strip()
            raise mistake(self.text, raw.place, f"'{written}'", _INSTEAD.get(raw.symbol, "an operator of the language"))
        return self.applied(name, raw, (raw.left, raw.right))

    def choice(self, raw: Choice) -> Node:
        """Return the term of ``c ? x : y``."""
        raise self.error(raw, f"'?' in {self.said(raw)}", "if_else(condition, x, y)")

    def application(self, raw: Application) -> Node:
        """Return the term of a function call."""
        return self.applied(raw.name, raw, raw.args)

    def applied(self, name: str, raw: Raw, written: tuple[Raw, ...]) -> Node:
        """Return the term of an operator over what is written as its arguments."""
        if name not in OPERATORS:
            hint = nearest_name(name, OPERATORS)
            raise self.error(raw, f"unknown operator '{clipped(name)}'", "an operator", hint)
        op = OPERATORS[name]
        if len(written) != len(op.arguments):
            raise self.error(raw, f"{name} with {len(written)} arguments", f"{len(op.arguments)}: {op.signature()}")
        args: list[Node] = []
        literals: list[float] = []
        for each, argument in zip(written, op.arguments, strict=True):
            if argument.is_literal:
                literals.append(self.literal(each, argument, op))
            elif argument.role is Role.GROUP:
                args.append(self.grouping(each, op))
            else:
                args.append(self.panel(each, argument.role))
        if problem := op.problem(literals):
            raise self.error(raw, self.said(raw), f"{problem} in {op.signature()}")
        return call(name, tuple(args), tuple(literals))

    def literal(self, raw: Raw, argument: Argument, op: Operator) -> float:
        """Return a literal argument, checked."""
        value = self.written_number(raw)
        if value is None or not argument.accepts(value):
            shown = f"'{value}'" if value is not None and isinstance(raw, Name) else self.said(raw)
            raise self.error(raw, shown, f"{argument.expected()} in {op.signature()}")
        return argument.as_literal(value)

    def written_number(self, raw: Raw) -> int | float | None:
        """Return the number that a part of the text is, sign included, or None; an int stays one."""
        match raw:
            case Number(value=value):
                return value
            case Prefix(symbol="-" | "+" as sign, operand=operand):
                inner = self.written_number(operand)
                return inner if inner is None or sign == "+" else -inner
            case Name(name=name):
                bound = self.bound.get(name)
                return None if isinstance(bound, Node) else bound
        return None

    def grouping(self, raw: Raw, op: Operator) -> Node:
        """Return the group that stands where a signature wants one."""
        name = raw.name if isinstance(raw, Name) else ""
        bound = self.bound.get(name)
        if isinstance(bound, Node):
            return bound
        if name in self.vocabulary.groups:
            return group(name)
        hint = nearest_name(name, self.vocabulary.groups)
        raise self.error(raw, self.said(raw), f"a group in {op.signature()}", hint)

    def _is_group(self, name: str) -> bool:
        return name in self.vocabulary.groups and name not in self.vocabulary.fields and name not in self.bound

    def said(self, raw: Raw) -> str:
        """Return what stands in the text, in quotes, shortened."""
        return f"'{clipped(' '.join(self.text[raw.start : raw.end].split()))}'"

    def error(self, raw: Raw, received: str, expected: str, hint: str = "") -> ExpressionError:
        """Return the error for a part of the text."""
        return mistake(self.text, raw.start, received, expected, hint)
