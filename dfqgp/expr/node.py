"""Expression trees: immutable, and equal terms are the same object."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, TypeVar, final
from weakref import WeakValueDictionary

from dfqgp.ops import OPERATORS, Operator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

N = TypeVar("N", bound="Node")


class Node:
    """A term. Build one with ``field``, ``group``, ``constant`` or ``call``; compare with ``is``.

    Attributes
    ----------
    args : tuple of Node
        Sub-expressions, groups included, literals not.
    size : int
        Number of operators and leaves; windows and delays do not count.
    depth : int
        1 for a leaf.
    lookback : int
        Largest sum of operators' lookbacks along a path, in rows.
    key : str
        32 hex digits that depend on the structure alone: the same in every process.
    memo : dict
        What functions of this package found out about the term, by who found it: it is computed once.
    """

    __slots__ = ("__weakref__", "args", "depth", "key", "lookback", "memo", "size")

    args: tuple[Node, ...]
    size: int
    depth: int
    lookback: int
    key: str
    memo: dict[object, Any]

    def walk(self) -> Iterator[Node]:
        """Yield every occurrence of a sub-expression, this one first, left to right."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.args))

    def __repr__(self) -> str:
        from dfqgp.expr.render import render  # noqa: PLC0415 -- render imports this module

        return render(self)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002
        """Show notebooks the formula and a picture of the tree."""
        from dfqgp.expr.pictures import notebook_html  # noqa: PLC0415 -- pictures import this module

        return {"text/plain": repr(self), "text/html": notebook_html(self)}

    def __reduce__(self) -> tuple[object, ...]:
        """Travel between processes as structure, to be interned again."""
        if isinstance(self, Call):
            return call, (self.op.name, self.args, self.literals)
        if isinstance(self, Constant):
            return constant, (self.value,)
        return (group if isinstance(self, Group) else field), (self.name,)  # type: ignore[attr-defined]


@final
class Field(Node):
    """A feature of the panel."""

    __slots__ = ("name",)
    name: str


@final
class Group(Node):
    """A grouping of the panel, as the second argument of group operators."""

    __slots__ = ("name",)
    name: str


@final
class Constant(Node):
    """A number that stands for a panel of that number."""

    __slots__ = ("value",)
    value: float


@final
class Call(Node):
    """An operator applied to sub-expressions and literals (windows, delays, other numbers; in the operator's order)."""

    __slots__ = ("literals", "op")
    op: Operator
    literals: tuple[float, ...]


_interned: WeakValueDictionary[tuple[object, ...], Node] = WeakValueDictionary()


def field(name: str) -> Field:
    """Return the leaf for feature ``name``.

    Examples
    --------
    >>> field("close") is field("close")
    True
    """
    return _leaf(Field, name)


def group(name: str) -> Group:
    """Return the leaf for grouping ``name``."""
    return _leaf(Group, name)


def constant(value: float) -> Constant:
    """Return the leaf for a number; -0.0 is 0.0."""
    value = float(value) + 0.0
    known = _interned.get((Constant, value))
    if isinstance(known, Constant):
        return known
    node = Constant()
    node.value = value
    return _finish(node, (Constant, value), (), 1, 1, 0, f"const {value!r}")


def call(name: str, args: tuple[Node, ...], literals: tuple[float, ...] = ()) -> Call:
    """Return the term of operator ``name`` over ``args`` and ``literals``, unchecked but for their numbers.

    Texts come in through ``parse``, which checks names, kinds, ranges and units and says where they are wrong.
    """
    op = OPERATORS[name]
    identity = (op, *args, *literals)  # not by name: a user may declare an operator anew
    known = _interned.get(identity)
    if isinstance(known, Call):
        return known
    if (len(args), len(literals)) != (len(op.arguments) - len(op.literals), len(op.literals)):
        raise TypeError(f"{op.signature()} got {len(args)} expressions and {len(literals)} literals")
    node = Call()
    node.op, node.literals = op, literals
    size = 1 + sum(arg.size for arg in args)
    depth = 1 + max(arg.depth for arg in args)
    lookback = op.lookback(literals) + max(arg.lookback for arg in args)
    structure = " ".join((name, *(arg.key for arg in args), *map(str, literals)))
    return _finish(node, identity, args, size, depth, lookback, structure)


def panel_args(node: Call) -> tuple[Node, ...]:
    """Return the numeric and boolean sub-expressions of a call, groups left out."""
    return node.args if not node.op.takes_group else tuple(arg for arg in node.args if not isinstance(arg, Group))


def operators_of(roots: Iterable[Node]) -> set[Operator]:
    """Return the operators that some trees hold."""
    return {node.op for root in roots for node in root.walk() if isinstance(node, Call)}


def is_boolean(node: Node) -> bool:
    """Return whether a tree's value is a boolean panel."""
    return isinstance(node, Call) and node.op.boolean


def _leaf(cls: type[N], name: str) -> N:
    known = _interned.get((cls, name))
    if isinstance(known, cls):
        return known
    node = cls()
    node.name = name  # type: ignore[attr-defined]
    return _finish(node, (cls, name), (), 1, 1, 0, f"{cls.__name__.lower()} {name}")


def _finish(
    node: N, identity: tuple[object, ...], args: tuple[Node, ...], size: int, depth: int, lookback: int, structure: str
) -> N:
    node.args, node.size, node.depth, node.lookback, node.memo = args, size, depth, lookback, {}
    node.key = hashlib.blake2b(structure.encode(), digest_size=16).hexdigest()
    _interned[identity] = node
    return node
