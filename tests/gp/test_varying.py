"""No tree of the search has a part that never varies, and what is refused for it is certain to be so."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from panels import random_panel

from dfqgp.backends import BackendSettings, open_backend
from dfqgp.engine import Engine
from dfqgp.expr import Call, Vocabulary, never_varies, parse, range_of
from dfqgp.gp import GpSettings
from dfqgp.gp.constraints import idle_part, is_degenerate
from dfqgp.gp.generate import Generator, Remaining
from dfqgp.ops.units import RATIO


def centred_panel():
    """Fields about 0 with heavy tails, so that hardly a sign or a comparison is decided by the data."""
    panel, rng = random_panel(70, 30, groups=4), np.random.default_rng(0)
    fields = {name: rng.standard_cauchy(panel.shape).astype(np.float32) for name in panel.fields}
    return replace(panel, fields={name: np.where(panel.universe, each, np.nan) for name, each in fields.items()})


PANEL = centred_panel()
WORDS = Vocabulary.of(PANEL)


@cache
def engine():
    return Engine(PANEL, open_backend(BackendSettings(name="cpu", threads=1)))


def drawn(count, seed=0, **changes):
    generator = Generator.of(WORDS, GpSettings(**({"windows": (3, 5), "delays": (1, 2), "max_lookback": 40} | changes)))
    rng = np.random.default_rng(seed)
    return generator, [generator.ramped(rng, index) for index in range(count)]


def parts(trees):
    return list(dict.fromkeys(part for tree in trees for part in tree.walk() if isinstance(part, Call)))


def test_no_part_of_a_drawn_tree_is_the_same_everywhere():
    _, trees = drawn(1500)
    calls = [part for part in parts(trees) if part.lookback < 30]
    values = zip(calls, engine().evaluate(calls), strict=True)
    assert [part for part, value in values if is_constant(value) and not decided_by_data(part)] == []


def decided_by_data(part):
    """Whether it compares, or cuts, what is hardly ever equal or hardly ever far from 0 or 1."""
    return any(each.op.name in {"eq", "sign", "ts_entropy", "cs_scale", "group_scale"} for each in parts([part]))


def is_constant(value):
    there = value[np.isfinite(value)]
    return there.size > 200 and np.ptp(there) == 0


def test_values_are_within_the_bounds_that_operators_tell():
    generator, trees = drawn(300, seed=1)
    rng = np.random.default_rng(2)
    raw = [generator.subtree(rng, RATIO, Remaining(4, 40)) for _ in range(600)]
    calls = [part for part in parts([*trees, *filter(None, raw)]) if np.isfinite(range_of(part)).any()]
    assert len(calls) > 300
    for part, value in zip(calls, engine().evaluate(calls), strict=True):
        there, (low, high) = value[np.isfinite(value)], range_of(part)
        assert ((there >= np.float32(low)) & (there <= np.float32(high))).all(), part


def test_what_never_varies_is_constant_or_noise_about_a_constant():
    generator, _ = drawn(0)
    rng = np.random.default_rng(3)
    raw = filter(None, (generator.subtree(rng, RATIO, Remaining(4, 40)) for _ in range(3000)))
    idle = [part for part in parts(raw) if never_varies(part) and not any(map(never_varies, part.args))]
    assert len(idle) > 20
    for part, value in zip(idle, engine().evaluate(idle), strict=True):
        there = value[np.isfinite(value)]
        assert there.size == 0 or np.ptp(there) <= 1e-3 * max(1.0, np.abs(there).max()) or by_groups(part), part


def by_groups(part):
    """Whether a value that says nothing depends on how many stocks a day or a group has."""
    return any(each.op.name.startswith(("group_", "cs_")) for each in part.walk() if isinstance(each, Call))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("close - close", "close - close"),
        ("if_else(lt(cs_rank(close), 2), close, open)", "cs_rank(close) < 2"),
        ("ts_argmax(close, 1) + returns", "ts_argmax(close, 1)"),
        ("close * group_std(group_mean(low, industry), industry)", "group_std(group_mean(low, industry), industry)"),
        ("max2(ts_corr(close, volume, 5), 3)", "max2(ts_corr(close, volume, 5), 3)"),
        ("sign(abs(returns) + 1)", "sign(abs(returns) + 1)"),
        ("if_else(lt(close, open), high, high)", "if_else(close < open, high, high)"),
        ("ts_mean(cs_rank(2), 5) + returns", "cs_rank(2)"),
    ],
)  # fmt: skip
def test_the_part_that_says_nothing_is_named(text, part):
    tree = parse(text, WORDS, typed=False)
    generator, _ = drawn(0)
    assert is_degenerate(tree)
    assert repr(idle_part(tree)) == part
    assert part in generator.constraints.problem(tree)
