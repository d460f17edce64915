"""The lists of formulas."""

from __future__ import annotations

import csv

import pytest

LISTS = {"alpha101": ("alpha101.csv", "id", "formula"), "qlib": ("alpha158.csv", "name", "expression")}


@pytest.fixture(scope="session")
def texts(formula_folder):
    """Formulas by dialect and name."""
    found = {}
    for dialect, (file, name, text) in LISTS.items():
        with (formula_folder / file).open(encoding="utf-8") as lines:
            found[dialect] = {row[name]: row[text] for row in csv.DictReader(lines)}
    return found
