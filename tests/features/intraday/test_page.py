"""docs/intraday.md and docs/data_contract.md say what is declared."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfqgp.features.intraday import INTRADAY, clean
from dfqgp.features.intraday.columns import COLUMNS
from dfqgp.features.intraday.rules import RULES

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("feature", list(INTRADAY), ids=lambda feature: feature.name)
def test_page_defines_the_feature(feature):
    formula = feature.formula.replace("|", "\\|")
    source = f"{feature.source} |" if feature.source else "|"
    row = f"| `{feature.name}` | {feature.unit} | {formula} | {source}\n"
    assert row in (DOCS / "intraday.md").read_text(encoding="utf-8")


def test_contract_names_every_column_rule_and_count():
    text = (DOCS / "data_contract.md").read_text(encoding="utf-8").split("## Minute bars")[1].split("\n## ")[0]
    counted = [name for name in clean.COUNTED if name != clean.FEW]
    assert all(f"`{term}`" in text for term in (*COLUMNS, *counted, *(rule.kind for rule in RULES)))
