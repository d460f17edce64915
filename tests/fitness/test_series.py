from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from panels import random_panel

from dfqgp.backends import BackendSettings, open_backend
from dfqgp.engine import Engine
from dfqgp.expr import field
from dfqgp.fitness import FitnessSettings, Metrics, Scorer, base_score, newey_west_t, penalise_likeness
from dfqgp.fitness.penalties import Score

CPU = open_backend(BackendSettings(threads=2))


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.integers(3, 200), st.integers(0, 12))
def test_newey_west_is_statsmodels(seed, n, lag):
    x = np.cumsum(np.random.default_rng(seed).standard_normal(n)) * 0.1 + 0.3
    fit = sm.OLS(x, np.ones(n)).fit(cov_type="HAC", cov_kwds={"maxlags": min(lag, n - 1), "use_correction": False})
    if lag < n:
        assert newey_west_t(x, lag) == pytest.approx(fit.tvalues[0], rel=1e-9)


def metrics_of(panel, factor, settings=None, rows=None, label=None):
    rows = rows or range(panel.shape[0])
    label = np.random.default_rng(1).standard_normal(panel.shape).astype(np.float32) if label is None else label
    scorer = Scorer(panel, label, rows, 5, settings or FitnessSettings(min_assets=10))
    found = []
    engine = Engine(replace(panel, fields={"x": factor}, units={"x": "ratio"}), CPU)
    engine.stream([field("x")], lambda ws, pairs: found.extend(scorer.score(CPU, ws, [slot for _, slot in pairs])))
    return found[0].metrics


def test_metrics_are_those_of_the_series():
    panel = random_panel(300, 60)
    m = metrics_of(panel, panel.field("returns"))
    ic = m.ic[np.isfinite(m.ic)]
    assert m.ic_mean == pytest.approx(ic.mean())
    assert m.icir == pytest.approx(ic.mean() / ic.std(ddof=1))
    assert m.hac_t == newey_west_t(ic, 5)
    assert m.positive == (ic > 0).mean()
    assert m.days == ic.size
    assert set(m.by_year) == {2020}
    assert m.failure is None


def test_a_perfect_and_an_empty_factor():
    panel = random_panel(60, 80, groups=1)
    label = np.random.default_rng(0).standard_normal(panel.shape).astype(np.float32)
    good = metrics_of(panel, label, label=label)
    assert good.ic_mean > 0.97
    none = metrics_of(panel, np.full_like(label, np.nan), label=label)
    assert none.coverage == 0
    assert "coverage 0.000 is under min_coverage=0.6: 60 days with too few assets" in none.failure
    flat = metrics_of(panel, np.ones_like(label), label=label)
    assert "60 constant" in flat.failure


def test_coverage_counts_days_the_market_itself_had():
    """Days on which no factor could be scored are nobody's failure."""
    panel = random_panel(60, 80)
    panel.universe[:40] = False
    m = metrics_of(panel, panel.field("returns"))
    assert m.coverage == 1.0
    assert m.failure is None


def test_a_market_without_assets_says_so():
    panel = random_panel(20, 40)
    panel.universe[:] = False
    assert "no day has min_assets" in metrics_of(panel, panel.field("returns")).failure


def fake(icir=0.1, failure=None):
    return Metrics(np.zeros(1), 0.01, 0.1, icir, 1.0, 0.5, 1.0, 0.1, 0.1, 1, 1.0, {}, failure)


def test_length_costs_and_failures_score_minus_infinity():
    settings = FitnessSettings(length_penalty=0.01)
    assert base_score(fake(-0.3), 7, settings).value == pytest.approx(0.3 - 0.07)
    assert base_score(fake(failure="why"), 1, settings) == Score(-np.inf, "why")
    assert "not finite" in base_score(fake(float("nan")), 1, settings).reason


def test_the_better_of_two_alike_keeps_its_score():
    settings = FitnessSettings(corr_penalty=0.5, max_corr=0.7)
    bases = [Score(0.2), Score(0.3), Score(0.1), Score(-np.inf, "failed")]
    peers = np.array([[1, 0.9, 0.2, 1], [0.9, 1, 0.4, 1], [0.2, 0.4, 1, 1], [1, 1, 1, 1]], dtype=float)
    library = np.array([[0.0], [0.1], [0.3], [0.0]])
    scores = penalise_likeness(bases, list("abcd"), peers, library, settings)
    assert scores[1].value == pytest.approx(0.3 - 0.5 * 0.1)
    assert scores[0].value == 0
    assert "better member of the generation" in scores[0].reason
    assert scores[2].value == pytest.approx(0.1 - 0.5 * 0.4)
    assert scores[3] == bases[3]


def test_likeness_to_the_library_is_named():
    settings = FitnessSettings()
    (score,) = penalise_likeness([Score(0.2)], ["a"], np.ones((1, 1)), np.array([[0.71]]), settings)
    assert score.value == 0
    assert "0.710 to a member of the library" in score.reason
