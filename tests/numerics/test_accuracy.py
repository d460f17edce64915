"""docs/numerics.md says what is measured, and no operator is less accurate than it promises."""

import warnings
from pathlib import Path

import numpy as np
import pytest
from accuracy import measure
from accuracy.measure import EXACT, EXACT_OPERATORS, SMALL, ULP, WORSE, bound, errors, relative_error
from accuracy.others import power_of_ten
from accuracy.page import accuracy, others, versions, with_table

from dfqgp.backends import BackendSettings, open_backend
from dfqgp.ops import OPERATORS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "numerics.md"
STALE = "docs/numerics.md is stale: run `python scripts/measure_accuracy.py` and commit it"


@pytest.fixture(scope="module")
def page():
    return PAGE.read_text(encoding="utf-8")


def broken(found):
    """Operators and inputs whose error is larger than the table may show, or than the operator promises."""
    return {key for key, error in found.items() if error > 1e-3 or (error > 0 and key[0] in EXACT_OPERATORS)}


def test_errors_on_disk_are_those_of_this_run(page):
    found = errors(open_backend(BackendSettings(name="cpu", threads=2)))
    assert page == with_table(page, "accuracy", accuracy(found)), STALE
    assert broken(found) == set()


@pytest.mark.gpu
@pytest.mark.parametrize("name", OPERATORS)
def test_errors_on_a_gpu_are_within_the_bounds(name, gpu_backend):
    assert broken(errors(gpu_backend, [OPERATORS[name]], SMALL)) == set()


def test_the_other_libraries_are_still_as_the_page_says(page):
    """All of them where the same versions are installed; of this package in any case."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        found = others()
    if versions() in page:
        assert page == with_table(page, "others", found), STALE
    for line in found.splitlines():
        assert "dfqgp" not in line or line in page, STALE


def test_an_error_is_relative_and_a_missing_value_is_no_error_of_size():
    one, near = np.float32([1.0, np.nan]), np.float32([1.001, np.nan])
    assert relative_error(one, one) == 0
    assert relative_error(near, one) == pytest.approx(1e-3, rel=1e-3)
    assert relative_error(one, one[::-1]) == WORSE
    assert relative_error(np.float32([1e-30]), np.float32([0.0])) == WORSE
    assert relative_error(np.float32([1e-30]), np.float32([0.0]), 1e-9) == pytest.approx(1e-21)
    assert [bound("ts_min", each) for each in (0.0, 6e-8, 2e-6, 0.5)] == [EXACT, ULP, 1e-5, WORSE]
    assert [bound(each, 0.0) for each in ("ts_mean", "tanh")] == [ULP, 1e-6]
    assert [power_of_ten(each) for each in (0.0, 6e-8, 0.02, 1.0, 600.0)] == ["1e-6", "1e-6", "1e-1", "1", "1e+3"]


def test_families_hold_what_they_are_named_for():
    rng = np.random.default_rng(0)
    made = {name: family(rng, 60, 12) for name, family in measure.FAMILIES.items()}
    assert np.isnan(made["60 % missing"]).mean() == pytest.approx(0.6, abs=0.05)
    assert (np.ptp(made["constant"], axis=0) == 0).all()
    assert ((made["spike 1e4"] == 1e4).sum(axis=0) == 1).all()
    assert (np.abs(made["level 3000"] - 3000) <= 0.5).all()
    assert (made["1e30"].max(axis=0) == np.float32(1e30)).all()
    assert (np.isinf(made["infinite"]).sum(axis=0) == 2).all()
    assert np.isnan(made["all missing"]).all()


def test_a_page_without_marks_is_refused():
    with pytest.raises(ValueError, match="no marks"):
        with_table("nothing", "accuracy", "")
