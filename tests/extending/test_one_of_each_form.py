"""One operator of each form, declared outside the package, holds every law; the page shows the same text."""

import inspect
import re
import sys
from pathlib import Path
from textwrap import dedent

import operator_laws as laws
import pytest

from dfqgp.ops import OPERATORS, use_operators
from dfqgp.ops.forms import Form

FILE = Path(__file__).with_name("one_of_each_form.py")
PAGE = Path(__file__).parents[2] / "docs" / "adding_an_operator.md"
NAMES = re.findall(r"^def (\w+)\(.*\) -> (?:Numeric|Boolean):", FILE.read_text(), re.MULTILINE)
EXACT = {"ts_second_max", "ts_upper_quartile", "cs_rank_from_top", "cs_outside", "ts_share_lower"}
MOST_LINES = 40


@pytest.fixture(autouse=True)
def _declared():
    use_operators([FILE])
    yield
    use_operators([])


@pytest.mark.parametrize("name", NAMES)
def test_every_law_holds_on_every_backend(name, backend, reference):
    laws.check_all(OPERATORS[name], backend, reference, exact=name in EXACT)


def test_there_is_one_of_each_form():
    forms = [type(OPERATORS[name].form) for name in NAMES]
    assert sorted(form.__name__ for form in forms) == sorted(form.__name__ for form in Form.__args__)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_shows_the_operator_with_its_parts(name):
    """Each block of the page is a part of the file, and short."""
    page = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    module = sys.modules[OPERATORS[name].reference.__module__]
    source = inspect.getsource(OPERATORS[name].reference)
    shown = [block for block in blocks if source in block]
    assert len(shown) == 1
    assert dedent(shown[0]).strip() in inspect.getsource(module)
    assert shown[0].count("\n") <= MOST_LINES
