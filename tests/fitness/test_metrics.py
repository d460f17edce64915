from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from panels import random_panel, with_fields

from dfqgp.backends import BackendSettings, open_backend
from dfqgp.engine import Engine
from dfqgp.expr import field
from dfqgp.fitness import (
    FitnessSettings,
    Metrics,
    Score,
    base_score,
    by_base,
    make_target,
    metrics_of,
    newey_west_t,
    penalised,
)

CPU = open_backend(BackendSettings(threads=2))


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.integers(3, 200), st.integers(0, 12))
def test_newey_west_is_statsmodels(seed, n, lag):
    x = np.cumsum(np.random.default_rng(seed).standard_normal(n)) * 0.1 + 0.3
    fit = sm.OLS(x, np.ones(n)).fit(cov_type="HAC", cov_kwds={"maxlags": min(lag, n - 1), "use_correction": False})
    if lag < n:
        assert newey_west_t(x, lag) == pytest.approx(fit.tvalues[0], rel=1e-9)


def measured(panel, factor, settings=None, rows=None, label=None):
    rows = range(panel.shape[0]) if rows is None else rows
    label = np.random.default_rng(1).standard_normal(panel.shape).astype(np.float32) if label is None else label
    settings = settings or FitnessSettings(min_assets=10)
    target = make_target(panel, label, rows, settings, horizon=5)
    engine = Engine(with_fields(panel, [factor]), CPU, targets=[target], operators=())
    return metrics_of(engine.score([field("x")])[0], target, settings)[0]


def test_metrics_are_those_of_the_series():
    panel = random_panel(300, 60)
    m = measured(panel, panel.field("returns"))
    ic = m.ic[np.isfinite(m.ic)]
    assert m.ic_mean == pytest.approx(ic.mean())
    assert m.icir == pytest.approx(ic.mean() / ic.std(ddof=1))
    assert m.hac_t == pytest.approx(newey_west_t(ic, 5), rel=1e-12)
    assert m.positive == (ic > 0).mean()
    assert m.days == ic.size
    assert set(m.by_year) == {2020}
    assert m.failure is None


def test_a_perfect_and_an_empty_factor():
    panel = random_panel(60, 80, groups=1)
    label = np.random.default_rng(0).standard_normal(panel.shape).astype(np.float32)
    good = measured(panel, label, label=label)
    assert good.ic_mean > 0.97
    none = measured(panel, np.full_like(label, np.nan), label=label)
    assert none.coverage == 0
    assert "coverage 0.000 is under min_coverage=0.6: 60 days with too few assets" in none.failure
    flat = measured(panel, np.ones_like(label), label=label)
    assert "60 constant" in flat.failure


def test_coverage_counts_days_the_market_itself_had():
    """Days on which no factor could be scored are nobody's failure."""
    panel = random_panel(60, 80)
    panel.universe[:40] = False
    m = measured(panel, panel.field("returns"))
    assert m.coverage == 1.0
    assert m.failure is None


def test_a_market_without_assets_says_so():
    panel = random_panel(20, 40)
    panel.universe[:] = False
    assert "no day has min_assets" in measured(panel, panel.field("returns")).failure


def fake(icir=0.1, failure=None):
    return Metrics(np.zeros(1), 0.01, 0.1, icir, 1.0, 0.5, 1.0, 0.1, 0.1, 1, 1.0, {}, failure)


def test_length_costs_and_failures_score_minus_infinity():
    settings = FitnessSettings(length_penalty=0.01)
    assert base_score(fake(-0.3), 7, settings).value == pytest.approx(0.3 - 0.07)
    assert base_score(fake(failure="why"), 1, settings) == Score(-np.inf, "why")
    assert "not finite" in base_score(fake(float("nan")), 1, settings).reason


def test_the_better_of_two_that_correlate_comes_first_and_failures_have_no_place():
    bases = [Score(0.2), Score(0.3), Score(0.1), Score(-np.inf, "failed"), Score(0.2)]
    assert by_base(bases, list("badcb")) == [1, 0, 4, 2]
    assert by_base(bases, list("fadcb")) == [1, 4, 0, 2]


@pytest.mark.parametrize(
    ("peer", "library", "whom"), [(0.9, 0.1, "a better member"), (0.1, 0.9, "a member of the library")]
)
def test_correlation_costs_and_from_max_corr_on_the_score_is_0(peer, library, whom):
    settings = FitnessSettings(corr_penalty=0.5, max_corr=0.95)
    assert penalised(Score(0.3), peer, library, settings).value == pytest.approx(0.3 - 0.5 * 0.9)
    refused = penalised(Score(0.3), peer, library, replace(settings, max_corr=0.7))
    assert refused.value == pytest.approx(0.3 - 0.5 * 0.9)
    assert penalised(Score(0.6), peer, library, replace(settings, max_corr=0.7)).value == 0
    assert f"correlation 0.900 to {whom}" in refused.reason


@given(st.floats(-1, 1), st.floats(0, 0.5), st.floats(0, 0.69), st.floats(0.7, 1), st.floats(0, 2))
def test_a_factor_never_scores_above_the_better_one_that_it_repeats(base, less, own, to_the_better, penalty):
    """Also where the better one's score is negative: a score of 0 for its clone would then be a prize."""
    settings = FitnessSettings(corr_penalty=penalty)
    better = penalised(Score(base), own, 0.0, settings)
    clone = penalised(Score(base - less), to_the_better, 0.0, settings)
    assert clone.value <= better.value
    assert clone.value <= 0


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(0, 8))
def test_metrics_of_a_population_are_those_of_each_series_alone(seed, days, lag):
    """Against NumPy and statsmodels on the days that each factor keeps, whatever the pattern of lost days."""
    rng = np.random.default_rng(seed)
    ic = rng.standard_normal((5, days)) * 0.1 + 0.02
    ic[rng.random(ic.shape) < rng.random()] = np.nan
    for row, t in zip(ic, newey_west_t(ic, lag), strict=True):
        x = row[np.isfinite(row)]
        if x.size > max(lag, 2):
            fit = sm.OLS(x, np.ones(x.size)).fit(cov_type="HAC", cov_kwds={"maxlags": lag, "use_correction": False})
            assert t == pytest.approx(fit.tvalues[0], rel=1e-9)
        elif x.size < 2:
            assert np.isnan(t)
