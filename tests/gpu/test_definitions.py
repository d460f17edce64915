"""Operators that the GPU backend has no kernel for: refused, or computed by their definition on the host."""

import logging

import numpy as np
import pytest
from panels import random_panel

import dfqgp as dq
from dfqgp.engine import Engine
from dfqgp.errors import KernelMissingError
from dfqgp.expr import call, field
from dfqgp.ops import OPERATORS, unregister

pytestmark = pytest.mark.gpu

PANEL = random_panel(30, 20)
CLOSE, OPEN = field("close"), field("open")


@pytest.fixture
def without_kernel():
    """A windowed operator without a form, and an element-wise one of more panels than a chain's stack holds."""

    @dq.operator
    def ts_half_range(x: dq.ops.Numeric, w: dq.ops.Window) -> dq.ops.Numeric:
        """Half of the range of w days."""
        return 0.5 * (OPERATORS["ts_max"].reference(x, w) - OPERATORS["ts_min"].reference(x, w))

    @dq.operator(form=dq.ops.Elementwise(lambda a, b, c, d, e: a + b + c + d + e))
    def sum5(
        a: dq.ops.Numeric, b: dq.ops.Numeric, c: dq.ops.Numeric, d: dq.ops.Numeric, e: dq.ops.Numeric
    ) -> dq.ops.Numeric:
        """Sum of five."""
        return a + b + c + d + e

    yield "ts_half_range, sum5"
    unregister("ts_half_range")
    unregister("sum5")


def test_a_strict_backend_refuses_them_by_name(gpu_backend, without_kernel):
    with pytest.raises(KernelMissingError, match=rf"gpu.*{without_kernel}.*backend\.strict=false"):
        gpu_backend.open(PANEL)


def test_else_their_definitions_are_computed_and_the_log_says_so_once(
    gpu_backend, reference, without_kernel, monkeypatch, caplog
):
    monkeypatch.setattr(gpu_backend, "strict", False)
    spread = call("ts_half_range", (CLOSE,), (5,))
    total = call("sum5", (CLOSE, OPEN, CLOSE, call("neg", (OPEN,)), spread))
    trees = [spread, total, call("cs_rank", (total,)), call("sub", (total, CLOSE))]
    with caplog.at_level(logging.WARNING, logger="dfqgp"):
        engine = Engine(PANEL, gpu_backend)
        found = [engine.evaluate(trees) for _ in range(2)][1]
    assert len(caplog.records) == 1
    assert f"no kernel for {without_kernel}" in caplog.text
    np.testing.assert_allclose(found, Engine(PANEL, reference).evaluate(trees), rtol=1e-5)
