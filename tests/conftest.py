"""Fixtures that several folders share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from gpu import card
from hypothesis import settings

from dfqgp.backends import BackendSettings, open_backend

card.choose_simulator()

COMPILED = ("cpu", pytest.param("gpu", marks=pytest.mark.gpu))
"""Backends that are compared with the reference; a new one is tested by every law when it is named here."""

# Compiling a kernel takes longer than any deadline; a failure in CI has to come back with the same examples.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")

_SHARED = Path(__file__).resolve().parents[2] / "shared"
_BESIDE_CHECKOUT = _SHARED / "data" / "csi300_2020_2025.parquet"


@pytest.fixture(scope="session", params=COMPILED)
def backend(request):
    """A backend that has to agree with the reference."""
    return _open(request)


@pytest.fixture(scope="session")
def reference():
    """The backend of the definitions."""
    return open_backend(BackendSettings(name="reference"))


@pytest.fixture(scope="session", params=["reference", *COMPILED])
def any_backend(request):
    """Every backend."""
    return _open(request)


def _open(request):
    if request.param == "gpu":
        return request.getfixturevalue("gpu_backend")
    return open_backend(BackendSettings(name=request.param, threads=2))


@pytest.fixture(scope="session")
def gpu_backend():
    """The GPU backend: on a card with CuPy, else in the simulator with the strict stand-in for CuPy."""
    if not card.installed():
        pytest.skip(card.INSTALL)
    from dfqgp.backends.gpu.backend import GpuBackend  # noqa: PLC0415 -- it needs the extra

    return GpuBackend(device=0, strict=True, xp=card.array_module())


def pytest_ignore_collect(collection_path):
    """Collect files of tests alone: what they import holds no doctests, and some of it needs an extra."""
    return True if collection_path.suffix == ".py" and not collection_path.name.startswith("test_") else None


def pytest_collection_modifyitems(config, items):
    """Leave out what takes an hour unless it is asked for: an option in ``addopts`` would be lost with any other -m."""
    if "exhaustive" in config.option.markexpr:
        return
    left_out = [item for item in items if item.get_closest_marker("exhaustive")]
    items[:] = [item for item in items if not item.get_closest_marker("exhaustive")]
    config.hook.pytest_deselected(items=left_out)


def pytest_runtest_setup(item):
    """Leave out what needs a card where there is none."""
    if item.get_closest_marker("card") is not None and not card.has_card():
        pytest.skip("needs a CUDA device")


@pytest.fixture(scope="session")
def real_table_path() -> Path:
    """Path of the real development table: DFQGP_DATA, or the file beside the checkout."""
    path = Path(os.environ.get("DFQGP_DATA", _BESIDE_CHECKOUT))
    if not path.is_file():
        pytest.skip(f"no real table: {path} is absent, name one with DFQGP_DATA")
    return path


@pytest.fixture(scope="session")
def formula_folder() -> Path:
    """Folder of alpha101.csv and alpha158.csv: DFQGP_FORMULAS, or the one beside the checkout."""
    path = Path(os.environ.get("DFQGP_FORMULAS", _SHARED / "formulas"))
    if not (path / "alpha101.csv").is_file():
        pytest.skip(f"no published formulas: {path} is absent, name the folder with DFQGP_FORMULAS")
    return path


@pytest.fixture(scope="session")
def real_frame(real_table_path):
    """The real table as a normalised long frame, by pandas alone and so apart from the package."""
    import pandas as pd  # noqa: PLC0415

    raw = pd.read_parquet(real_table_path)
    frame = raw.rename(columns={"float_mktcap": "mktcap"})
    frame["code"] = frame["code"].astype(str)
    frame["industry"] = frame["industry"].astype(object).where(frame["industry"].notna(), None)
    frame["volume"] = frame["volume"].astype("float64")
    frame["turnover"] = frame.pop("turnover_pct").astype("float64") / 100.0
    frame["in_universe"] = True
    frame["list_date"] = frame.groupby("code")["date"].transform("min")
    return frame.sort_values(["code", "date"], ignore_index=True)


@pytest.fixture(scope="session")
def real_panel(real_table_path):
    """The real table as a panel, with the limits that its source derives."""
    from dfqgp.features import assemble  # noqa: PLC0415
    from dfqgp.sources import FilesSettings, open_source  # noqa: PLC0415

    table = open_source(FilesSettings(layout="ashare_daily", path=str(real_table_path))).load()
    return assemble(table.columns, units=table.units)
