"""Kernels of the GPU backend give the same bits in whatever order threads run: no barrier is missing."""

import numpy as np
import pytest
from gpu import card
from operator_laws import literals_of, run
from panels import hard_inputs, random_panel, with_fields

from dfqgp.engine import Engine
from dfqgp.expr import field
from dfqgp.fitness import FitnessSettings, every, make_target
from dfqgp.ops import OPERATORS

if not card.installed():
    pytest.skip(card.INSTALL, allow_module_level=True)
if card.has_card():
    pytest.skip("a card runs threads in the order it likes", allow_module_level=True)

from gpu.simulator import in_every_order

pytestmark = pytest.mark.gpu

ROWS, COLUMNS = 24, 70


@pytest.mark.parametrize("name", OPERATORS)
def test_order_of_threads_changes_no_bit_of_an_operator(name, gpu_backend):
    op, panel = OPERATORS[name], random_panel(ROWS, COLUMNS, origin=5)
    matrices = [hard_inputs(ROWS, COLUMNS, seed) for seed in (1, 2, 3)]
    for literals in literals_of(op, gpu_backend)[3:6] or literals_of(op, gpu_backend):
        in_every_order(lambda: run(gpu_backend, op, panel, matrices, literals), seeds=(0,))  # noqa: B023 -- called here


def test_order_of_threads_changes_no_bit_of_scores(gpu_backend):
    panel, dice = random_panel(6, COLUMNS), np.random.default_rng(0)
    label = dice.standard_normal(panel.shape).astype(np.float32)
    factors = [hard_inputs(6, COLUMNS, seed) for seed in (1, 2)] + [label + 1]
    names = [f"x{k}" for k in range(len(factors))]
    target = make_target(panel, label, np.arange(6), FitnessSettings(min_assets=20), horizon=2)

    def score():
        engine = Engine(with_fields(panel, factors, names), gpu_backend, targets=[target], operators=())
        scores = engine.score([field(name) for name in names], keep=every(panel, target.rows, 2))[0]
        return scores.ic, scores.r2, scores.turnover, engine.session.fetch_ranks(scores.ranks)

    assert np.isfinite(in_every_order(score)[0]).any()
