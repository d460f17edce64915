"""The transcriptions cover the lists of formulas."""

import csv
import os
from pathlib import Path

import pytest
from formulas.alpha101_pandas import ALPHAS
from formulas.alpha158_pandas import FEATURES

FORMULAS = Path(os.environ.get("DFQGP_FORMULAS", Path(__file__).resolve().parents[3] / "shared" / "formulas"))


@pytest.mark.parametrize(
    ("file", "column", "named"),
    [("alpha101.csv", "id", {str(number) for number in ALPHAS}), ("alpha158.csv", "name", set(FEATURES))],
)
def test_every_formula_is_transcribed(file, column, named):
    if not (FORMULAS / file).is_file():
        pytest.skip(f"no list: {FORMULAS / file} is absent, name its folder with DFQGP_FORMULAS")
    with (FORMULAS / file).open(encoding="utf-8") as lines:
        assert {row[column] for row in csv.DictReader(lines)} == named
