"""The types of single values in the tracker file: numbers with a range, and texts with a form.

`value_mistakes.py` prints the description of a form for a text that does not have it.
"""

from typing import Annotated

from msgspec import Meta

from pawtui.repo_names import REPO

Days = Annotated[int, Meta(ge=1, le=3660)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
# With 0, a probe would always be met.
PositiveCount = Annotated[int, Meta(ge=1, le=1_000_000)]
Share = Annotated[float, Meta(ge=0, le=1)]
IssueNumber = Annotated[int, Meta(ge=1, le=999_999_999)]

# A default may be empty, and `value_mistakes.py` refuses empty values of keys that need one. So the forms allow them.
Id = Annotated[
    str,
    Meta(
        pattern=r"^(?:[a-z0-9][a-z0-9-]{0,63})?\Z",
        description="1 to 64 lower-case letters, digits and dashes, such as low-churn",
    ),
]
Line = Annotated[
    str, Meta(pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]{0,200}\Z", description="one line of at most 200 characters")
]
RepoName = Annotated[str, Meta(pattern=rf"^(?:(?!.*\.git\Z){REPO})?\Z", description="owner/repo, such as octo/hello")]
IssueName = Annotated[
    str, Meta(pattern=rf"^(?:{REPO}#[1-9]\d{{0,8}})?\Z", description="owner/repo#number, such as octo/hello#12")
]
# What git allows (git-check-ref-format), without names that would be read as an option or as alternatives.
RefName = Annotated[
    str,
    Meta(
        pattern=r"^(?![-/.]|@\Z)(?!.*(?:\.\.|[\x00-\x20~^:?*\[\\\x7f|]|@\{|//|/\.|[/.]\Z|\.lock(?:/|\Z)))(?s:.){1,200}\Z",
        description="the name of one branch or tag (as git allows it, without |)",
    ),
]
ShaPrefix = Annotated[
    str, Meta(pattern=r"^(?:[0-9a-f]{7,40})?\Z", description="a SHA of 7 to 40 lower-case hex digits")
]
TagPattern = Annotated[
    str,
    Meta(
        pattern=r"^(?:(?!refs/|\^)(?=.*\*)[^\s\\\x00-\x1f\x7f]{1,100})?\Z",
        description="a pattern of tags such as v2.*, with * and without spaces, ^, \\ and refs/tags/",
    ),
]
# A key of a definition in a source file, and several of them with dots.
Name = Annotated[str, Meta(pattern=r"^(?:[A-Za-z_$][\w$]*)?\Z", description="a key of a definition")]
DottedName = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*\Z",
        description="a key of a definition",
    ),
]
FieldPath = Annotated[
    str,
    Meta(
        pattern=r"^(?:[^.\x00-\x1f\x7f]+(?:\.[^.\x00-\x1f\x7f]+)*)?\Z",
        description="names separated by dots, such as metadata.ref",
    ),
]
HttpsAddress = Annotated[
    str,
    Meta(
        pattern=r"^(?:https://[A-Za-z0-9.-]+(?::[1-9]\d{0,4})?(?:[/?][!\"$-~]*)?)?\Z",
        max_length=500,
        description="an https address such as https://example.org/version.json, without user name, password and #",
    ),
]


def _path_pattern(forbidden: str) -> str:
    """Return the pattern of a path without these characters.

    It excludes `..`, `{a,b}` and brackets, too: they would silently match nothing.
    """
    controls = r"\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"
    character = rf"(?!\{{[^{{}},|]*,[^{{}}|]*\}})[^/|\\\[\]{controls}{forbidden}]"
    folder = rf"(?!\.{{1,2}}(?:[/|\s]|\Z))(?:{character})+"
    return rf"(?=[^\s|]){folder}(?:/{folder})*"


_GLOB, _FILE = _path_pattern(""), _path_pattern("*?")
_TOP = "a path from the top of the repository, such as src/a.ts"
GlobPath = Annotated[
    str,
    Meta(pattern=rf"^{_GLOB}\Z", max_length=1_000, description=f"{_TOP} (no .., \\, {{a,b}} or [a], and no a | b)"),
]
FilePath = Annotated[
    str, Meta(pattern=rf"^{_FILE}\Z", max_length=1_000, description=f"{_TOP} (no wildcards, .., or \\, and no a | b)")
]
GlobPaths = Annotated[
    str,
    Meta(
        pattern=rf"^{_GLOB}(?:\| *{_GLOB})*\Z",
        max_length=1_000,
        description=f"{_TOP}, or several as a | b (no .., \\, {{a,b}} or [a])",
    ),
]
FilePaths = Annotated[
    str,
    Meta(
        pattern=rf"^{_FILE}(?:\| *{_FILE})*\Z",
        max_length=1_000,
        description=f"{_TOP}, or several as a | b (no wildcards, .. or \\)",
    ),
]
