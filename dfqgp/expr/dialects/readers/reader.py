"""Raw tree -> tree, where the names are those of another notation.

1. A function is looked up in the dialect's table (``meaning.py``); of several signatures the first that fits counts.
2. Its arguments are resolved, and the expression that it means is resolved with them in the places of its letters.
3. A boolean where a number is wanted is 1 or 0, which these notations have no other word for.
4. The tree is bounded: what it renders to has to be read again.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, ClassVar

from dfqgp.errors import ExpressionError
from dfqgp.expr.dialects.readers.meaning import CONDITIONS, DAYS, GROUPS, NUMBERS, Meaning, compiled
from dfqgp.expr.mistakes import clipped, nearest_name
from dfqgp.expr.node import Node, call, constant, field, is_boolean
from dfqgp.expr.read import MAX_DEPTH, MAX_LENGTH, read
from dfqgp.expr.render import render
from dfqgp.expr.resolve import Resolver
from dfqgp.ops import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dfqgp.expr.raw import Application, Choice, Infix, Name, Raw

MAX_SIZE = 2_000


class Reader(Resolver):
    """A dialect: its tables are class attributes, its odd rules override methods.

    Attributes
    ----------
    meanings : mapping of str to str
        Signature -> expression of the native language.
    unsaid : mapping of str to str
        Functions that the notation has and dfqgp cannot say -> why.
    """

    meanings: ClassVar[Mapping[str, str]]
    unsaid: ClassVar[Mapping[str, str]] = {}

    def root(self, raw: Raw) -> Node:
        """Return the tree of a whole text, numeric and no larger than what the parser reads."""
        node = self.panel(raw, Role.PANEL)
        if node.depth > MAX_DEPTH:
            raise self.error(raw, f"a formula that becomes {node.depth} levels deep", f"at most {MAX_DEPTH}")
        if node.size > MAX_SIZE:
            raise self.error(raw, "a formula that becomes too large", f"at most {MAX_SIZE} operators and leaves")
        if len(render(node)) > MAX_LENGTH:
            raise self.error(raw, f"a formula that becomes {len(render(node))} characters", f"at most {MAX_LENGTH}")
        return node

    def panel(self, raw: Raw, role: Role | None) -> Node:
        """Return what has to be numeric or boolean; a boolean where a number is wanted is 1 or 0."""
        node = super().panel(raw, None if role is Role.PANEL else role)
        return _as_number(node) if role is Role.PANEL and is_boolean(node) else node

    def application(self, raw: Application) -> Node:
        """Return what a function call means."""
        name, table = self.spelled(raw.name), _table(type(self))
        if name in self.unsaid:
            raise self.error(raw, f"'{clipped(raw.name)}'", f"what dfqgp can say: {self.unsaid[name]}")
        if name not in table:
            known = [*table, *self.unsaid]
            raise self.error(raw, f"unknown function '{clipped(raw.name)}'", "a function", nearest_name(name, known))
        numbers = [self.written_number(arg) for arg in raw.args]
        for meaning in table[name]:
            if meaning.takes(numbers):
                return self.expanded(raw, meaning)
        raise self._misfit(raw, table[name])

    def expanded(self, raw: Application, meaning: Meaning) -> Node:
        """Return the tree of a meaning over the arguments of a call."""
        given = zip(meaning.parameters, raw.args, strict=True)
        bound = {letter: self.argument(letter, arg) for letter, arg in given if isinstance(letter, str)}
        return self.meant(raw, meaning.text, bound)

    def argument(self, letter: str, raw: Raw) -> Node | float:
        """Return what stands in the place of a letter, a node or a number."""
        number = self.written_number(raw)
        if letter in GROUPS:
            return self.division(raw)
        if letter in DAYS and number is not None:
            return self.days(raw, number)
        if letter in NUMBERS and number is not None:
            return number
        return self.panel(raw, Role.BOOLEAN if letter in CONDITIONS else Role.PANEL)

    def meant(self, raw: Raw, text: str, bound: Mapping[str, Node | float]) -> Node:
        """Return the tree of an expression of the native language; an error in it stands at ``raw``."""
        try:
            return Resolver(text, self.vocabulary, bound).root(_read_once(text))
        except ExpressionError as error:
            received = f"{self.said(raw)}, which means {text}; there {error.details['received']}"
            hint = str(error.details["nearest"])
            raise self.error(raw, received, str(error.details["expected"]), hint) from None

    def infix(self, raw: Infix) -> Node:
        """Return the term of a symbol; ``^`` is the power and ``!=`` the opposite of ``==``."""
        if raw.symbol == "^":
            return self.power(raw, raw.left, raw.right)
        if raw.symbol == "!=":
            pair = {"x": self.panel(raw.left, Role.PANEL), "y": self.panel(raw.right, Role.PANEL)}
            return self.meant(raw, "not x == y", pair)
        return super().infix(raw)

    def choice(self, raw: Choice) -> Node:
        """Return the term of ``c ? x : y``."""
        condition = self.panel(raw.condition, Role.BOOLEAN)
        bound = {"c": condition, "x": self.panel(raw.yes, Role.PANEL), "y": self.panel(raw.no, Role.PANEL)}
        return self.meant(raw, "if_else(c, x, y)", bound)

    def power(self, raw: Raw, base: Raw, exponent: Raw) -> Node:
        """Return a power: that of mathematics for a number, and signed where the exponent is an expression."""
        x, k = self.panel(base, Role.PANEL), self.written_number(exponent)
        if k is None:
            return self.meant(raw, "power(x, y)", {"x": x, "y": self.panel(exponent, Role.PANEL)})
        if k != int(k):  # NaN under 0
            return self.meant(raw, *(("sqrt(x)", {"x": x}) if k == 0.5 else ("pow(sqrt(x), k)", {"x": x, "k": 2 * k})))
        if k == 1:
            return x
        text = "square(x)" if k == 2 else "abs(pow(x, k))" if k % 2 == 0 else "pow(x, k)"
        return self.meant(raw, text, {"x": x, "k": k})

    def name(self, raw: Name) -> Node:
        """Return the leaf that a name stands for."""
        known = self.feature(raw)
        if known in self.vocabulary.fields:
            return field(known)
        fields = self.vocabulary.fields
        hint = nearest_name(known, fields)
        raise self.error(raw, f"{self.said(raw)}: the panel has no field '{clipped(known)}'", "one that it has", hint)

    def spelled(self, name: str) -> str:
        """Return a function's name as the table spells it."""
        return name

    def feature(self, raw: Name) -> str:
        """Return the panel's name of a feature."""
        return raw.name

    def days(self, raw: Raw, number: float) -> int:
        """Return a number of days as a whole number."""
        if number != int(number):
            raise self.error(raw, self.said(raw), "a whole number of days")
        return int(number)

    def division(self, raw: Raw) -> Node:
        """Return the group that an argument names."""
        raise self.error(raw, self.said(raw), "no group: this notation has none")

    def _misfit(self, raw: Application, meanings: tuple[Meaning, ...]) -> ExpressionError:
        wanted = " or ".join(meaning.signature for meaning in meanings)
        for meaning in meanings:
            if len(meaning.parameters) == len(raw.args):
                for letter, arg in zip(meaning.parameters, raw.args, strict=True):
                    if letter in DAYS | NUMBERS and self.written_number(arg) is None:
                        kind = "a number of days" if letter in DAYS else "a number"
                        return self.error(arg, self.said(arg), f"{kind} in {meaning.signature}")
        return self.error(raw, f"{clipped(raw.name)} with {len(raw.args)} arguments", wanted)


def _as_number(node: Node) -> Node:
    return call("if_else", (node, constant(1), constant(0)))


_tables: dict[type[Reader], dict[str, tuple[Meaning, ...]]] = {}


def _table(reader: type[Reader]) -> dict[str, tuple[Meaning, ...]]:
    """Compile a dialect's table when it is first needed."""
    if reader not in _tables:
        _tables[reader] = compiled(reader.meanings)
    return _tables[reader]


@cache
def _read_once(text: str) -> Raw:
    return read(text)
