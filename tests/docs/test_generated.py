"""The generated pages on disk are what the code makes now, and what they say of it holds."""

from __future__ import annotations

import ast
import csv
import inspect
from pathlib import Path

import pytest
from reference_pages import PAGES, write_pages
from reference_pages.examples import example_of
from reference_pages.language import EXAMPLES, WORDS, spelled
from reference_pages.markdown import table

import dfqgp
from dfqgp.expr import parse
from dfqgp.ops import OPERATORS, Kind

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

by_operator = pytest.mark.parametrize("op", OPERATORS.values(), ids=list(OPERATORS))


@pytest.mark.parametrize("name", PAGES)
def test_page_on_disk_is_what_the_code_makes(name):
    text = (DOCS / name).read_text(encoding="utf-8")
    assert text == PAGES[name](), f"docs/{name} is stale: run `python scripts/generate_docs.py` and commit it"


@pytest.mark.parametrize("name", PAGES)
def test_pages_carry_no_trace_of_the_machine(name):
    text = PAGES[name]()
    assert str(ROOT) not in text
    assert str(Path.home()) not in text
    assert " object at 0x" not in text


def test_writing_twice_changes_nothing(tmp_path):
    assert [path.name for path in write_pages(tmp_path)] == list(PAGES)
    assert write_pages(tmp_path) == []


@by_operator
def test_language_page_has_every_operator_in_the_table_of_its_kind(op):
    page = PAGES["expression_language.md"]()
    section = page.split(f"### {op.kind.value[0].upper()}{op.kind.value[1:]}\n")[1].split("\n#")[0]
    assert f"\n| `{op.signature()}`" in section
    assert f'("{example_of(op)}")' in section


@pytest.mark.parametrize("text", EXAMPLES)
def test_a_tree_is_spelled_as_functions_that_parse_back_to_it(text):
    node = parse(text, WORDS)
    assert parse(spelled(node), WORDS) is node


def api_rows():
    with (DOCS / "api_contract.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_api_contract_has_the_public_interface():
    listed = {row["name"]: row["parameters"] for row in api_rows() if row["file"] == "dfqgp/__init__.py"}
    assert set(listed) == set(dfqgp.__all__) - {"Panel", "ops"} - set(dfqgp._LAZY)
    for name, parameters in listed.items():
        read = ast.parse(f"def f({parameters}): ...").body[0].args
        named = [arg.arg for arg in (*read.args, *read.kwonlyargs)]
        assert named == list(inspect.signature(getattr(dfqgp, name)).parameters)


def test_api_contract_lists_fields_of_records_and_placeholders_of_errors():
    rows = {(row["file"], row["name"]): row["parameters"] for row in api_rows()}
    assert rows["dfqgp/errors.py", "KernelMissingError"] == "*, backend, operators"
    assert rows["dfqgp/backends/scoring.py", "DayState"] == "KEPT | FEW_ASSETS | CONSTANT"
    assert rows["dfqgp/panel.py", "Panel.shape"] == "(property)"
    assert rows["dfqgp/panel.py", "Panel.rows"] == "start: int, stop: int, *, copy: bool=False"
    assert "min_coverage: Annotated[float, Field(ge=0, le=1)]=" in rows["dfqgp/fitness/settings.py", "FitnessSettings"]
    assert "columns: dict[str, str]=dict()" in rows["dfqgp/sources/settings.py", "TableSettings"]
    assert not any(name.rpartition(".")[2].startswith("_") for _, name in rows)


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match="another number of cells"):
        table(["a", "b"], [["1"]])
    assert table(["a"], [["x | y"]]).endswith("| x \\| y |")


def test_kinds_of_the_registry_have_a_table_each():
    assert {op.kind for op in OPERATORS.values()} == set(Kind)
