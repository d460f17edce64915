"""Where the lists of formulas are."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

_BESIDE_CHECKOUT = Path(__file__).resolve().parents[3] / "shared" / "formulas"


@pytest.fixture(scope="session")
def texts():
    """Formulas by dialect and name, from the lists in DFQGP_FORMULAS or beside the checkout."""
    folder = Path(os.environ.get("DFQGP_FORMULAS", _BESIDE_CHECKOUT))
    lists = {"alpha101": ("alpha101.csv", "id", "formula"), "qlib": ("alpha158.csv", "name", "expression")}
    found = {}
    for dialect, (file, name, text) in lists.items():
        if not (folder / file).is_file():
            pytest.skip(f"no list of formulas: {folder / file} is absent, name its folder with DFQGP_FORMULAS")
        with (folder / file).open(encoding="utf-8") as lines:
            found[dialect] = {row[name]: row[text] for row in csv.DictReader(lines)}
    return found
