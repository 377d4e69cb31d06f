"""Update the generated parts in the files of the reference: `python -m tests.help`."""

from __future__ import annotations

from pawtui.help.pages import fill, read_page, topics
from tests.help import STORED_PARTS


def main() -> None:
    """Update the stored parts of all pages, and print the names of the changed pages."""
    for topic, path in topics().items():
        page = read_page(path)
        if (filled := fill(page, STORED_PARTS, keep_marks=True)) != page:
            path.write_text(filled, encoding="utf-8")
            print(f"{topic}: {path.name} changed")


if __name__ == "__main__":
    main()
