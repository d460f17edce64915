"""The page of the data contract names what the code knows, and the page of sources every source and its columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfqgp.config import conf_dir
from dfqgp.sources.contract.columns import COLUMNS, UNITS
from dfqgp.sources.contract.rules import RULES
from dfqgp.sources.layouts import LAYOUTS
from dfqgp.sources.synthetic import PLANTED

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "data_contract.md").read_text(encoding="utf-8")
SOURCES = (DOCS / "sources.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("term", [*(c.name for c in COLUMNS), *UNITS, *(rule.kind for rule in RULES)])
def test_page_names(term):
    assert f"`{term}`" in PAGE


@pytest.mark.parametrize("name", [path.stem for path in sorted((conf_dir() / "source").glob("*.yaml"))])
def test_the_page_of_sources_has_two_commands_for_each(name):
    if name != "synthetic":  # the default, which needs none
        for program in ("check", "mine "):
            assert f"    python -m dfqgp.{program} source={name} source." in SOURCES


@pytest.mark.parametrize("name", [name for name in LAYOUTS if name not in {"none", "ashare_daily"}])
def test_the_page_of_sources_has_every_column_of_a_layout(name):
    section = SOURCES.partition(f"## `{name}`\n")[2].partition("\n## ")[0]
    for ours, theirs in LAYOUTS[name].columns.items():
        assert ours in section, ours
        assert theirs in section, theirs


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.expression)
def test_page_states_each_planted_signal(planted):
    assert f"| `{planted.expression}` | {planted.strength} |" in PAGE
