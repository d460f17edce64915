"""The report as one HTML file that needs no other: tables, and charts as inline SVG; no script, no link."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from dfqgp.quality.show.charts import charts_of
from dfqgp.quality.show.rows import rows_of, silent, summary, unmeasured

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from dfqgp.quality.report import Report
    from dfqgp.quality.settings import QualitySettings

_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; font-size: 13px; }
th, td { text-align: left; vertical-align: top; padding: .35rem .5rem; border-bottom: 1px solid #ddd; }
.refused td { background: #fdecea; } .noticed td { background: #fff8e1; }
svg { width: 100%; height: auto; } figure { margin: 1rem 0; }
"""
_HEADS = ("state", "finding", "what", "number", "limit", "places", "examples")


def page_of(report: Report, settings: QualitySettings, *, key: str = "") -> str:
    """Return the page of a report as HTML.

    Parameters
    ----------
    report : Report
        What was measured.
    settings : QualitySettings
        Limits to show beside it.
    key : str
        Name of the panel, for the title.

    Examples
    --------
    >>> from dfqgp.quality import Finding, QualitySettings, Report
    >>> report = Report("a < b", 4000, 200, 20, ("2024-01-02",), (Finding("zero_volume", 0.25, 1000, 4000),))
    >>> page = page_of(report, QualitySettings())
    >>> "a &lt; b" in page, "<script" in page
    (True, False)
    """
    title = escape(f"Data quality {key}".strip())
    parts = [f"<h1>{title}</h1>", f"<p>{escape(summary(report))}</p>", body_of(report, settings)]
    parts += [f"<figure>{chart}</figure>" for chart in charts_of(report)]
    head = f'<meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
    body = "\n".join(parts)
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>\n{body}\n</body></html>\n'


def body_of(report: Report, settings: QualitySettings) -> str:
    """Return the tables of the page, which a notebook shows too."""
    return "\n".join(_body(report, settings))


def write_page(path: Path, report: Report, settings: QualitySettings) -> None:
    """Write the page of a report; folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page_of(report, settings, key=path.stem), encoding="utf-8")


def _body(report: Report, settings: QualitySettings) -> Iterator[str]:
    rows = rows_of(report, settings)
    refused = sum(row.state == "refused" for row in rows)
    verdict = "The data are refused" if refused else "The data are accepted"
    yield f"<p><b>{verdict}</b>: {refused} findings above their limit.</p>"
    cells = [
        (row.state, row.name, row.words, row.measure, row.limit, row.count, "; ".join(row.examples)) for row in rows
    ]
    yield _table(_HEADS, cells, [row.state for row in rows])
    yield f"<p>Measured and silent: {escape(', '.join(silent(report)) or 'none')}.</p>"
    if unmeasured(report):
        yield f"<p>Not measured, for lack of columns or days: {escape(', '.join(unmeasured(report)))}.</p>"
    if report.defaults:
        yield f"<p>Columns that the table lacks: {escape(', '.join(report.defaults))}.</p>"
    if report.legs:
        yield "<h2>Legs of the labels</h2>"
        legs = [(each.reason, f"{each.legs:,}", f"{each.share:.2%}", each.effect) for each in report.legs]
        yield _table(("what happens", "legs", "share", "what the label makes of it"), legs)
    counted = (("dropped", report.dropped), ("repaired", report.repaired))
    changes = [(what, reason, f"{count:,}") for what, counts in counted for reason, count in counts.items()]
    if changes:
        yield _table(("rows", "reason", "count"), changes)


def _table(heads: Iterable[str], rows: Iterable[Sequence[str]], states: Sequence[str] | None = None) -> str:
    top = "".join(f"<th>{escape(head)}</th>" for head in heads)
    lines = [f"<thead><tr>{top}</tr></thead>"]
    for place, row in enumerate(rows):
        state = f' class="{states[place]}"' if states else ""
        lines.append(f"<tr{state}>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>")
    return f"<table>{''.join(lines)}</table>"
