"""Write the generated pages of docs/ anew: ``python scripts/generate_docs.py``; prints those that changed."""

from pathlib import Path

from reference_pages import write_pages

if __name__ == "__main__":  # pytest imports it for doctests, and a stale page has to stay stale for its test to see
    for path in write_pages(Path(__file__).resolve().parents[1] / "docs"):
        print(path.name)
