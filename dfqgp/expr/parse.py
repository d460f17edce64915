"""Text -> tree, through the standard library's ``ast`` over a whitelist of node types.

1. Refuse texts that are too long or too deeply nested.
2. Read the text with ``ast`` in expression mode (``_read``); nothing is evaluated.
3. Build the tree bottom up; names, argument kinds and literals are checked where they stand (``_Builder``).
4. Check units (``unit_of``) unless told not to.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.errors import ExpressionError, nearest
from dfqgp.expr.node import Node, call, constant, field, group, is_boolean
from dfqgp.expr.units import unit_of
from dfqgp.ops import OPERATORS, Argument, Operator, Role

if TYPE_CHECKING:
    from dfqgp.expr.vocabulary import Vocabulary

MAX_LENGTH = 10_000
MAX_DEPTH = 64

_LARGEST = float(np.finfo(np.float32).max)
_ANYTHING = "a name, a number, a function call or + - * /"

_INFIX = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div"}


def parse(text: str, vocabulary: Vocabulary, *, typed: bool = True) -> Node:
    """Read an expression.

    Parameters
    ----------
    text : str
        Function calls, infix ``+ - * /``, unary minus, numbers, names of features and groupings.
    vocabulary : Vocabulary
        Names that may be used.
    typed : bool
        Refuse trees whose units do not agree.

    Returns
    -------
    Node
        The tree as written; ``canonicalize`` brings equal ones together.

    Raises
    ------
    ExpressionError
        With the 1-based position, what stands there, what was expected and the nearest name.
    UnitError
        If ``typed`` and the units do not agree.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary
    >>> words = Vocabulary.named({"close": "price", "volume": "shares"})
    >>> parse("cs_rank(ts_corr(close, volume, 20))", words).lookback
    19
    """
    node = _Builder(text, vocabulary).panel(_read(text), 1, role=None)
    if typed:
        unit_of(node, vocabulary)
    return node


def _read(text: str) -> ast.expr:
    if len(text) > MAX_LENGTH:
        raise _error(text[:60], 0, f"a text of {len(text)} characters", f"at most {MAX_LENGTH}")
    depth = 0
    for position, character in enumerate(text):
        if character == "#":
            raise _error(text, position, "a comment", "an expression alone")
        depth += (character in "([{") - (character in ")]}")
        if depth > MAX_DEPTH:
            raise _error(text, position, f"{depth} nested brackets", f"at most {MAX_DEPTH}")
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        offset = _offset_of(text, error)
        raise _error(text, offset, error.msg, "an expression such as cs_rank(close / open)") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise _error(text, 0, str(error) or type(error).__name__, "a printable text of moderate depth") from None


def _offset_of(text: str, error: SyntaxError) -> int:
    if error.lineno != 1 or not error.offset:  # the text ended too early
        return max(len(text) - 1, 0)
    return len(text) - len(text.lstrip()) + error.offset - 1


class _Builder:
    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.text = text
        self.vocabulary = vocabulary
        self.lead = len(text) - len(text.lstrip())

    def build(self, tree: ast.expr, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise self.error(tree, f"a tree deeper than {MAX_DEPTH}", "a shallower one")
        match tree:
            case ast.Name(id=name):
                return self.name(tree, name)
            case ast.Constant() | ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=ast.Constant()):
                return self.number(tree)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return call("neg", (self.panel(operand, depth + 1),))
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.panel(operand, depth + 1)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _INFIX:
                return call(_INFIX[type(op)], (self.panel(left, depth + 1), self.panel(right, depth + 1)))
            case ast.Call(func=ast.Name(id=name), keywords=[]):
                return self.function(tree, name, depth)
            case _:
                raise self.error(tree, f"{ast.unparse(tree)!r}", _ANYTHING)

    def name(self, tree: ast.expr, name: str) -> Node:
        if name in self.vocabulary.fields:
            return field(name)
        if name in self.vocabulary.groups:
            return group(name)
        known = [*self.vocabulary.fields, *self.vocabulary.groups]
        what = f"operator '{name}' without arguments" if name in OPERATORS else f"unknown name '{name}'"
        raise self.error(tree, what, "a feature or a group", nearest(name, known))

    def number(self, tree: ast.expr) -> Node:
        value = _literal(tree)
        if value is None:
            raise self.error(tree, f"{ast.unparse(tree)!r}", _ANYTHING)
        if not -_LARGEST <= value <= _LARGEST:
            raise self.error(tree, f"{ast.unparse(tree)[:40]!r}", "a number that float32 can hold")
        return constant(value)

    def panel(self, tree: ast.expr, depth: int, role: Role | None = Role.PANEL) -> Node:
        """Build what has to be numeric or boolean; None lets both pass."""
        wanted = "a boolean expression such as gt(close, open)" if role is Role.BOOLEAN else "a numeric expression"
        if isinstance(tree, ast.Name) and tree.id in self.vocabulary.groups and tree.id not in self.vocabulary.fields:
            raise self.error(tree, f"group '{tree.id}'", wanted)
        node = self.build(tree, depth)
        if role is not None and is_boolean(node) is not (role is Role.BOOLEAN):
            raise self.error(tree, f"{'boolean' if is_boolean(node) else 'numeric'} {ast.unparse(tree)!r}", wanted)
        return node

    def function(self, tree: ast.Call, name: str, depth: int) -> Node:
        if name not in OPERATORS:
            raise self.error(tree, f"unknown operator '{name}'", "an operator", nearest(name, OPERATORS))
        op = OPERATORS[name]
        if len(tree.args) != len(op.arguments):
            wanted = f"{len(op.arguments)}: {op.signature()}"
            raise self.error(tree, f"{name} with {len(tree.args)} arguments", wanted)
        args: list[Node] = []
        literals: list[float] = []
        for written, argument in zip(tree.args, op.arguments, strict=True):
            if argument.is_literal:
                literals.append(self.literal(written, argument, op))
            elif argument.role is Role.GROUP:
                args.append(self.grouping(written, op))
            else:
                args.append(self.panel(written, depth + 1, argument.role))
        if problem := op.problem(literals):
            raise self.error(tree, f"{ast.unparse(tree)!r}", f"{problem} in {op.signature()}")
        return call(name, tuple(args), tuple(literals))

    def literal(self, tree: ast.expr, argument: Argument, op: Operator) -> float:
        value = _literal(tree)
        if value is None or not argument.accepts(value):
            raise self.error(tree, f"{ast.unparse(tree)!r}", f"{argument.expected()} in {op.signature()}")
        return float(value) if argument.role is Role.REAL else value

    def grouping(self, tree: ast.expr, op: Operator) -> Node:
        if isinstance(tree, ast.Name) and tree.id in self.vocabulary.groups:
            return group(tree.id)
        hint = nearest(tree.id, self.vocabulary.groups) if isinstance(tree, ast.Name) else ""
        raise self.error(tree, f"{ast.unparse(tree)!r}", f"a group in {op.signature()}", hint)

    def error(self, tree: ast.expr, received: str, expected: str, hint: str = "") -> ExpressionError:
        line = self.text.strip().splitlines()[tree.lineno - 1]
        column = len(line.encode()[: tree.col_offset].decode(errors="ignore"))
        before = sum(len(part) + 1 for part in self.text.strip().splitlines()[: tree.lineno - 1])
        return _error(self.text, self.lead + before + column, received, expected, hint)


def _literal(tree: ast.expr) -> int | float | None:
    """Return the number that a constant or its opposite is: an int stays an int, a bool is not a number."""
    if isinstance(tree, ast.UnaryOp):
        value = _literal(tree.operand)
        return value if value is None or isinstance(tree.op, ast.UAdd) else -value
    if isinstance(tree, ast.Constant) and isinstance(tree.value, int | float) and not isinstance(tree.value, bool):
        return tree.value
    return None


def _error(text: str, offset: int, received: str, expected: str, hint: str = "") -> ExpressionError:
    return ExpressionError(
        position=offset + 1,
        received=received,
        expected=expected,
        nearest=hint,
        text=" ".join(text.splitlines()),
        caret=" " * offset + "^",
    )
