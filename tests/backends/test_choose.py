import importlib.util
from dataclasses import replace

import numpy as np
import pytest
from panels import random_panel

from dfqgp.backends import BackendSettings, Task, open_backend
from dfqgp.backends.cpu import CpuBackend, kernel_names
from dfqgp.errors import BackendError, KernelMissingError
from dfqgp.ops import OPERATORS


def test_every_operator_has_a_kernel():
    assert kernel_names() == set(OPERATORS)


@pytest.mark.skipif(importlib.util.find_spec("cupy") is not None, reason="CuPy is installed here")
def test_gpu_without_cupy_says_what_to_install():
    with pytest.raises(BackendError, match=r"CuPy cannot be imported.*pip install 'dfqgp\[gpu\]'") as caught:
        open_backend(BackendSettings(name="gpu"))
    assert "\n" not in str(caught.value)


def test_a_missing_kernel_is_an_error_or_a_log_line(caplog):
    panel = random_panel(10, 70)
    bare = replace(OPERATORS["neg"], form=None)
    for strict in (True, False):
        backend = CpuBackend(1, strict=strict)
        workspace = backend.workspace(panel, 2)
        backend.load(workspace, 0, panel.field("close"))
        if strict:
            with pytest.raises(KernelMissingError, match="no kernel for operator 'neg'"):
                backend.launch(bare, workspace, [Task(1, (0,), (0.0,))])
        else:
            backend.launch(bare, workspace, [Task(1, (0,), (0.0,))])
            np.testing.assert_array_equal(backend.fetch(workspace, 1), -panel.field("close"))
            assert "no kernel for neg" in caplog.text


def test_an_error_in_a_thread_reaches_the_caller():
    def fail(first, last):
        raise ZeroDivisionError(f"{first}:{last}")

    with pytest.raises(ZeroDivisionError):
        CpuBackend(2).share_out(fail, 10)


def test_pieces_are_shared_out_once_each():
    seen = []
    CpuBackend(3).share_out(lambda first, last: seen.extend(range(first, last)), 101)
    assert sorted(seen) == list(range(101))
