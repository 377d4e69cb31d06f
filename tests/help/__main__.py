"""Update the generated parts in the files of the reference: `python -m tests.help`."""

from pawtui.help.pages import topics
from tests.help import updated


def main() -> None:
    """Update the stored parts of all pages, and print the names of the changed pages."""
    for topic, path in topics().items():
        page = path.read_text(encoding="utf-8")
        if (text := updated(page)) != page:
            path.write_text(text, encoding="utf-8")
            print(f"{topic}: {path.name} changed")


if __name__ == "__main__":
    main()
