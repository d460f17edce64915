"""Write docs/damages.md, the page of what becomes of damaged data: ``python scripts/list_damages.py``."""

from pathlib import Path

from damages.page import page

PAGE = Path(__file__).resolve().parents[1] / "docs" / "damages.md"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
