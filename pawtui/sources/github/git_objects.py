"""Git objects of a repository: commits, trees, blobs, tags, and comparisons of commits."""

import asyncio
import base64
import datetime as dt
import hashlib
import re
from urllib.parse import quote

import msgspec

from pawtui.phrases import capitalized, short_sha
from pawtui.sources.dates import day_start
from pawtui.sources.facts import Commit, CommitDetail, Comparison, DatedTag, Tag, Tree
from pawtui.sources.github import github_errors
from pawtui.sources.github.api import PAGE_SIZE, Api, cached_by_arguments, is_full_sha, ref_text
from pawtui.sources.github.cache import BLOB, TREE, fact_key
from pawtui.sources.github.client import Params
from pawtui.sources.github.request import NOT_CACHED, TAG_DATES_RESERVE, TREES_RESERVE, Rank, RequestOptions
from pawtui.sources.github.wire import (
    WireAnnotatedTag,
    WireBlob,
    WireCommit,
    WireComparison,
    WireRef,
    WireTree,
    response_message,
)
from pawtui.sources.protocol import MAX_BLOB
from pawtui.sources.sanitize import safe_line, safe_text
from pawtui.sources.source_errors import BadResponse, NoCommonAncestor, NotFound, Refused, Undetermined

# A blob is base64 in JSON: four bytes for three, and a margin for line breaks and JSON.
_MAX_BLOB_RESPONSE = 1_500_000
# GitHub lists at most this many files of a comparison, all on its first page.
_MAX_FILES = 300
_COMPARISON = RequestOptions(rank=Rank.HISTORY)
_MAX_MESSAGE = 20_000  # characters
_MAX_LATE_PAGES = 3
_REVERT_WORDS = re.compile(r"(?i)revert|undo|undone|restor|\bback\b|\bre-?(?:add|appl|introduc|enabl|instat)")


@cached_by_arguments("commit", Commit)
async def commit(api: Api, repo: str, sha: str, *, reserve: int | None = None) -> Commit:
    """Return a commit by full or short SHA, or by a tag's name."""
    options = RequestOptions(cached=not is_full_sha(sha), reserve=reserve)
    return (await _request_commit(api, repo, sha, {"per_page": 1}, options)).to_fact()


@cached_by_arguments("commit detail", CommitDetail)
async def commit_detail(api: Api, repo: str, sha: str) -> CommitDetail:
    """Return a commit by SHA, with its message and at most 300 files."""
    wire = await _request_commit(api, repo, sha, {}, NOT_CACHED)
    files = tuple(file.to_fact() for file in wire.files or ())
    return CommitDetail(
        commit=wire.to_fact(),
        message=safe_text(wire.commit.message[:_MAX_MESSAGE]),
        files=files[:_MAX_FILES],
        more_files=len(files) >= _MAX_FILES,
    )


async def _request_commit(api: Api, repo: str, ref: str, params: Params, options: RequestOptions) -> WireCommit:
    what = f"commit {ref_text(ref)} of {repo}"
    tail = f"/commits/{quote(ref, safe='/')}"
    response = await api.get(repo, tail, params, what=what, allow=frozenset({422}), options=options)
    if response.status == 422:
        raise NotFound(f"{capitalized(what)} does not exist. Check the SHA, or whether it was force-pushed away.")
    wire = response.decode(WireCommit)
    if is_full_sha(ref) and wire.sha != ref:
        raise BadResponse(
            f"{api.client.host} responded to {what} with another commit ({short_sha(wire.sha)}). Try again."
        )
    return wire


@cached_by_arguments(TREE, Tree)
async def tree(api: Api, repo: str, sha: str, *, optional: bool = False) -> Tree:
    """Return every path of a commit, by safe path."""
    what = f"the tree of {_short(sha)} of {repo}"
    tail = f"/git/trees/{quote(sha, safe='')}"
    options = RequestOptions(rank=Rank.FIRST, reserve=TREES_RESERVE if optional else None)
    response = await api.get(repo, tail, {"recursive": 1}, what=what, options=options)
    # In a thread: a tree has thousands of paths.
    return await asyncio.to_thread(lambda: response.decode(WireTree).to_fact(sha))


@cached_by_arguments(BLOB, bytes)
async def blob(api: Api, repo: str, sha: str, *, optional: bool = False) -> bytes:
    """Return a file's raw bytes, checked against its SHA. Raises `TooLarge` above 1 MB."""
    what = f"file {_short(sha)} of {repo}"
    tail = f"/git/blobs/{quote(sha, safe='')}"
    reserve = TREES_RESERVE if optional else None
    options = RequestOptions(max_bytes=_MAX_BLOB_RESPONSE, rank=Rank.FILE, reserve=reserve)
    response = await api.get(repo, tail, what=what, options=options)
    wire = response.decode(WireBlob)
    if wire.size > MAX_BLOB:
        raise github_errors.too_large_error(MAX_BLOB, api.client.target(what))
    try:
        data = base64.b64decode(wire.content)
    except ValueError:
        data = b""
    if hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest() != sha:
        raise BadResponse(f"{api.client.host} responded to {what} with content that does not match its SHA. Try again.")
    return data


