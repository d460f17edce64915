"""What each package may import."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = {
    f"dfqgp.{path.stem}"
    for path in (ROOT / "dfqgp").iterdir()
    if path.suffix == ".py" or (path / "__init__.py").is_file()
} - {"dfqgp.__init__", "dfqgp.__main__"}
ALLOWED = {
    "numba": {"dfqgp.backends"},
    "cupy": {"dfqgp.backends", "dfqgp.frames"},
    "cudf": {"dfqgp.frames"},
    "pandas": {"dfqgp.sources", "dfqgp.features", "dfqgp.store", "dfqgp.reports", "dfqgp.api"},
    "hydra": {"dfqgp.config", "dfqgp.mine", "dfqgp.report"},
}


def contracts():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["tool"]["importlinter"]["contracts"]


@pytest.mark.parametrize("library", ALLOWED)
def test_a_library_is_forbidden_in_every_package_but_its_own(library):
    (contract,) = [each for each in contracts() if library in each.get("forbidden_modules", ())]
    assert set(contract["source_modules"]) == PACKAGES - ALLOWED[library]


def test_no_import_breaks_a_contract():
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
