"""A repository's objects and history: commits, trees, blobs, tags, comparisons.

The object of a full SHA never changes, so its decoded fact is cached by SHA and then costs no request.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from urllib.parse import quote

import msgspec

from pawtui.sources import links
from pawtui.sources.dates import is_out_of_range
from pawtui.sources.facts import Commit, CommitDetail, Commits, Comparison, DatedTag, Tag, Tree
from pawtui.sources.github import failures
from pawtui.sources.github.api import Api, is_full_sha
from pawtui.sources.github.cache import blob_key, tree_key
from pawtui.sources.github.wire import (
    WireAnnotatedTag,
    WireBlob,
    WireCommit,
    WireCommitDetail,
    WireComparison,
    WireRef,
    WireTree,
)
from pawtui.sources.protocol import MAX_BLOB, NOT_KNOWN, ListHints
from pawtui.sources.sanitize import safe_line, safe_text
from pawtui.sources.source_errors import BadResponse, NotFound, NotSettled, Refused, capitalized

# A blob is base64 in JSON: four bytes for three, and a margin for line breaks and JSON.
_MAX_BLOB_RESPONSE = 1_500_000
# GitHub lists at most this many files of a comparison, all on its first page.
MAX_FILES = 300
_NO_COMMIT = frozenset({422})
# If at most `_PAGES_SPARE` requests are left, further pages of a list are optional, with a reserve.
_PAGES_SPARE = 20
_PAGES_RESERVE = 6
_MAX_MESSAGE = 20_000
_MAX_NESTED = 5  # tags of tags
# Days for which a cached list of commits is used for later heads.
_VALID_DAYS = 7
_REVERT_WORDS = re.compile(r"(?i)revert|undo|undone|restor|\bback\b|\bre-?(?:add|appl|introduc|enabl|instat)")


class KnownCommits(msgspec.Struct, frozen=True):
    """A cached list of a path's commits at `head`. `entry` is the object at the path, `listed` the request's day."""

    head: str
    entry: str | None
    since: dt.date
    items: tuple[Commit, ...]
    complete: bool
    has_first: bool = msgspec.field(default=False, name="begins")
    listed: dt.date = dt.date.min


async def commit(api: Api, repo: str, ref: str) -> Commit:
    """Return a commit by full or short SHA, or by a tag's name."""
    key = f"commit {api.name(repo).lower()} {ref}"
    full = is_full_sha(ref)
    if full and (known := await api.cached(key, Commit)) is not None:
        return known
    what = f"commit {safe_line(ref, 100)} of {repo}"
    tail = f"/commits/{quote(ref, safe='/')}"
    response = await api.get(repo, tail, {"per_page": 1}, what=what, allow=_NO_COMMIT, cached=not full)
    if response.status == 422:
        raise NotFound(f"{capitalized(what)} does not exist. Check the SHA, or whether it was force-pushed away.")
    fact = api.decode(response, WireCommit, what).fact(api.web, api.name(repo))
    if full:
        if fact.sha != ref:
            raise BadResponse(f"{api.client.host} responded to {what} with another commit ({fact.sha}). Try again.")
        await api.store(key, fact)
    return fact


async def commit_detail(api: Api, repo: str, sha: str) -> CommitDetail:
    """Return a commit by SHA, with its message and at most 300 files."""
    key = f"commit detail {api.name(repo).lower()} {sha}"
    full = is_full_sha(sha)
    if full and (known := await api.cached(key, CommitDetail)) is not None:
        return known
    what = f"commit {_short(sha)} of {repo}"
    response = await api.get(repo, f"/commits/{quote(sha, safe='')}", what=what, allow=_NO_COMMIT, cached=False)
    if response.status == 422:
        raise NotFound(f"{capitalized(what)} does not exist. Check the SHA.")
    wire = api.decode(response, WireCommitDetail, what)
    files = tuple(file.fact() for file in wire.files or ())
    fact = CommitDetail(
        commit=wire.fact(api.web, api.name(repo)),
        message=safe_text(wire.commit.message[:_MAX_MESSAGE]),
        files=files[:MAX_FILES],
        more_files=len(files) >= MAX_FILES,
    )
    if full:
        await api.store(key, fact)
    return fact