async def tags(api: Api, repo: str, prefix: str) -> tuple[Tag, ...]:
    """Return every tag whose name starts with `prefix`, in GitHub's order."""
    what = f"the tags {safe_line(prefix, 60)}* of {repo}"
    tail = f"/git/matching-refs/tags/{quote(prefix, safe='/')}"
    wires, complete = await api.list_all(repo, tail, list[WireRef], what=what)
    if not complete:
        raise Refused(f"{repo} has more than 3,000 tags {safe_line(prefix, 60)}*. Give the probe a longer `line`.")
    # A tag made between two pages moves another tag to the next page.
    return tuple({wire.ref: wire.to_fact() for wire in wires}.values())


async def dated_tag(api: Api, repo: str, tag: Tag, *, optional: bool = False) -> DatedTag:
    """Return the commit and the date of a tag."""
    reserve = TAG_DATES_RESERVE if optional else None
    if tag.annotated:
        # Several tags may name one object.
        named = await _annotated_tag(api, repo, tag.sha, name=tag.name, reserve=reserve)
        return msgspec.structs.replace(named, name=tag.name)
    try:
        target = await commit(api, repo, tag.sha, reserve=reserve)
    except NotFound as error:
        # It may be a tag of a file or a folder.
        raise NotFound(f"Tag {tag.name} of {repo}: {error}") from None
    return DatedTag(name=tag.name, sha=target.sha, at=target.at)


@cached_by_arguments("dated tag", DatedTag)
async def _annotated_tag(api: Api, repo: str, sha: str, *, name: str, reserve: int | None) -> DatedTag:
    what = f"tag {name} of {repo}"
    options = RequestOptions(reserve=reserve)
    response = await api.get(repo, f"/git/tags/{quote(sha, safe='')}", what=what, options=options)
    wire = response.decode(WireAnnotatedTag)
    target = wire.object.sha
    if wire.object.type != "commit":
        raise NotFound(f"{capitalized(what)} is not a tag of a commit. Leave it out of the probe's `line`.")
    at = wire.tagger.at if wire.tagger else None
    return DatedTag(name=name, sha=target, at=at or (await commit(api, repo, target)).at)


@cached_by_arguments("comparison", Comparison)
async def compare(api: Api, repo: str, base: str, head: str, *, files: bool = True) -> Comparison:
    """Return the comparison of two commits: the commits of `base..head`, and the files changed since their merge base.

    The files are those of `git diff --name-only base...head`, a renamed file counted once, at most 300. They are
    counted even without `files`, because the response has them. The number of commits is exact.
    """
    wire = await _request_comparison(api, repo, base, head, page=1)
    if wire.base_commit is not None:
        # The base is often a tag whose date is needed next.
        fact = wire.base_commit.to_fact()
        await api.store_fact(fact_key("commit", api.current_name(repo), fact.sha), fact)
    file_count = len(wire.files or ())
    return Comparison(
        base=base,
        head=head,
        commits=wire.ahead_by,
        behind=wire.behind_by,
        files=file_count,
        files_at_least=file_count >= _MAX_FILES,
        # Only certain if all commits are listed.
        without_reverts=len(wire.commits) == wire.ahead_by
        and not any(_REVERT_WORDS.search(commit.commit.message) for commit in wire.commits),
    )


@cached_by_arguments("late commits", dict[str, dt.datetime])
async def late_commits(api: Api, repo: str, base: str, head: str, before: dt.date) -> dict[str, dt.datetime]:
    """Return the commits of `base..head` that are dated before a day. A comparison lists the oldest commits first."""
    start = day_start(before)
    found: list[WireCommit] = []
    for page in range(1, _MAX_LATE_PAGES + 1):
        wire = await _request_comparison(api, repo, base, head, page)
        found += wire.commits
        if len(found) >= wire.ahead_by or not wire.commits or wire.commits[-1].at >= start:
            return {commit.sha: commit.at for commit in found if commit.at < start}
    raise Undetermined(
        f"The commits between {_short(base)} and {_short(head)} of {repo} that are dated before {before} were not all "
        f"read: there are more than {len(found)}."
    )


async def _request_comparison(api: Api, repo: str, base: str, head: str, page: int) -> WireComparison:
    """Return a page of a comparison. The first page contains all files."""
    what = f"the comparison of {_short(base)} with {_short(head)} of {repo}"
    tail = f"/compare/{quote(base, safe='')}...{quote(head, safe='')}"
    params: Params = {"per_page": PAGE_SIZE, "page": page}
    response = await api.get(repo, tail, params, what=what, allow=frozenset({404}), options=_COMPARISON)
    if response.status == 404:
        # Only the message differs from that of a missing repository or commit.
        if "no common ancestor" in response_message(response.body).lower():
            raise NoCommonAncestor(what)
        raise github_errors.status_error(404, "", api.client.target(what))
    return await asyncio.to_thread(response.decode, WireComparison)


def _short(sha: str) -> str:
    return safe_line(short_sha(sha))
