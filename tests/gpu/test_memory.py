"""Too little memory of the device: fewer slots and one line, the same scores; none at all is an error."""

import logging

import numpy as np
import pytest
from panels import random_panel, random_trees

from dfqgp.backends import Room
from dfqgp.engine import Engine, EngineSettings
from dfqgp.errors import BudgetError, DeviceMemoryError
from dfqgp.fitness import FitnessSettings, make_target

pytestmark = pytest.mark.gpu

PANEL = random_panel(40, 33)
PANEL_BYTES = 4 * 40 * 33
TARGET = make_target(PANEL, PANEL.field("returns"), range(20, 36), FitnessSettings(min_assets=10), horizon=5)
TREES = random_trees(PANEL, 8, seed=4)


@pytest.fixture
def limited(gpu_backend):
    """The pool that device memory comes from; its limit is lifted afterwards."""
    pool = gpu_backend.device.xp.get_default_memory_pool()
    yield pool
    pool.set_limit(size=0)


def test_a_slab_that_does_not_fit_is_halved_with_one_line(gpu_backend, limited, caplog):
    limited.set_limit(size=limited.used_bytes() + 20 * PANEL_BYTES)
    with caplog.at_level(logging.WARNING, logger="dfqgp"):
        session = gpu_backend.open(PANEL, room=Room(budget=10**9, slots=64))
    assert session.slots == 16
    (record,) = caplog.records
    assert "going on with 16 slots" in record.getMessage()


def test_a_device_that_runs_out_on_the_way_goes_on_with_fewer_slots(gpu_backend, limited, caplog):
    expected = Engine(PANEL, gpu_backend, targets=[TARGET]).score(TREES)[0]
    engine = Engine(PANEL, gpu_backend, EngineSettings(block=4), targets=[TARGET], slots=64)
    limited.set_limit(size=limited.used_bytes() + 1024)  # no room for the scores of a block
    with caplog.at_level(logging.WARNING, logger="dfqgp"):
        found = engine.score(TREES)[0]
    assert engine.session.slots < 64
    np.testing.assert_array_equal(found.ic, expected.ic)
    assert len(caplog.records) == 1


def test_a_device_without_room_for_a_panel_is_an_error(gpu_backend, limited):
    masks = 4608  # a grouping and the universe, each in units of 512
    limited.set_limit(size=limited.used_bytes() + masks + PANEL_BYTES // 2)
    with pytest.raises(BudgetError, match=r"set engine\.budget to at least"):
        gpu_backend.open(PANEL, room=Room(budget=10**9))
    limited.set_limit(size=limited.used_bytes() + masks // 2)
    with pytest.raises(DeviceMemoryError, match=r"set engine\.budget lower, or end other programs"):
        gpu_backend.open(PANEL, room=Room(budget=10**9))
