"""Tree -> text that parses back to the same tree."""

from __future__ import annotations

from dfqgp.expr.node import Call, Constant, Field, Group, Node
from dfqgp.expr.symbols import INFIX, Level, operator_of


def render(node: Node) -> str:
    """Write a tree as text, infix where the operator has a symbol.

    Parameters
    ----------
    node : Node
        Any tree.

    Returns
    -------
    str
        ``parse(render(node)) is node`` for every node over the vocabulary.

    Examples
    --------
    >>> from dfqgp.expr.node import call, field
    >>> render(call("ts_mean", (call("sub", (field("close"), field("open"))),), (5,)))
    'ts_mean(close - open, 5)'
    """
    return _render(node)[0]


def _render(node: Node) -> tuple[str, Level]:
    if isinstance(node, Field | Group):
        return node.name, Level.ATOM
    if isinstance(node, Constant):
        return _number(node.value), Level.SIGN if node.value < 0 else Level.ATOM
    if not isinstance(node, Call):
        raise TypeError(f"not a node: {type(node).__name__}")
    if node.op.infix and operator_of(node.op.infix) == node.op.name:
        return _infix(node, node.op.infix)
    if node.op.name == "neg" and not isinstance(node.args[0], Constant):
        return f"-{_wrapped(node.args[0], Level.SIGN)}", Level.SIGN
    if node.op.name == "not":
        return f"not {_wrapped(node.args[0], Level.NOT)}", Level.NOT
    return _function(node), Level.ATOM


def _infix(node: Call, symbol: str) -> tuple[str, Level]:
    level = INFIX[symbol]
    left, right = _wrapped(node.args[0], level), _wrapped(node.args[1], Level(level + 1))
    return f"{left} {symbol} {right}", level


def _wrapped(node: Node, least: Level) -> str:
    text, level = _render(node)
    return text if level >= least else f"({text})"


def _function(node: Call) -> str:
    nodes, literals = iter(node.args), iter(node.literals)
    parts = [str(next(literals)) if each.is_literal else render(next(nodes)) for each in node.op.arguments]
    return f"{node.op.name}({', '.join(parts)})"


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
