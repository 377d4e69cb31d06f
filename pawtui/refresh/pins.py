"""Pins, the exact places of evidence: `owner/repo@sha:path#L10-L20`, a commit, an issue, a pull request or a URL.

A pin is stored as its canonical string. `parse_pin` reads typed and pasted text, also GitHub permalinks.
"""

import re
from collections.abc import Mapping
from typing import Literal
from urllib.parse import unquote, urlsplit

import msgspec
from msgspec.structs import replace

from pawtui.errors import PawtuiError
from pawtui.phrases import shortened
from pawtui.refresh.refresh_types import RepoSnapshot
from pawtui.repo_names import REPO
from pawtui.sources import links

_SHA = r"[0-9a-f]{7,40}"
_LINE = r"\d{1,9}"  # `int` refuses thousands of digits
_PLACE = rf"(?P<path>[^#]+?)(?:#L(?P<first>{_LINE})(?:-L?(?P<last>{_LINE}))?)?"
_FILE = re.compile(rf"(?P<repo>{REPO})@(?P<sha>{_SHA}):{_PLACE}")
_COMMIT = re.compile(rf"(?P<repo>{REPO})@(?P<sha>{_SHA})")
_ISSUE = re.compile(rf"(?P<repo>{REPO})#(?P<number>[1-9]\d{{0,8}})")
_SIDE = re.compile(rf"(?P<side>up|down):{_PLACE}")
_WEB_FILE = re.compile(rf"/(?P<repo>{REPO})/(?:blob|blame|raw)/(?P<sha>[0-9a-f]{{7,40}})/(?P<path>.+)")
_WEB_REF_FILE = re.compile(rf"/(?P<repo>{REPO})/(?:blob|blame|raw)/[^/]+/.+")
_WEB_COMMIT = re.compile(rf"/(?P<repo>{REPO})/commit/(?P<sha>{_SHA})/?")
_WEB_ISSUE = re.compile(rf"/(?P<repo>{REPO})/(?:issues|pull)/(?P<number>[1-9]\d{{0,8}})/?")
# GitHub adds columns if a part of a line is selected.
_LINES = re.compile(rf"L({_LINE})(?:C\d+)?(?:-L?({_LINE})(?:C\d+)?)?")
_MAX_URL = 2000
_MAX_SHOWN = 80  # characters of a mistyped pin in a message

# The heads that the last refresh found, by the prefix of typed pins (`up:path`): `up` and `down`.
HeadsBySide = Mapping[str, RepoSnapshot]

PinKind = Literal["file", "commit", "issue", "url"]

_EXAMPLE = "owner/repo@1a2b3c4:path/file.ts#L10-L20"
_SIDE_EXAMPLE = "up:path/file.ts#L10-L20"


class PinError(PawtuiError):
    """A text that is not a valid pin; `str()` is one sentence with the mistake and an example."""


