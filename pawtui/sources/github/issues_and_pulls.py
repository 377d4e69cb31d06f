"""Issues, pull requests, searches and comments. Only comments are written."""

import asyncio
import contextlib
import datetime as dt
import re
from collections.abc import Mapping, Sequence

import msgspec

from pawtui.phrases import capitalized
from pawtui.repo_names import branch_name, is_repo_name
from pawtui.sources.facts import CONVERTED, Comment, Issue, MergedPull, Pulls, SearchResult
from pawtui.sources.github.api import PAGE_SIZE, Api, cached_by_arguments
from pawtui.sources.github.client import Params
from pawtui.sources.github.request import CACHED, ISSUE_DETAILS_RESERVE, PULL_FILES_RESERVE, RequestOptions, Response
from pawtui.sources.github.wire import (
    WireComment,
    WireFile,
    WireIssue,
    WireIssueEvent,
    WireMergedPull,
    WirePullItem,
    WireSearchResult,
    WireUser,
)
from pawtui.sources.sanitize import safe_line, safe_path
from pawtui.sources.source_errors import BudgetSpent, Refused, SourceError, Undetermined

# Time after which a cached issue is requested by number: the list of changed issues lacks deleted and moved issues.
_TRUSTED_FOR = dt.timedelta(days=7)
_CLOCK_MARGIN = dt.timedelta(minutes=1)
_DETAILS = RequestOptions(cached=True, reserve=ISSUE_DETAILS_RESERVE)
_MAX_OPEN_PULLS = 50
_MAX_PULL_FILES = 3000  # GitHub lists no more
# At the start of a line or sentence: not "this is not a duplicate of". A line with `>` is a quote.
_DUPLICATE_OF = re.compile(
    r"^(?! {0,3}>)(?:.*[.!][ \t]+| {0,3})"
    r"(?:(?:this|it|it's|issue|is|looks|like|closing|closed|marking|marked|as|an?|exact|the)[ \t]+)*"
    r"duplicate of[ \t]+"
    r"(?:(?P<repo>[\w.-]+/[\w.-]+)?#|https://[\w.-]+/(?P<linked>[\w.-]+/[\w.-]+)/(?:issues|pull)/)"
    r"(?P<number>[1-9]\d{0,8})\b",
    re.IGNORECASE | re.MULTILINE,
)


class _CachedIssue(msgspec.Struct, frozen=True):
    """A cached issue, and the time of the response that had it: later changes are not known."""

    issue: Issue
    at: dt.datetime


async def issues(api: Api, repo: str, numbers: Sequence[int]) -> Mapping[int, Issue | SourceError]:
    """Return the issue of each number, or its error.

    If few issues have changed, all cached issues together cost one request: the list of issues updated since. The other
    issues are requested one by one.
    """
    key = api.identity_key("issues", api.current_name(repo))
    cached = await api.load_fact(key, dict[int, _CachedIssue]) or {}
    wanted = tuple(dict.fromkeys(numbers))
    now = api.client.clock()
    listed = [number for number in wanted if _is_listed_if_changed(api, repo, number, cached.get(number), now)]
    found: dict[int, _CachedIssue | SourceError] = {}
    if len(listed) > 1:
        # Without the list (it does not exist if issues are disabled), each issue is requested.
        with contextlib.suppress(SourceError):
            found |= await _request_updated(api, repo, cached, listed)
    missing = [number for number in wanted if number not in found]
    requested = await asyncio.gather(*(_request_issue(api, repo, number) for number in missing))
    found |= zip(missing, requested, strict=True)
    for number in missing:
        cached.pop(number, None)
    cached |= {number: result for number, result in found.items() if isinstance(result, _CachedIssue)}
    await api.store_fact(key, cached)
    return {number: await _with_details(api, found[number]) for number in wanted}


async def _with_details(api: Api, cached: _CachedIssue | SourceError) -> Issue | SourceError:
    """Return the issue, with the facts that only its events or comments contain; an error if these cannot be read."""
    if isinstance(cached, SourceError):
        return cached
    issue = cached.issue
    try:
        # GitHub closes and locks an issue without a reason when it converts it.
        if issue.locked and issue.state == "closed" and not issue.is_pull and issue.reason in ("", "completed"):
            if await _was_converted(api, issue.repo, issue.number, issue.updated_at):
                return msgspec.structs.replace(issue, reason=CONVERTED)
        elif issue.reason == "duplicate":
            original = await _original_of(api, issue.repo, issue.number, issue.updated_at)
            return msgspec.structs.replace(issue, original=original)
    except BudgetSpent as error:
        # Without its original, a duplicate does not count as done.
        return issue if issue.reason == "duplicate" else error
    except SourceError as error:
        return error
    return issue


