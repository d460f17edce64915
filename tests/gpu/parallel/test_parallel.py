"""Kernels run in parallel on a Vulkan device, where one is: Mesa's lavapipe is one on the processor.

Needs ``pip install numba-vulkan`` and, on Debian, ``apt-get install mesa-vulkan-drivers libvulkan1``.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve()
SETTINGS = {"NUMBA_VULKAN_INT64": "1", "NUMBA_VULKAN_WARNINGS": "0", "PYTHONPATH": str(HERE.parents[3])}
"""Without the first, whole numbers would have 32 bits."""

_DEVICES = "import numba_vulkan; print(len(numba_vulkan.list_devices()))"


def run(*command):
    outside = {name: value for name, value in os.environ.items() if name != "NUMBA_ENABLE_CUDASIM"}
    return subprocess.run(
        [sys.executable, *command], env=outside | SETTINGS, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def check():
    """Call with the arguments of ``check.py``; it returns what differs, by name."""
    if importlib.util.find_spec("numba_vulkan") is None:
        pytest.skip("needs numba-vulkan: pip install numba-vulkan")
    found = run("-c", _DEVICES)
    if found.returncode or found.stdout.strip() == "0":
        pytest.skip("needs a Vulkan device: apt-get install mesa-vulkan-drivers libvulkan1")

    def differences(*arguments):
        done = run(HERE.with_name("check.py"), *map(str, arguments))
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return differences


@pytest.mark.parametrize("part", ["operators", "scores", "correlations"])
def test_kernels_agree_with_the_definition(check, part):
    assert {name: count for name, count in check(part).items() if count} == {}


@pytest.mark.parametrize("barrier", [1, 4, 10])
def test_a_missing_barrier_is_found(check, barrier):
    """One of a sort, of a sum, of a running sum, in ``block.py``."""
    assert sum(check("scores", "block", barrier).values()) > 0
