"""The transcriptions cover the lists of formulas."""

from formulas.alpha101_pandas import ALPHAS
from formulas.alpha158_pandas import FEATURES


def test_every_formula_is_transcribed(texts):
    assert set(texts["alpha101"]) == {str(number) for number in ALPHAS}
    assert set(texts["qlib"]) == set(FEATURES)
