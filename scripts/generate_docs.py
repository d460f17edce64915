"""Write the generated pages of docs/ anew: ``python scripts/generate_docs.py``; prints those that changed."""

from pathlib import Path

from reference_pages import write_pages

for path in write_pages(Path(__file__).resolve().parents[1] / "docs"):
    print(path.name)
