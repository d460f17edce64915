"""What is written in a notation that this package reads has the same meaning when it is read."""

import numpy as np
import pytest
from panels import random_panel
from written import defined, is_written, literals_of, one_of, typed_trees

import dfqgp as dq
from dfqgp.expr.dialects.writers.qlib import RULES
from dfqgp.expr.dialects.writers.rules import Rule

PANEL = random_panel(60, 8, seed=4, missing=0.0)

OWN_FUNCTION = [
    name for name, rule in RULES.items() if isinstance(rule, Rule) and rule.template.partition("(")[0].isalpha()
    and rule.template.count("(") == 1 and name not in {"square", "sqrt", "not", "ts_count"}
]  # fmt: skip
"""Operators that one function of qlib writes; Power says more than ours do, and a boolean is read as 1 or 0."""


def back(tree):
    """The tree that its qlib text is read as."""
    return dq.parse(dq.render(tree, dialect="qlib"), PANEL, dialect="qlib", typed=False)


@pytest.mark.parametrize("name", OWN_FUNCTION)
def test_a_function_of_qlib_is_read_as_the_same_tree(name):
    for literals in literals_of(name):
        tree = one_of(name, literals, ("open", "close", "returns"))
        assert back(tree) is tree


def test_qlib_text_keeps_its_meaning():
    names = tuple(name for name, rule in RULES.items() if isinstance(rule, Rule))
    trees = [tree for tree in typed_trees(200, seed=6, names=names) if is_written(tree, "qlib")]
    assert len(trees) > 100
    for tree in trees:
        expected, found = defined(tree, PANEL), defined(back(tree), PANEL)
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-9, err_msg=repr(tree))


def test_the_language_itself_is_read_as_the_same_tree():
    for tree in typed_trees(200, seed=7):
        assert dq.parse(dq.render(tree), PANEL, typed=False) is tree