async def tree(api: Api, repo: str, sha: str) -> Tree:
    """Return every path of a commit, by safe path."""
    key = tree_key(api.name(repo), sha)
    if (known := await api.cached(key, Tree)) is not None:
        return known
    what = f"the tree of {_short(sha)} of {repo}"
    response = await api.get(repo, f"/git/trees/{quote(sha, safe='')}", {"recursive": 1}, what=what, cached=False)
    # In a thread: a tree has thousands of paths.
    fact = await asyncio.to_thread(lambda: api.decode(response, WireTree, what).fact(sha))
    if is_full_sha(sha):
        await api.store(key, fact)
    return fact


async def blob(api: Api, repo: str, sha: str, reserve: int | None = None) -> bytes:
    """Return a file's bytes, checked against its SHA. Raises `Refused` above 1 MB."""
    key = blob_key(api.name(repo), sha)
    if (known := await api.cached(key, bytes)) is not None:
        return known
    what = f"file {_short(sha)} of {repo}"
    tail = f"/git/blobs/{quote(sha, safe='')}"
    response = await api.get(repo, tail, what=what, max_bytes=_MAX_BLOB_RESPONSE, cached=False, reserve=reserve)
    wire = api.decode(response, WireBlob, what)
    if wire.size > MAX_BLOB:
        raise failures.too_large(MAX_BLOB, api.client.target(what))
    data = _decoded(wire)
    if data is None or not _is_blob(data, sha):
        raise BadResponse(f"{api.client.host} responded to {what} with content that does not match its SHA. Try again.")
    await api.store(key, data)
    return data


def _decoded(wire: WireBlob) -> bytes | None:
    if wire.encoding == "utf-8":
        return wire.content.encode()
    try:
        return base64.b64decode(wire.content)
    except (binascii.Error, ValueError):
        return None


def _is_blob(data: bytes, sha: str) -> bool:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest() == sha


async def commits(api: Api, repo: str, head: str, path: str, since: dt.date, hints: ListHints) -> Commits:
    """Return the commits that touched `path` since the start of that UTC day, newest first.

    Pages are read until a page ends before that day. The URL contains no day, so a complete first page also shows the
    first commit of the path.

    The last list of each path is cached. It is used again for the same head. For a week, it is also used for a later
    head if its head is `base`, and the object at the path is the same. (A change and its revert between the two are
    then not listed; `base` is only given if no commit message mentions a revert.) If the list was cached before its
    `entry` was known (`NOT_KNOWN`), the entry comes from the cached tree of its head.
    """
    entry, base = hints
    key = f"path history {api.client.identity} {api.name(repo).lower()} {path}"
    known = await api.cached(key, KnownCommits)
    if known is not None and (known.has_first or known.since <= since):
        entry_is_known = entry is not None and entry != NOT_KNOWN
        unchanged = (
            entry_is_known
            and base is not None
            and known.head == base
            and (api.client.clock().date() - known.listed).days <= _VALID_DAYS
            and await _entry_of(api, repo, known, path) == entry
        )
        if known.head == head or unchanged:
            if entry_is_known and (known.head, known.entry) != (head, entry):
                await api.store(key, msgspec.structs.replace(known, head=head, entry=entry))
            return _commits_since(path, since, known)
    found = await _request_list(api, repo, head, path, since, entry)
    if is_full_sha(head):
        await api.store(key, found)
    return _commits_since(path, since, found)


async def _request_list(api: Api, repo: str, head: str, path: str, since: dt.date, entry: str | None) -> KnownCommits:
    start = dt.datetime.combine(since, dt.time(), dt.UTC)
    what = f"the commits of {safe_line(path, 120) or 'the root'} of {repo}"
    params: dict[str, str | int] = {"sha": head, "per_page": 100}
    if path:
        params["path"] = path
    response = await api.get(repo, "/commits", params, what=what, cached=False)
    today = api.client.clock().date()
    items: list[Commit] = []
    pages = api.pages(response, what=what, cached=False, reserve=_PAGES_RESERVE, reserve_below=_PAGES_SPARE)
    try:
        async for page in pages:
            wires = api.decode(page, list[WireCommit], what)
            items += [wire.fact(api.web, api.name(repo)) for wire in wires]
            if not page.next or _reaches_back([wire.at for wire in wires], start):
                has_first = not page.next
                return KnownCommits(head, entry, since, tuple(items), complete=True, has_first=has_first, listed=today)
    except NotSettled:
        # The list is cut off: `complete` is False.
        pass
    return KnownCommits(head, entry, since, tuple(items), complete=False, listed=today)


