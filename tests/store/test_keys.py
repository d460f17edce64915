from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfqgp.errors import StoreError
from dfqgp.store.keys import key_of, plain

PARTS = st.dictionaries(st.text(max_size=3), st.integers() | st.text(max_size=3) | st.booleans(), max_size=4)


@given(PARTS)
def test_order_is_irrelevant(parts):
    assert key_of(dict(reversed(parts.items()))) == key_of(parts)


@given(PARTS, PARTS)
def test_different_parts_different_keys(one, two):
    same = [(k, v, type(v)) for k, v in sorted(one.items())] == [(k, v, type(v)) for k, v in sorted(two.items())]
    assert (key_of(one) == key_of(two)) == same


def test_tuples_count_as_lists():
    assert key_of({"a": (1, 2)}) == key_of({"a": [1, 2]})
    assert plain({"a": (1, 2)}) == {"a": [1, 2]}


@pytest.mark.parametrize("part", [float("nan"), object(), {1}, b"x"])
def test_what_is_not_json_is_refused(part):
    with pytest.raises(StoreError, match="not JSON"):
        key_of({"a": part})
