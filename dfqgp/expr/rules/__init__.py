"""The rules of the canonical form, as data."""

from dfqgp.expr.rules import days, element, windows
from dfqgp.expr.rules.constant import CONSTANT
from dfqgp.expr.rules.root import RULES as ROOT_RULES
from dfqgp.expr.rules.rule import Equality, Rule

RULES: tuple[Rule, ...] = (*element.RULES, *windows.RULES, *days.RULES)
"""Rewrites of any part of a tree."""

__all__ = ["CONSTANT", "ROOT_RULES", "RULES", "Equality", "Rule"]
