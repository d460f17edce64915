"""The page of all damages, from the catalogue; a test sees that each outcome is what the page says."""

from __future__ import annotations

from collections import Counter

from damages.catalogue import TOPICS

INTRODUCTION = """# What becomes of damaged data

Each line is one way in which a table of market data can be wrong. It is done to a good table (the synthetic market of
60 stocks and 300 days), which is then given to `Panel.from_frame` with the default limits. Written by
`scripts/list_damages.py`; a test does every damage and compares the outcome and the words.

- **refused**: an error, with these words in it and examples of the rows;
- **repaired**: made good or left out, and counted in the quality report and the log;
- **reported**: a finding of the quality report ([quality.md](quality.md)) and a warning in the log, under the limit
  above which it refuses;
- **harmless**: the panel is that of the good table, bit for bit;
- **not noticed**: another panel, and nothing says so. Such data need a second source to compare with.

"""


def page() -> str:
    """Return the page."""
    counts = Counter(damage.outcome for damages in TOPICS.values() for damage in damages)
    total = ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common())
    parts = [INTRODUCTION, f"{counts.total()} kinds of damage: {total}.\n"]
    for topic, damages in TOPICS.items():
        parts.append(f"\n## {topic}\n\n| damage | outcome | in the words |\n|---|---|---|\n")
        parts += [f"| {each.what} | {each.outcome} | {f'`{each.words}`' if each.words else ''} |\n" for each in damages]
    return "".join(parts)
