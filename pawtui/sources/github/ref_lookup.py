"""Find the commit of a ref.

GitHub accepts `heads/NAME`, `tags/NAME`, a bare name or a SHA. A bare name is ambiguous if a branch and a tag share it:
it is first requested as a branch, and only if that is missing as a tag or a SHA.
"""

import datetime as dt
from collections.abc import Sequence
from urllib.parse import quote

import msgspec

from pawtui.moments import moment_text
from pawtui.phrases import short_sha
from pawtui.repo_names import branch_name
from pawtui.sources.facts import Head, MissingRef
from pawtui.sources.github.api import Api, is_full_sha, ref_text
from pawtui.sources.github.request import Rank, RequestOptions
from pawtui.sources.github.wire import WireCommit
from pawtui.sources.sanitize import safe_line
from pawtui.sources.source_errors import BadResponse
from pawtui.sources.waiting import HEAD_TIME_LIMIT

HEAD_OPTIONS = RequestOptions(cached=True, time_limit=HEAD_TIME_LIMIT, rank=Rank.FIRST)
_MISSING = frozenset({404, 422})
# A missing ref is requested again after this time. There may be several in each refresh: those of the tracker, and the
# usual names of default branches.
_REPEAT_AFTER = dt.timedelta(hours=3)
# With a clock that is ahead by more, windows of days would close too early.
_MAX_AHEAD = dt.timedelta(days=1)


class _CachedMissingRef(msgspec.Struct, frozen=True):
    """A missing ref, and the time of its last request."""

    ref: MissingRef
    requested_at: dt.datetime


async def ref_head(api: Api, repo: str, ref: str) -> Head | MissingRef:
    """Return the head of a ref, or `MissingRef`. A missing ref is requested again after hours."""
    key = api.identity_key("missing ref", repo, ref)
    now = api.client.clock()
    cached = await api.load_fact(key, _CachedMissingRef)
    if cached is not None and abs(now - cached.requested_at) < _REPEAT_AFTER:
        return cached.ref
    short = ref.removeprefix("refs/")
    is_bare = not short.startswith(("heads/", "tags/")) and not is_full_sha(short)
    forms = (f"heads/{short}", short) if is_bare else (short,)
    head = await _find_head(api, repo, ref, forms)
    if head is not None:
        return head
    missing = MissingRef(name=safe_line(ref, 100), renamed_to=await _new_name(api, repo, ref))
    await api.store_fact(key, _CachedMissingRef(missing, now))
    return missing


async def _find_head(api: Api, repo: str, ref: str, forms: Sequence[str]) -> Head | None:
    """Return the head of the first form of a ref that exists; None if none does.

    Raises `NotFound` if the repository does not exist.
    """
    what = f"ref {ref_text(ref)} of {repo}"
    now = api.client.clock()
    repo_exists = False
    for form in forms:
        # One file a page: the list of files is not used.
        tail = f"/commits/{quote(form, safe='/')}"
        response = await api.get(repo, tail, {"per_page": 1}, what=what, allow=_MISSING, options=HEAD_OPTIONS)
        if response.date is not None and now - response.date > _MAX_AHEAD:
            raise BadResponse(
                f"The response of {api.client.host} to {what} is dated {moment_text(response.date)}, but the clock of "
                f"this computer shows {moment_text(now)}. Correct the clock, or check for a proxy with old responses."
            )
        if response.status in _MISSING:
            # GitHub responds with 422 to a name that is no commit of an existing repository.
            repo_exists = repo_exists or response.status == 422
            continue
        commit = response.decode(WireCommit)
        if is_full_sha(ref) and commit.sha != ref:
            raise BadResponse(
                f"{api.client.host} responded to {what} with another commit ({short_sha(commit.sha)}). Try again."
            )
        current = api.current_name(repo)
        if form.startswith("heads/"):
            api.known_branches.add((current.lower(), form.removeprefix("heads/")))
        return Head(repo=current, requested_repo=repo, ref=safe_line(ref, 200), sha=commit.sha, committed_at=commit.at)
    if not repo_exists:
        # Either the ref or the repository is missing: this raises `NotFound` for the repository.
        await api.get(repo, "", what=f"repository {repo}", options=HEAD_OPTIONS)
    return None


async def _new_name(api: Api, repo: str, ref: str) -> str:
    """Return the new name of a renamed branch, to which GitHub redirects its old name; empty if there is none."""
    if ref.removeprefix("refs/").startswith("tags/") or is_full_sha(ref):
        return ""
    name = branch_name(ref)
    current = await api.current_branch_name(repo, name, HEAD_OPTIONS)
    return safe_line(current, 100) if current != name else ""
