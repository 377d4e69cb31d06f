"""Find the pages of the reference and fill in their generated parts.

A page is a Markdown file in this folder: a title, one sentence that summarizes the page, then the text. A part between
`<!-- generated: NAME -->` and `<!-- end -->` comes from the code. Most parts are generated when the page is printed;
the file then only refers to them. `tests/help` checks and rewrites the other parts.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

FOLDER = Path(__file__).parent
# Returns the Markdown of a generated part.
PartGenerator = Callable[[], str]

GENERATED = re.compile(
    r"^<!-- generated: (?P<name>[a-z-]+) -->\n(?P<text>.*?)^<!-- end -->\n", re.DOTALL | re.MULTILINE
)
_SUMMARY = re.compile(r"# [^\n]+\n\n(.+?)\n(?:\n|\Z)", re.DOTALL)


def topics() -> dict[str, Path]:
    """Return the page of each topic, sorted by name. Every page in the folder is a topic."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.md"))}


def summary_of(page: str) -> str:
    """Return the sentence below a page's title."""
    found = _SUMMARY.match(page)
    return " ".join(found[1].split()) if found else ""


def example_of(page: str) -> str:
    """Return the first TOML file in a page."""
    return page.partition("```toml\n")[2].partition("```")[0]


def with_generated_parts(page: str, parts: Mapping[str, PartGenerator]) -> str:
    """Return the page for display: these parts are generated, the other parts keep the text of the file."""

    def generate(found: re.Match[str]) -> str:
        make_part = parts.get(found["name"])
        return f"\n{make_part().strip()}\n\n" if make_part else found["text"]

    return GENERATED.sub(generate, page)
