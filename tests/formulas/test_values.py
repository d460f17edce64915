"""Formulas read from their own notation give what their pandas transcriptions give, on generated and on real panels.

Both sides store float32. A rank that follows a rounding jumps where two values change places: the share of cells that
may differ is stated, and so is that of the two formulas which rank covariances of ranks, many of them equal but for it.
"""

from dataclasses import dataclass

import numpy as np
import pytest
from formulas.alpha101_pandas import ALPHAS
from formulas.alpha158_pandas import FEATURES
from formulas.markets import market_of, real, synthetic

import dfqgp as dq

RTOL, ATOL = 1e-3, 1e-6
"""Relative to the value, and to the median size of the formula's values."""
MOST = 1e-3
TIES = {("alpha101", "13"): 0.01, ("alpha101", "16"): 0.01}
"""Share of the cells that may differ."""

TRANSCRIBED = {("alpha101", str(number)): formula for number, formula in ALPHAS.items()}
TRANSCRIBED |= {("qlib", name): formula for name, formula in FEATURES.items()}


@dataclass
class Compared:
    """A panel, the same as frames, and the values of every formula with its lookback."""

    market: object
    values: dict
    lookbacks: dict


def _panel(request):
    """The first codes and last days of the real table, all of it, or a generated market."""
    if request.param == "generated":
        return synthetic()
    frame = request.getfixturevalue("real_frame")
    return real(frame) if request.param == "whole" else real(frame, codes=40, days=330)


exhaustive = [pytest.param(name, marks=pytest.mark.exhaustive) for name in ("generated", "whole")]


@pytest.fixture(scope="module", params=["part", *exhaustive])
def compared(request, texts):
    """Every formula of both lists, evaluated at once."""
    panel = _panel(request)
    nodes = {key: dq.parse(texts[key[0]][key[1]], panel, dialect=key[0], typed=False) for key in TRANSCRIBED}
    values = dq.evaluate(list(nodes.values()), panel)
    lookbacks = {key: node.lookback for key, node in nodes.items()}
    return Compared(market_of(panel), dict(zip(nodes, values, strict=True)), lookbacks)


@pytest.mark.parametrize("key", TRANSCRIBED, ids="-".join)
def test_a_formula_is_its_transcription(key, compared):
    transcribed = TRANSCRIBED[key](compared.market)
    assert compared.lookbacks[key] == transcribed.lookback
    value, expected = (x[transcribed.lookback :] for x in (compared.values[key], transcribed.values()))
    there = ~np.isnan(expected)
    assert there.any()
    np.testing.assert_array_equal(np.isnan(value), ~there)
    size = np.median(np.abs(expected[there]))
    differs = np.abs(value - expected)[there] > RTOL * np.abs(expected[there]) + ATOL * size
    assert differs.mean() <= TIES.get(key, MOST)
