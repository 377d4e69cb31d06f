"""The text of a file in the form that a pattern runs on: SQL statements only, or without comments."""

from typing import Literal

from pawtui.probes.parsers.comments import SIMPLE, blank_python_comments, blank_simple_comments
from pawtui.probes.parsers.script import SCRIPTS, Script
from pawtui.probes.parsers.sql import read_statements
from pawtui.probes.pattern import first_match, run_in_time, seconds_left
from pawtui.probes.unmeasurable import Unmeasurable

_PYTHON = (".py", ".pyi")
# Files without comments, or whose comments are text like the rest.
_ALL_TEXT = (".json", ".md", ".rst", ".txt")


async def first_match_in_file(
    pattern: str, path: str, text: str, read: Literal["text", "sql"]
) -> tuple[int, str] | None:
    """Return the first match as (line number from 1, that line), or None.

    With `read = "sql"`, the pattern runs on the file's normalized SQL statements; the line number is the file's.
    """
    if read == "text":
        return await first_match(pattern, text)
    parsed = await run_in_time(
        lambda end: read_statements(text, path, seconds_left(end)), f"reading the statements of {path}"
    )
    found = await first_match(pattern, "\n".join(statement.text for statement in parsed.statements))
    return (parsed.statements[found[0] - 1].line, found[1]) if found else None


def unread_comments(path: str) -> tuple[str, ...]:
    """Return a gap if the file may have comments that `without_comments` does not know."""
    if path.lower().endswith((*SCRIPTS, *SIMPLE, *_PYTHON, *_ALL_TEXT)):
        return ()
    return (f"a match may be in a comment: pawtui does not know the comments of {path}",)


async def without_comments(path: str, text: str) -> str:
    """Return the text with its comments blanked out; the text itself if the language of the file is not known.

    Raises `Unmeasurable` if the file cannot be read.
    """
    name = path.lower()
    if not name.endswith((*SCRIPTS, *SIMPLE, *_PYTHON)):
        return text

    def work(end: float) -> str:
        if name.endswith(_PYTHON):
            return blank_python_comments(text, seconds_left(end))
        if name.endswith(SIMPLE):
            return blank_simple_comments(text, path, seconds_left(end))
        return Script(text, path, seconds_left(end)).without_comments

    try:
        return await run_in_time(work, f"reading the comments of {path}")
    except Unmeasurable as error:
        raise Unmeasurable(f"{path} cannot be read: {error}") from None
