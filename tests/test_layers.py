"""What each package may import."""

from __future__ import annotations

import ast
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
    "matplotlib": {"dfqgp.quality"},
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


def imports_of(path):
    """Return the modules that a file imports, names of ``from`` imports among them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)


def test_numba_cuda_is_known_to_one_module():
    """It is in maintenance: moving to its successor is to be one file."""
    known = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "dfqgp").rglob("*.py")
        if any(name.startswith(("numba_cuda", "numba.cuda")) for name in imports_of(path))
    ]
    assert known == ["dfqgp/backends/gpu/kernels/compile.py"]
