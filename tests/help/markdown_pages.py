"""Find the commands in the code of Markdown pages, and the links between pages."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
MARKDOWN_PAGES = sorted(
    path
    for folder in (ROOT, ROOT / ".github", ROOT / "pawtui")
    for path in (folder.glob("*.md") if folder == ROOT else folder.rglob("*.md"))
)
# A command in a shell line, in a step of a workflow, or in inline code.
_SHELL_LINE = re.compile(r"^(?:\s*- run: )?(?:pip install \S+ && )?(pawtui(?: [^\n|&#]*)?)", re.MULTILINE)
_INLINE = re.compile(r"`(pawtui(?: [^`]*)?)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def commands_in(text: str) -> set[str]:
    """Return every complete command in a page. A command with a placeholder in capitals is not complete."""
    found = {line.strip() for line in (*_SHELL_LINE.findall(text), *_INLINE.findall(text))}
    return {line for line in found if not re.search(r"\b[A-Z]{3,}\b", line.split('"')[0])}


def links_in(path: Path) -> Iterator[Path]:
    """Yield the files and folders that a page links to."""
    for target in _LINK.findall(path.read_text(encoding="utf-8")):
        if not target.startswith(("https://", "http://", "#")):
            yield (path.parent / target.partition("#")[0]).resolve()
