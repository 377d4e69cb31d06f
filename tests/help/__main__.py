"""Write the generated parts of the reference again that are kept in its files: `python -m tests.help`."""

from __future__ import annotations

from pawtui.help.pages import fill, read_page, topics
from tests.help import KEPT


def main() -> None:
    """Write each page that has such a part, and print its name where that changed it."""
    for topic, path in topics().items():
        page = read_page(path)
        if (filled := fill(page, KEPT, keep_marks=True)) != page:
            path.write_text(filled, encoding="utf-8")
            print(f"{topic}: {path.name} changed")


if __name__ == "__main__":
    main()
