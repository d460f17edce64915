"""Kernels of forms where the laws of operators do not reach: sizes that are cut in parts, odd floats, warm-up."""

from dataclasses import replace

import numpy as np
import pytest
from operator_laws import run
from panels import hard_inputs, random_panel, with_fields

pytest.importorskip("numba_cuda", reason="needs numba-cuda and CuPy: pip install 'dfqgp[gpu]'")

from hypothesis import given, settings
from hypothesis import strategies as st

from dfqgp.backends.gpu import operators
from dfqgp.backends.gpu.kernels.keys import LEAST, key_of, value_of
from dfqgp.backends.gpu.kernels.windows import neighbours, range_of
from dfqgp.backends.instructions import CHAIN, OUT, WARMUP
from dfqgp.engine import Planner
from dfqgp.expr import Vocabulary, parse
from dfqgp.ops import OPERATORS

pytestmark = pytest.mark.gpu

ROWS, COLUMNS = 6, 70
PANEL, X = random_panel(ROWS, COLUMNS), hard_inputs(ROWS, COLUMNS, 1)

floats = st.floats(width=32, allow_nan=False, allow_infinity=False)
windows = st.lists(st.one_of(floats, st.sampled_from([-0.0, 0.0, 1.0, 1e-45, -1e-45, 3.4e38])), min_size=1, max_size=40)


@given(floats, floats)
def test_keys_are_in_the_order_of_values(x, y):
    with np.errstate(all="ignore"):
        x, y = np.float32(x), np.float32(y)
    assert (key_of(x) < key_of(y), key_of(x) == key_of(y)) == (x < y, x == y)
    assert value_of(key_of(x)) == x
    assert LEAST < key_of(x) < -LEAST


@settings(max_examples=300)
@given(windows, st.data())
def test_neighbours_in_the_order_of_a_window_are_those_of_a_sort(values, data):
    """Zeros of both signs, the least and greatest floats there are, ties; missing cells count for nothing."""
    slab = np.insert(np.array(values, dtype=np.float32), len(values) // 2, np.nan)[None, :, None]
    rank, last = data.draw(st.integers(0, len(values) - 1)), slab.shape[1] - 1
    n, least, greatest = range_of(slab, 0, 0, last, 0)
    expected = np.sort(np.array(values, dtype=np.float32))
    assert (n, least, greatest) == (len(values), expected[0], expected[-1])
    found = neighbours(slab, 0, 0, last, 0, rank, n, least, greatest)
    assert found == (expected[rank], expected[min(rank + 1, n - 1)])


def test_a_window_is_bisected_at_most_32_times():
    """Values as far apart as floats are: every pass halves the numbers that are left."""
    slab = np.array([value_of(-(2**30) + 2**k) for k in range(30)] + [value_of(2**30)], dtype=np.float32)

    class Counted:
        reads = 0

        def __getitem__(self, at):
            Counted.reads += 1
            return slab[at[1]]

    neighbours(Counted(), 0, 0, 30, 0, 0, 31, slab.min(), slab.max())
    assert 20 * 31 < Counted.reads <= 32 * 31


@pytest.mark.parametrize(("length", "room"), [(4, 1), (32, 2), (64, 3), (128, 64)])
def test_stocks_and_groups_in_parts_change_no_rank(length, room, gpu_backend, reference, monkeypatch):
    monkeypatch.setattr(operators, "SORTED", length)
    monkeypatch.setattr(operators, "GROUPS_AT_ONCE", room)
    for name, literals in (("group_rank", ()), ("cs_rank", ()), ("cs_quantile", (5,))):
        found, expected = (run(each, OPERATORS[name], PANEL, [X], literals) for each in (gpu_backend, reference))
        np.testing.assert_array_equal(found, expected)


def test_no_group_at_all_gives_no_rank(gpu_backend):
    unknown = replace(PANEL, groups={"industry": np.full(PANEL.shape, -1, dtype=np.int16)})
    assert np.isnan(run(gpu_backend, OPERATORS["group_rank"], unknown, [X])).all()


@pytest.mark.parametrize("stocks", [0, 1, 2, 5, COLUMNS])
@pytest.mark.parametrize("p", [0.001, 0.25, 0.499])
def test_days_of_any_number_of_stocks_are_winsorized(stocks, p, gpu_backend, reference):
    x = np.round(np.random.default_rng(0).standard_normal((ROWS, COLUMNS)), 1).astype(np.float32)
    x[:, stocks:] = np.nan
    found, expected = (run(each, OPERATORS["cs_winsorize"], PANEL, [x], (p,)) for each in (gpu_backend, reference))
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("warmup", [0, 1, 4, ROWS, ROWS + 7])
def test_a_chain_has_no_value_in_its_warm_up(warmup, gpu_backend):
    """Although parts of it may: here every cell would have one."""
    panel = with_fields(PANEL, [np.ones_like(X)])
    session = gpu_backend.open(panel)
    (plan,) = Planner(session.slots, 1, 4, chains=True).plan([parse("x + x", Vocabulary.of(panel))])
    ((first,),) = [range(start, stop) for opcode, start, stop in plan.steps.tolist() if opcode == CHAIN]
    plan.tasks[first, WARMUP] = warmup
    session.execute(plan, lambda roots: None)
    value = session.fetch(plan.tasks[first, OUT])
    assert np.isnan(value[:warmup]).all()
    assert (value[warmup:] == 2).all()