@cached_by_arguments("converted", bool)
async def _was_converted(api: Api, repo: str, number: int, _updated_at: dt.datetime | None) -> bool:
    """Return whether the issue has an event for it. The time of its last update is only a part of the cache key."""
    what = f"the events of #{number} of {repo}"
    events, _ = await api.list_all(repo, f"/issues/{number}/events", list[WireIssueEvent], what=what, options=_DETAILS)
    return any(item.event == CONVERTED for item in events)


@cached_by_arguments("original", str)
async def _original_of(api: Api, repo: str, number: int, _updated_at: dt.datetime | None) -> str:
    """Return the original that a maintainer's comment names last (`owner/repo#number`); empty if none names it.

    REST has no field for the original, and GraphQL (`MarkedAsDuplicateEvent.canonical`) needs a token. But issues are
    marked as duplicates with a comment `Duplicate of #7` (GitHub's documentation, "Marking issues or pull requests as a
    duplicate").
    """
    original = ""
    written = await comments(api, repo, number, _DETAILS)
    for body in (comment.body for comment in written if comment.is_by_maintainer):
        for found in _DUPLICATE_OF.finditer(body):
            named = found["repo"] or found["linked"] or repo
            if is_repo_name(named) and (named.lower(), int(found["number"])) != (repo.lower(), number):
                original = f"{named}#{found['number']}"
    return original


def _is_listed_if_changed(api: Api, repo: str, number: int, cached: _CachedIssue | None, now: dt.datetime) -> bool:
    """Return whether the list of changed issues would contain a change of this issue."""
    if cached is None or cached.issue.number != number or now - cached.at > _TRUSTED_FOR:
        return False
    return cached.issue.repo.lower() in (repo.lower(), api.current_name(repo).lower())


async def _request_updated(
    api: Api, repo: str, cached: Mapping[int, _CachedIssue], numbers: Sequence[int]
) -> dict[int, _CachedIssue]:
    """Return the current state of cached issues; empty if more than one page of issues has changed."""
    since = min(cached[number].at for number in numbers) - _CLOCK_MARGIN
    what = f"the issues of {repo} that changed"
    start = f"{since.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
    response = await api.get(repo, "/issues", {"state": "all", "since": start, "per_page": PAGE_SIZE}, what=what)
    wires = response.decode(list[WireIssue])
    # A proxy may remove the link to the next page.
    if response.next or len(wires) >= PAGE_SIZE:
        return {}
    changed = {wire.number: wire.to_fact(api.web, api.current_name(repo)) for wire in wires}
    at = _checked_at(api, response)
    return {number: _CachedIssue(changed[number], at) if number in changed else cached[number] for number in numbers}


async def _request_issue(api: Api, repo: str, number: int) -> _CachedIssue | SourceError:
    what = f"issue #{number} of {repo}"
    try:
        response = await api.get(repo, f"/issues/{number}", what=what, options=CACHED)
        fact = response.decode(WireIssue).to_fact(api.web, api.current_name(repo))
    except SourceError as error:
        return error
    return _CachedIssue(fact, _checked_at(api, response))


def _checked_at(api: Api, response: Response) -> dt.datetime:
    """Return the time of a response: the server's, or ours if that is earlier."""
    now = api.client.clock()
    return min(response.date or now, now)


async def open_pulls(api: Api, repo: str, branch: str) -> Pulls:
    """Return the open pull requests into a branch, at most 50, the most recently updated first."""
    what = f"the open pull requests of {repo}"
    branch = branch_name(branch)
    params: Params = {
        "state": "open",
        "base": branch,
        "sort": "updated",
        "direction": "desc",
        "per_page": _MAX_OPEN_PULLS,
    }
    response = await api.get(repo, "/pulls", params, what=what, options=CACHED)
    items = response.decode(list[WirePullItem])
    # The list is also empty if there is no such branch, as for a tag, a commit, `HEAD` or an old name.
    is_known = bool(items) or (repo.lower(), branch) in api.known_branches
    if not is_known and await api.current_branch_name(repo, branch) != branch:
        raise Undetermined(f"{capitalized(what)} are not known: {safe_line(branch, 100)} is not a branch.")
    # A proxy may remove the link to the next page.
    complete = not response.next and len(items) < _MAX_OPEN_PULLS
    return Pulls(items=tuple(item.to_fact(api.web, api.current_name(repo)) for item in items), complete=complete)


