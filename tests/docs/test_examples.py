"""Examples in the written pages give what they show; names in them exist."""

from __future__ import annotations

import doctest
import re
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import get_args

import pytest

from dfqgp import config
from dfqgp.backends.memory import MOST_SLOTS
from dfqgp.fitness.settings import FitnessSettings
from dfqgp.library.settings import LibrarySettings
from dfqgp.ops import OPERATORS
from dfqgp.sources import SourceSettings

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PACKAGES = {
    path.stem for path in (ROOT / "dfqgp").iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()
}
WRITTEN = sorted(path.name for path in DOCS.glob("*.md"))


@pytest.mark.parametrize("name", WRITTEN)
def test_examples_give_what_they_show(name):
    failed, tried = doctest.testfile(str(DOCS / name), module_relative=False, encoding="utf-8")
    assert not failed
    assert tried or name != "fitness_spec.md"


@pytest.mark.parametrize("name", WRITTEN)
def test_named_files_exist(name):
    text = (DOCS / name).read_text(encoding="utf-8")
    for path in re.findall(r"`((?:dfqgp|tests|docs|conf|scripts)/[\w./]+\.\w+)`", text):
        assert (ROOT / path).is_file(), f"docs/{name} names {path}"


@pytest.mark.parametrize("name", WRITTEN)
def test_named_settings_and_functions_exist(name):
    text = (DOCS / name).read_text(encoding="utf-8")
    for dotted in re.findall(r"`((?:dfqgp\.)?[a-z_]+(?:\.\w+)+)`", text):
        first = dotted.removeprefix("dfqgp.").partition(".")[0]
        if first in PACKAGES or hasattr(config.Config(), first):
            assert is_setting(dotted) or is_defined(dotted.removeprefix("dfqgp.")), f"docs/{name} names {dotted}"


def is_setting(dotted):
    section, _, key = dotted.partition(".")
    if section == "source":  # each source has its own settings
        return any(key in [spec.name for spec in fields(record)] for record in get_args(SourceSettings))
    found = config.Config()
    for part in dotted.split("."):
        found = getattr(found, part, None)
    return found is not None


def is_defined(dotted):
    if dotted.endswith(".py"):
        return (ROOT / "dfqgp" / dotted).is_file()
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        module = f"dfqgp.{'.'.join(parts[:cut])}"
        try:
            found = import_module(module)
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part, None)
        return found is not None
    return False


def section(title):
    return (DOCS / "architecture.md").read_text(encoding="utf-8").split(f"## {title}\n")[1].split("\n## ")[0]


def test_architecture_lists_every_package_and_no_other():
    listed = re.findall(r"^\| `([\w.]+?)(?:\.py|/)?` \|", section("Packages"), re.MULTILINE)
    assert sorted(listed) == sorted(PACKAGES)


def test_what_is_not_there_yet_is_not():
    missing = section("Not there yet")
    assert all(f"`{name}/`" in missing for name in ("parallel", "stats", "reports"))
    for name in ("parallel", "stats", "reports", "report"):
        assert not (ROOT / "dfqgp" / name).exists(), name
    words = set(re.findall(r"`(\w+)`", missing))
    assert not words & set(OPERATORS)


def test_fitness_page_states_the_defaults():
    text = " ".join((DOCS / "fitness_spec.md").read_text(encoding="utf-8").split())
    for section, record in (("fitness", FitnessSettings()), ("library", LibrarySettings())):
        for key, shown in re.findall(rf"`{section}\.(\w+)` \(([\d.e-]+)\)", text):
            assert float(shown) == getattr(record, key), f"{section}.{key}"


def test_gpu_page_computes_its_table_of_memory_from_its_formulas():
    text = (DOCS / "gpu.md").read_text(encoding="utf-8")
    library, search = LibrarySettings(), FitnessSettings()
    rows = re.findall(r"\| (\d+) x (\d+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| ([^|]+) \| (\d+) \|", text)
    assert len(rows) == 4
    for row in rows:
        days, stocks = int(row[0]), int(row[1])
        cells, days_ranked = days * stocks, 1000 / search.corr_every + 2 * library.max_size + library.candidates
        panel, others, ranks = 4 * cells, 17 * cells, 2 * cells * days_ranked
        assert [float(each) for each in row[2:5]] == pytest.approx([panel / 1e6, others / 1e6, ranks / 1e9], rel=0.04)
        for shown, memory in zip(row[5:], (24e9, 80e9), strict=True):
            slots = min((0.7 * memory - others - ranks) // panel, MOST_SLOTS)
            assert int(shown) == slots if shown.isdigit() else slots < 1
