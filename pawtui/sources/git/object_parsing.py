"""Facts from raw git commits and tags, made safe to show as in every source."""

import datetime as dt
from typing import NamedTuple

from pawtui.sources import links
from pawtui.sources.dates import epoch_to_date
from pawtui.sources.facts import Commit
from pawtui.sources.sanitize import long_line, safe_line, subject_of


class RawTag(NamedTuple):
    """A tag object: the SHA and type of its target, and the tagger's date if there is a tagger."""

    target: str
    type: str
    at: dt.datetime | None


def commit_fact(sha: str, seconds: int, author: str, message: str, *, web: str, repo: str) -> Commit:
    """Return a commit. `seconds` is the committer's date; the subject is the first paragraph of `message`."""
    subject = subject_of(message)
    return Commit(
        sha=sha,
        at=epoch_to_date(seconds),
        subject=safe_line(subject),
        long_subject=long_line(subject),
        author=safe_line(author, 100),
        url=links.commit_url(web, repo, sha),
    )


def parse_commit(sha: str, data: bytes, *, web: str, repo: str) -> Commit:
    """Return the commit in an object's bytes (git-cat-file(1))."""
    headers, message = _headers_and_message(data)
    encoding = headers.get(b"encoding", b"utf-8").decode("ascii", "replace")
    author, _ = _parse_person(headers.get(b"author", b""))
    committer, seconds = _parse_person(headers.get(b"committer", b""))
    return commit_fact(
        sha,
        seconds if seconds is not None else _parse_person(headers.get(b"author", b""))[1] or 0,
        _decoded(author or committer, encoding),
        _decoded(message, encoding),
        web=web,
        repo=repo,
    )


def parse_tag(data: bytes) -> RawTag:
    """Return the tag in an object's bytes."""
    headers, _ = _headers_and_message(data)
    _, seconds = _parse_person(headers.get(b"tagger", b""))
    return RawTag(
        headers.get(b"object", b"").decode("ascii", "replace"),
        headers.get(b"type", b"").decode("ascii", "replace"),
        None if seconds is None else epoch_to_date(seconds),
    )


def _headers_and_message(data: bytes) -> tuple[dict[bytes, bytes], bytes]:
    """Return the headers (of each name the first), and the message."""
    head, _, message = data.partition(b"\n\n")
    headers: dict[bytes, bytes] = {}
    for line in head.split(b"\n"):
        # A line that begins with a space continues the previous header: a signature.
        if not line.startswith(b" "):
            name, _, value = line.partition(b" ")
            headers.setdefault(name, value)
    return headers, message


def _parse_person(line: bytes) -> tuple[bytes, int | None]:
    """Return a name and a date in seconds since 1970, None if the date is not valid."""
    identity, _, date = line.rpartition(b">")
    name = identity.partition(b"<")[0].strip()
    seconds = date.split()[:1]
    if not seconds or not seconds[0].lstrip(b"-").isdigit():
        return name, None
    return name, int(seconds[0])


def _decoded(text: bytes, encoding: str) -> str:
    try:
        return text.decode(encoding, "replace")
    except LookupError:
        return text.decode("utf-8", "replace")
