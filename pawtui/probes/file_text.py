"""The text of a file in the form that a pattern runs on: SQL statements only, or without comments."""

from functools import partial
from typing import Literal

from pawtui.probes.parsers.comments import WITH_COMMENTS, blank_comments
from pawtui.probes.parsers.sql import read_statements
from pawtui.probes.pattern import LineMatch, first_match, run_in_time
from pawtui.probes.unmeasurable import Unmeasurable

# Files without comments, or whose comments are text like the rest.
_ALL_TEXT = (".json", ".md", ".rst", ".txt")


async def first_match_in_file(pattern: str, path: str, text: str, read: Literal["text", "sql"]) -> LineMatch | None:
    """Return the first match in the text of a file, or None.

    With `read = "sql"`, the pattern runs on the file's normalized SQL statements; the line number is the file's.
    """
    if read == "text":
        return await first_match(pattern, text)
    parsed = await run_in_time(partial(read_statements, text, path), f"reading the statements of {path}")
    found = await first_match(pattern, "\n".join(statement.text for statement in parsed.statements))
    return LineMatch(parsed.statements[found.line - 1].line, found.text) if found else None


def unread_comments(path: str) -> tuple[str, ...]:
    """Return a gap if the file may have comments that `without_comments` does not know."""
    if path.lower().endswith((*WITH_COMMENTS, *_ALL_TEXT)):
        return ()
    return (f"a match may be in a comment: pawtui does not know the comments of {path}",)


async def without_comments(path: str, text: str) -> str:
    """Return the text with its comments blanked out; the text itself if the language of the file is not known.

    Raises `Unmeasurable` if the file cannot be read.
    """
    if not path.lower().endswith(WITH_COMMENTS):
        return text
    try:
        return await run_in_time(partial(blank_comments, text, path), "reading the comments")
    except Unmeasurable as error:
        raise Unmeasurable(f"{path} cannot be read: {error}") from None
