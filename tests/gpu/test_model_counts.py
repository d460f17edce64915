"""What the cost model counts is what a session does: launches by kernel, bytes up and down, waits."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest
from gpu import card
from panels import random_panel, random_trees

from dfqgp.backends.gpu.cost_model.model import Scoring, Shape, model_of
from dfqgp.engine import Planner
from dfqgp.fitness import FitnessSettings, make_target

ROWS, COLUMNS = 24, 34

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(card.has_card(), reason="counts are those of the stand-in for CuPy")]


@pytest.fixture(scope="module")
def run(gpu_backend):
    """Execute and score some blocks; return their model, what was counted, and the arguments of every launch."""
    from gpu.stats import stats  # noqa: PLC0415

    from dfqgp.backends.gpu.kernels.compile import Kernel  # noqa: PLC0415 -- it needs the extra

    panel = random_panel(ROWS, COLUMNS, origin=3)
    label = np.random.default_rng(0).standard_normal(panel.shape).astype(np.float32)
    target = make_target(panel, label, range(20), FitnessSettings(min_assets=5), horizon=2)
    keep = np.arange(20) % 5 == 0
    session = gpu_backend.open(panel, targets=[target])
    planner = Planner(100, 4 * ROWS * COLUMNS, 8, tuple(panel.groups), chains=True)
    plans = list(planner.plan(random_trees(panel, 24, seed=2)))
    launched, launch = [], Kernel.launch
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            Kernel, "launch", lambda kernel, *a, **k: (launched.append((kernel, a[2:])), launch(kernel, *a, **k))
        )
        session.execute(plans[0], lambda roots: session.score(roots, 0, keep), keep)  # what is made once is made now
        session.collect()()
        launched.clear()
        stats.reset()
        for plan in plans:
            session.execute(plan, lambda roots: session.score(roots, 0, keep), keep)
            session.collect()()
    return model_of(plans, Shape(ROWS, COLUMNS, 6), [Scoring(20, 4)]), stats, launched


def test_launches_are_those_of_the_model(run):
    model, _, launched = run
    expected = Counter(each.kernel for each in model.launches)
    del expected["fill"]
    assert Counter(kernel.name for kernel, _ in launched) == expected


def test_bytes_and_waits_are_those_of_the_model(run):
    model, stats, _ = run
    assert (stats.upload_bytes, stats.download_bytes, stats.waits) == (model.up, model.down, model.waits)


def test_kernels_are_compiled_for_the_arguments_that_they_get(run):
    """The inventory of kernels, from which they are compiled without a device, has the types of real launches."""
    from dfqgp.backends.gpu.inventory import all_kernels  # noqa: PLC0415 -- it needs the extra

    listed = {each.kernel.name: types_of(each.arguments) for each in all_kernels(COLUMNS)}
    assert {kernel.name: types_of(arguments) for kernel, arguments in run[2]}.items() <= listed.items()


def types_of(arguments):
    return tuple(
        f"{each.dtype}{each.ndim}" if hasattr(each, "ndim") else re.sub("64$", "", type(each).__name__)
        for each in arguments
    )
