"""Whatever comes in: a tree that survives its text comes out, or an error of the package, short and in its place."""

from __future__ import annotations

import os
import random
import time

import pytest
from expressions import WORDS
from hypothesis import given, settings
from hypothesis import strategies as st
from texts import VALID, mutated, random_string

from dfqgp.errors import ExpressionError, UnitError
from dfqgp.expr import parse, render
from dfqgp.expr.parse import DIALECTS

STRINGS = int(os.environ.get("DFQGP_FUZZ_STRINGS", "1000000"))
MINUTES = 30  # of processor time
POOL = tuple(text for texts in VALID.values() for text in texts)

randoms = st.randoms(use_true_random=False)
near_texts = st.builds(mutated, st.sampled_from(POOL), randoms, st.integers(1, 6))
strings = near_texts | st.builds(random_string, randoms) | st.text(max_size=40)


def outcome(text, dialect, *, typed):
    """The tree of a text, or the error."""
    try:
        return parse(text, WORDS, typed=typed, dialect=dialect)
    except (ExpressionError, UnitError) as error:
        return error


def check(text, dialect, *, typed):
    """Read a text; return whether it was one."""
    found = outcome(text, dialect, typed=typed)
    if not isinstance(found, Exception):
        assert parse(render(found), WORDS, typed=False) is found
        return True
    assert len(str(found)) < 2_000
    if isinstance(found, ExpressionError):
        assert 1 <= found.details["position"] <= len(text) + 1
    else:
        assert typed
    return False


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_texts_that_are_mutated_are_valid(dialect):
    assert all(check(text, dialect, typed=False) for text in VALID[dialect])


@settings(max_examples=2_000)
@given(strings, st.sampled_from(DIALECTS), st.booleans())
def test_no_string_gets_past_the_parser_unexplained(text, dialect, typed):
    check(text, dialect, typed=typed)


@given(st.none() | st.integers() | st.binary(max_size=9) | st.lists(st.text(max_size=3)), st.sampled_from(DIALECTS))
def test_what_is_no_string_gets_an_error_of_the_package(value, dialect):
    with pytest.raises(ExpressionError, match=f"a value of type {type(value).__name__}; expected a text"):
        parse(value, WORDS, dialect=dialect)


@pytest.mark.exhaustive
def test_a_million_strings():
    """Three of four near a valid text of some dialect, all read by every dialect; the seeds are their numbers."""
    begun, read = time.process_time(), dict.fromkeys(DIALECTS, 0)
    for number in range(STRINGS):
        rng = random.Random(number)  # noqa: S311 -- strings, no secrets
        text = mutated(rng.choice(POOL), rng, rng.choice((1, 1, 2, 3, 5))) if number % 4 else random_string(rng)
        for dialect in DIALECTS:
            try:
                read[dialect] += check(text, dialect, typed=bool(number % 2))
            except Exception as error:
                raise AssertionError(f"string {number}, {text!r}, as {dialect}") from error
        assert time.process_time() - begun < 60 * MINUTES, (
            f"only {number} strings in {MINUTES} minutes of the processor"
        )
    print(read, f"{time.process_time() - begun:.0f} s")  # noqa: T201 -- the report of the run
    assert all(count > STRINGS / 1_000 for count in read.values())
