"""The page of the dialects: prose from dialects.md, tables from the readers."""

from __future__ import annotations

from pathlib import Path
from string import Template

from dfqgp.expr import parse
from dfqgp.expr.dialects.readers import READERS
from dfqgp.expr.dialects.readers.reader import MAX_SIZE
from dfqgp.expr.read import MAX_DEPTH
from reference_pages.language import WORDS
from reference_pages.markdown import code, table

PROSE = Path(__file__).with_name("dialects.md")

EXAMPLES = (
    ("alpha101", "(-1 * correlation(open, volume, 10))"),
    ("alpha101", "(rank((vwap - ts_min(vwap, 16.1219))) < rank(correlation(vwap, adv180, 17.9282)))"),
    ("alpha101", "((-1 * ((low - close) * (open^5))) / ((low - high) * (close^5)))"),
    ("qlib", "Mean($close>Ref($close, 1), 5)-Mean($close<Ref($close, 1), 5)"),
    ("qlib", "IdxMax($high, 5)/5"),
    ("gplearn", "div(X3, log(X5))"),
)
"""Texts whose trees the page shows."""


def dialects_page() -> str:
    """Return the page as Markdown."""
    tables = {name: _meanings(name) for name in READERS}
    unsaid = {f"{name}_unsaid": _unsaid(name) for name, reader in READERS.items() if reader.unsaid}
    limits = {"depth": str(MAX_DEPTH), "size": f"{MAX_SIZE:,}"}
    return Template(PROSE.read_text(encoding="utf-8")).substitute(tables | unsaid | limits, examples=_examples())


def _examples() -> str:
    rows = ((name, code(text), code(repr(parse(text, WORDS, typed=False, dialect=name)))) for name, text in EXAMPLES)
    return table(("dialect", "text", "tree"), rows)


def _meanings(name: str) -> str:
    return table(("text", "tree"), ((code(left), code(right)) for left, right in READERS[name].meanings.items()))


def _unsaid(name: str) -> str:
    rows = ((code(function), why) for function, why in READERS[name].unsaid.items())
    return table(("what dfqgp cannot say", "why"), rows)