class Pin(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a pin. `lines` are the first and last line, counted from 1; only a plain URL sets `url`."""

    kind: PinKind
    repo: str = ""
    sha: str = ""
    path: str = ""
    lines: tuple[int, int] | None = None
    number: int = 0
    url: str = ""

    def __str__(self) -> str:
        if self.kind == "url":
            return self.url
        if self.kind == "issue":
            return f"{self.repo}#{self.number}"
        if self.kind == "commit":
            return f"{self.repo}@{self.sha}"
        return f"{self.repo}@{self.sha}:{self.path_and_lines}"

    @property
    def line_span(self) -> str:
        """The pinned lines: `L3`, `L10-L20`; empty without lines."""
        if self.lines is None:
            return ""
        first, last = self.lines
        return f"L{first}" if first == last else f"L{first}-L{last}"

    @property
    def path_and_lines(self) -> str:
        """The path and the lines, without the commit: `src/a.ts#L10-L20`; empty for a pin without a path."""
        return f"{self.path}#{self.line_span}" if self.lines else self.path

    def page_url(self, web: str) -> str:
        """Return the address of the pinned page on the host `web`."""
        if self.kind == "url":
            return self.url
        if self.kind == "issue":
            return links.issue_url(web, self.repo, self.number)
        if self.kind == "commit":
            return links.commit_url(web, self.repo, self.sha)
        first, last = self.lines or (None, None)
        return links.blob_url(web, self.repo, self.sha, self.path, first, last)


def parse_pin(text: str, heads: HeadsBySide | None = None) -> Pin:
    """Return the pin that a user typed or pasted. Raises `PinError`.

    With `heads`, a pin may be `up:path#L3`, and gets the full SHA of a head that its short SHA names.
    """
    pin = _parsed(text.strip(), heads or {})
    for head in (heads or {}).values():
        if head.repo.lower() == pin.repo.lower() and pin.sha and head.sha.startswith(pin.sha):
            return replace(pin, sha=head.sha)
    return pin


def pin_or_none(text: str, heads: HeadsBySide | None = None) -> Pin | None:
    """Return the pin, or None if the text is not a valid pin."""
    try:
        return parse_pin(text, heads)
    except PinError:
        return None


def _parsed(text: str, heads: HeadsBySide) -> Pin:
    if not text:
        raise PinError(f"The pin is empty. Write it as {_EXAMPLE}.")
    if text.startswith(("http://", "https://")):
        return _url_pin(text, heads)
    if not text.isprintable():
        raise PinError(f"The pin contains unprintable characters. Write it as {_EXAMPLE}.")
    if found := _SIDE.fullmatch(text):
        if found["side"] not in heads:
            raise PinError(f"{text!r} needs the commit of a refresh. Refresh first, or write it as {_EXAMPLE}.")
        head = heads[found["side"]]
        return _file_pin(head.repo, head.sha, found["path"], found["first"], found["last"])
    if found := _ISSUE.fullmatch(text):
        return Pin(kind="issue", repo=found["repo"], number=int(found["number"]))
    if found := _COMMIT.fullmatch(text):
        return Pin(kind="commit", repo=found["repo"], sha=found["sha"])
    if found := _FILE.fullmatch(text):
        return _file_pin(found["repo"], found["sha"], found["path"], found["first"], found["last"])
    raise PinError(_mistake(text))


def _file_pin(repo: str, sha: str, path: str, first: str | None, last: str | None) -> Pin:
    """Return the pin to a file, or to its lines from `first` to `last`, or to one line. Raises `PinError`."""
    parts = path.split("/")
    if any(part in ("", ".", "..") for part in parts):
        raise PinError(
            f"{path!r} is not a path in a repository. Write it from the repository's root, as in {_EXAMPLE}."
        )
    if first is None:
        return Pin(kind="file", repo=repo, sha=sha, path=path)
    start, end = int(first), int(last or first)
    if start < 1 or end < start:
        span = f"L{first}-L{last}" if last else f"L{first}"
        raise PinError(f"#{span} is not a range of lines. Start at L1 or later, and end at the same line or later.")
    return Pin(kind="file", repo=repo, sha=sha, path=path, lines=(start, end))


def _url_pin(text: str, heads: HeadsBySide) -> Pin:
    """Return the pin of a link: a GitHub permalink is a pin to a file, commit or issue, any other link is plain.

    Raises `PinError`, also for a GitHub link to a branch or a tag of one of the repositories of `heads`.
    """
    if len(text) > _MAX_URL:
        raise PinError(f"The link has {len(text)} characters; the limit is {_MAX_URL}. Pin a shorter link.")
    try:
        url = urlsplit(text)
        host = url.hostname
    except ValueError as error:
        raise PinError(f"{text!r} is not a link ({error}). Write it as https://host/path.") from None
    if not host or any(char.isspace() for char in text) or not text.isprintable():
        raise PinError(f"{text!r} is not a link. Write it as https://host/path, without spaces.")
    if url.username or url.password:
        raise PinError("The link contains a user name or password. Remove them.")
    path = unquote(url.path)
    # A pin is stored as text, in which # begins the lines.
    is_plain = path.isprintable() and "#" not in path
    if is_plain and host in ("github.com", "www.github.com", "raw.githubusercontent.com"):
        if host.startswith("raw."):
            path = re.sub(rf"^/{REPO}", r"\g<0>/raw", path)
        return _github_pin(path, url.fragment, heads) or Pin(kind="url", url=text)
    return Pin(kind="url", url=text)


def _github_pin(path: str, fragment: str, heads: HeadsBySide) -> Pin | None:
    """Return the pin to a page of GitHub; None for a page that cannot be pinned. Raises `PinError`."""
    if found := _WEB_FILE.fullmatch(path):
        lines = _LINES.fullmatch(fragment)
        first, last = lines.groups() if lines else (None, None)
        return _file_pin(found["repo"], found["sha"], found["path"], first, last)
    followed = {head.repo.lower() for head in heads.values()}
    if (found := _WEB_REF_FILE.fullmatch(path)) and found["repo"].lower() in followed:
        raise PinError(f"The link names a branch or a tag, which can move. Write {_SIDE_EXAMPLE}, or a permalink.")
    if found := _WEB_COMMIT.fullmatch(path):
        return Pin(kind="commit", repo=found["repo"], sha=found["sha"])
    if (found := _WEB_ISSUE.fullmatch(path)) and not fragment:
        return Pin(kind="issue", repo=found["repo"], number=int(found["number"]))
    return None


def _mistake(text: str) -> str:
    """Return why a text is not a valid pin, and what to write."""
    lines = text.partition("#")[2]
    if lines and re.match(rf"(?:up|down|{REPO}@{_SHA}):", text):
        return f"{shortened(f'#{lines}', _MAX_SHOWN)!r} names no line. Write lines such as #L10-L20."
    mistake = f"{shortened(text, _MAX_SHOWN)!r} is not a pin."
    if re.match(rf"{REPO}@", text):
        return f"{mistake} Pin a commit, not a branch: its SHA has 7 to 40 lower-case hex digits."
    return f"{mistake} Write {_SIDE_EXAMPLE}, {_EXAMPLE}, owner/repo@sha, owner/repo#123 or a link."