@cached_by_arguments("merged pull", MergedPull)
async def merged_pull(api: Api, repo: str, number: int) -> MergedPull:
    """Return the branch that a pull request was merged into, and the commit there; see `Source.merged_pull`."""
    what = f"pull request #{number} of {repo}"
    response = await api.get(repo, f"/pulls/{number}", what=what)
    wire = response.decode(WireMergedPull)
    if not wire.merged or wire.merge_commit_sha is None:
        raise Undetermined(f"{capitalized(what)} is listed as merged, but its merge is not known.")
    return MergedPull(base=safe_line(wire.base.ref, 200), sha=safe_line(wire.merge_commit_sha, 40))


@cached_by_arguments("files of pull", tuple[str, ...])
async def pull_files(api: Api, repo: str, number: int, head: str) -> tuple[str, ...]:
    """Return the paths of all files that a pull request changes, with both names of a renamed file."""
    what = f"the files of #{number} of {repo}"
    options = RequestOptions(reserve=PULL_FILES_RESERVE)
    files, complete = await api.list_all(repo, f"/pulls/{number}/files", list[WireFile], what=what, options=options)
    if not complete or len(files) >= _MAX_PULL_FILES:
        raise Undetermined(f"{capitalized(what)} are too many to be listed.")
    named = (name for file in files for name in (file.filename, file.previous_filename) if name)
    return tuple(dict.fromkeys(safe_path(name) for name in named))


async def search(api: Api, repo: str, query: str) -> SearchResult:
    """Return the first 30 matching issues and the number of all. The query must stay within the repository."""
    if any(word.lower().lstrip("-").startswith(("repo:", "org:", "user:")) for word in query.split()):
        raise Refused("The search contains repo:, org: or user:. Remove it: only the tracker's repository is searched.")
    name = api.current_name(repo)
    what = f"the search {safe_line(query, 80)!r} in {repo}"
    params: Params = {"q": f"repo:{name} {query}", "per_page": 30}
    response = await api.client.get("/search/issues", params, what=what)
    wire = response.decode(WireSearchResult)
    return SearchResult(
        total=wire.total_count,
        items=tuple(item.to_fact(api.web, name) for item in wire.items),
        complete=not wire.incomplete_results,
    )


async def comments(api: Api, repo: str, number: int, options: RequestOptions = CACHED) -> tuple[Comment, ...]:
    """Return every comment on an issue or pull request, oldest first."""
    what = f"the comments on #{number} of {repo}"
    tail = f"/issues/{number}/comments"
    wires, complete = await api.list_all(repo, tail, list[WireComment], what=what, options=options)
    if not complete:
        raise Refused(f"#{number} of {repo} has more than 3,000 comments and is not read. Use a newer issue.")
    return tuple(wire.to_fact(api.web, api.current_name(repo), number) for wire in wires)


async def user(api: Api, bot: str) -> str:
    """Return the login of the token's account, or `bot` if the token is valid but must not read it (403)."""
    forbidden = frozenset({403}) if bot and api.client.has_token else frozenset()
    response = await api.client.get("/user", what="your account", allow=forbidden, options=CACHED)
    if response.status in forbidden:
        return bot
    return safe_line(response.decode(WireUser).login, 100)


async def post_comment(api: Api, repo: str, number: int, body: str) -> Comment:
    """Post a comment with one request."""
    what = f"a comment on #{number} of {repo}"
    path = f"{api.repo_path(repo)}/issues/{number}/comments"
    response = await api.client.write("POST", path, {"body": body}, what=what)
    return response.decode(WireComment).to_fact(api.web, api.current_name(repo), number)


async def edit_comment(api: Api, repo: str, comment_id: int, body: str) -> Comment:
    """Replace a comment's text with one request."""
    what = f"comment {comment_id} of {repo}"
    path = f"{api.repo_path(repo)}/issues/comments/{comment_id}"
    response = await api.client.write("PATCH", path, {"body": body}, what=what)
    # The issue comes from the address in the response.
    return response.decode(WireComment).to_fact(api.web, api.current_name(repo), number=0)