async def _entry_of(api: Api, repo: str, known: KnownCommits, path: str) -> str | None:
    """Return the SHA at the path at the cached list's head; None if it is missing or not known."""
    if known.entry != NOT_KNOWN:
        return known.entry
    tree = await api.cached(tree_key(api.name(repo), known.head), Tree)
    return tree.entries[path].sha if tree is not None and path in tree.entries else None


def _reaches_back(dates: Sequence[dt.datetime], start: dt.datetime) -> bool:
    """Return whether a list of commits, newest first, ends before a time.

    The last usable date decides: a date of 1970 may be invalid.
    """
    last = next((when for when in reversed(dates) if not is_out_of_range(when)), None)
    return last is not None and last < start


def _commits_since(path: str, since: dt.date, known: KnownCommits) -> Commits:
    """Return a cached list for a day: it is complete if it was cut off before that day."""
    start = dt.datetime.combine(since, dt.time(), dt.UTC)
    complete = known.complete or _reaches_back([item.at for item in known.items], start)
    return Commits(path=path, since=since, items=known.items, complete=complete, has_first=known.has_first)


async def tags(api: Api, repo: str, prefix: str) -> tuple[Tag, ...]:
    """Return every tag whose name starts with `prefix`, in GitHub's order."""
    what = f"the tags {safe_line(prefix, 60)}* of {repo}"
    tail = f"/git/matching-refs/tags/{quote(prefix, safe='/')}"
    wires, complete = await api.list_all(repo, tail, {"per_page": 100}, list[WireRef], what=what)
    if not complete:
        raise Refused(f"{repo} has more than 3,000 tags {safe_line(prefix, 60)}*. Give the probe a longer `line`.")
    return tuple(wire.tag() for wire in wires)


async def dated_tag(api: Api, repo: str, tag: Tag) -> DatedTag:
    """Return the commit and the date of a tag. Cached by the SHA of the tag object."""
    if not tag.annotated:
        made = await commit(api, repo, tag.sha)
        return DatedTag(name=tag.name, sha=made.sha, at=made.at)
    key = f"dated tag {api.name(repo).lower()} {tag.sha}"
    if (known := await api.cached(key, DatedTag)) is not None:
        # Several tags may name one object.
        return msgspec.structs.replace(known, name=tag.name)
    what = f"tag {tag.name} of {repo}"
    sha, at = tag.sha, None
    for _ in range(_MAX_NESTED):
        response = await api.get(repo, f"/git/tags/{quote(sha, safe='')}", what=what, cached=False)
        wire = api.decode(response, WireAnnotatedTag, what)
        at = at or (wire.tagger.at if wire.tagger else None)
        sha = wire.object.sha
        if wire.object.type != "tag":
            break
    if wire.object.type != "commit":
        raise NotFound(f"{capitalized(what)} names no commit. Leave it out of the probe's `line`.")
    if at is None:
        at = (await commit(api, repo, sha)).at
    found = DatedTag(name=tag.name, sha=sha, at=at)
    await api.store(key, found)
    return found


async def compare(api: Api, repo: str, base: str, head: str) -> Comparison:
    """Return the comparison of two commits: the commits of `base..head`, and the files changed since their merge base.

    The files are those of `git diff --name-only base...head`, a renamed file counted once, at most 300. The number of
    commits is exact.
    """
    name = api.name(repo).lower()
    key = f"comparison {name} {base} {head}"
    if (known := await api.cached(key, Comparison)) is not None:
        return known
    what = f"the comparison of {_short(base)} with {_short(head)} of {repo}"
    tail = f"/compare/{quote(base, safe='')}...{quote(head, safe='')}"
    # The first page contains all files.
    response = await api.get(repo, tail, {"per_page": 100, "page": 1}, what=what, cached=False)
    wire = await asyncio.to_thread(lambda: api.decode(response, WireComparison, what))
    files = len(wire.files or ())
    fact = Comparison(
        base=base,
        head=head,
        commits=wire.ahead_by,
        behind=wire.behind_by,
        files=files,
        files_at_least=files >= MAX_FILES,
        url=links.compare_url(api.web, api.name(repo), base, head),
        without_reverts=len(wire.commits) == wire.ahead_by
        and not any(_REVERT_WORDS.search(commit.commit.message) for commit in wire.commits),
    )
    if is_full_sha(base) and is_full_sha(head):
        await api.store(key, fact)
    return fact


def _short(sha: str) -> str:
    return safe_line(sha[:10])
