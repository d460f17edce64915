"""docs/data_contract.md names every column, unit and kind of violation that the code knows."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from dfqgp.sources import SourceSettings
from dfqgp.sources.contract.columns import COLUMNS, UNITS
from dfqgp.sources.contract.rules import RULES
from dfqgp.sources.synthetic import PLANTED

SOURCE_NAMES = [record.name for record in get_args(SourceSettings)]
PAGE = (Path(__file__).parents[2] / "docs" / "data_contract.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("term", [*(c.name for c in COLUMNS), *UNITS, *SOURCE_NAMES, *(rule.kind for rule in RULES)])
def test_page_names(term):
    assert f"`{term}`" in PAGE


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.expression)
def test_page_states_each_planted_signal(planted):
    assert f"| `{planted.expression}` | {planted.strength} |" in PAGE
