"""The types of single values in the tracker file: numbers with a range, and texts with a form."""

from typing import Annotated

from msgspec import Meta

from pawtui.repo_names import REPO


def _form(pattern: str, description: str, max_length: int = 1_000) -> Meta:
    """Return the form of a text: a pattern that it matches completely unless it is empty, and its description.

    `value_mistakes.py` matches it. msgspec would compile the patterns of all types, also for a tracker that is valid.
    """
    return Meta(max_length=max_length, description=description, extra={"pattern": pattern})


def _path(forbidden: str) -> str:
    """Return the pattern of a path without these characters.

    It excludes `..`, `{a,b}`, brackets and the end of `a/ | b`, too: they would silently match nothing.
    """
    controls = r"\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"
    character = rf"(?!\{{[^{{}},|]*,[^{{}}|]*\}})[^/|\\\[\]{controls}{forbidden}]"
    folder = rf"(?!\s|\.{{1,2}}(?:[/|\s]|\Z))(?:{character})+"
    return rf"{folder}(?:/{folder})*"


_GLOB, _FILE = _path(""), _path("*?")
_TOP = "a path from the top of the repository, such as src/a.ts"
# What git refuses in the name of a ref (git-check-ref-format), and alternatives.
_BAD_REF = r"\.\.|[\x00-\x20~^:?*\[\\\x7f|]|@\{|//|/\.|[/.]\Z|\.lock(?:/|\Z)"
_KEY = r"[A-Za-z_$][\w$]*"

Days = Annotated[int, Meta(ge=1, le=3660)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
# With 0, a probe would always be met.
PositiveCount = Annotated[int, Meta(ge=1, le=1_000_000)]
Share = Annotated[float, Meta(ge=0, le=1)]
IssueNumber = Annotated[int, Meta(ge=1, le=999_999_999)]

Id = Annotated[
    str, _form("[a-z0-9][a-z0-9-]{0,63}", "1 to 64 lower-case letters, digits and dashes, such as low-churn")
]
OneLine = Annotated[str, _form(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]+", "one line of at most 200 characters", 200)]
RepoName = Annotated[str, _form(rf"(?!.*\.git\Z){REPO}", "owner/repo, such as octo/hello")]
IssueName = Annotated[str, _form(rf"{REPO}#[1-9]\d{{0,8}}", "owner/repo#number, such as octo/hello#12")]
# A name that begins with a dash would be read as an option.
RefName = Annotated[
    str,
    _form(
        rf"(?![-/.]|@\Z)(?!.*(?:{_BAD_REF}))(?s:.+)", "the name of one branch or tag (as git allows it, without |)", 200
    ),
]
ShaPrefix = Annotated[str, _form("[0-9a-f]{7,40}", "a SHA of 7 to 40 lower-case hex digits")]
TagPattern = Annotated[
    str,
    _form(
        r"(?!refs/|\^)(?=.*\*)[^\s\\\x00-\x1f\x7f]+",
        "a pattern of tags such as v2.*, with * and without spaces, ^, \\ and refs/tags/",
        100,
    ),
]
# A key of a definition in a source file, and keys of nested definitions with dots between them.
DefinitionKey = Annotated[str, _form(_KEY, "a key of a definition, such as type")]
DottedKey = Annotated[str, _form(rf"{_KEY}(?:\.{_KEY})*", "a key of a definition, such as type or durable.version")]
FieldPath = Annotated[
    str,
    _form(r"[^.\x00-\x1f\x7f]+(?:\.[^.\x00-\x1f\x7f]+)*", "names separated by dots, such as metadata.ref"),
]
HttpsAddress = Annotated[
    str,
    _form(
        r"https://[A-Za-z0-9.-]+(?::[1-9]\d{0,4})?(?:[/?][!\"$-~]*)?",
        "an https address such as https://example.org/version.json, without user name, password and #",
        500,
    ),
]
GlobPath = Annotated[str, _form(_GLOB, f"{_TOP} (no .., \\, {{a,b}} or [a], and no a | b)")]
FilePath = Annotated[str, _form(_FILE, f"{_TOP} (no wildcards, .., or \\, and no a | b)")]
GlobPaths = Annotated[
    str, _form(rf"{_GLOB}(?:\| *{_GLOB})*", f"{_TOP}, or several as a | b (no .., \\, {{a,b}} or [a])")
]
FilePaths = Annotated[str, _form(rf"{_FILE}(?:\| *{_FILE})*", f"{_TOP}, or several as a | b (no wildcards, .. or \\)")]
