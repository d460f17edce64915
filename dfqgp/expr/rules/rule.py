"""What a rule of the canonical form is: two texts, and how equal the trees are that they stand for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Equality(IntEnum):
    """How equal two expressions are; each kind includes those before it."""

    VALUES = 0
    """Every value and every NaN is the same on every panel."""
    ROUNDING = 1
    """Equal in exact arithmetic: values differ by rounding, and by NaN where a number leaves the range of float32."""
    FITNESS = 2
    """Ranks of a day are the same, or turned, once size and industry are taken out: the score is the same."""


@dataclass(frozen=True)
class Rule:
    """A rewrite of any part of a tree; of the root alone if it holds for the fitness.

    Parameters
    ----------
    left, right : str
        Patterns; see ``dfqgp.expr.patterns`` for their names. The right one never repeats a name of the left one more
        often, and is simpler by a measure that the tests state, so that rewriting ends.
    equality : Equality
        What holds between the two.
    when : str
        Condition on numbers, bounds and order; empty for always.
    turn : str
        For rules of the fitness: a number whose sign says how ranks turn.
    operator : str
        The operator that stands for ``OP``, for a rule that says the same of several.
    """

    left: str
    right: str
    equality: Equality = Equality.VALUES
    when: str = ""
    turn: str = "1"
    operator: str = ""

    def __str__(self) -> str:
        condition = f" where {self.when}" if self.when else ""
        return f"{self.left} -> {self.right}{condition}"


def family(
    operators: str, left: str, right: str, equality: Equality = Equality.VALUES, when: str = ""
) -> tuple[Rule, ...]:
    """Return one rule for each of several operators, which stand for ``OP`` in both texts.

    Examples
    --------
    >>> [str(rule) for rule in family("log sqrt", "OP(ts_delay(x, a))", "ts_delay(OP(x), a)")]
    ['log(ts_delay(x, a)) -> ts_delay(log(x), a)', 'sqrt(ts_delay(x, a)) -> ts_delay(sqrt(x), a)']
    """
    return tuple(
        Rule(left.replace("OP", name), right.replace("OP", name), equality, when, operator=name)
        for name in operators.split()
    )
