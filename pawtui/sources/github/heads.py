"""Where a ref stands: now, or as it stood at a past time.

GitHub takes `heads/NAME`, `tags/NAME`, a bare name or a SHA. A bare name is ambiguous where a branch and a tag share
it, so a branch is asked for as one first; only where there is none may the name be a tag or a SHA.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from urllib.parse import quote

from pawtui.sources.facts import Head
from pawtui.sources.github import failures
from pawtui.sources.github.api import Api, is_full_sha
from pawtui.sources.github.client import Answer
from pawtui.sources.github.wire import WireCommit, repo_in
from pawtui.sources.sanitize import safe_line
from pawtui.sources.source_errors import BadAnswer, NotFound

_MISSING = frozenset({404, 409, 422})
_PREFIXES = ("heads/", "tags/")
# How long a name that was neither branch, tag nor SHA is taken for no tag: a branch of that name is found at once.
_MISSING_FOR = dt.timedelta(days=1)


async def head(api: Api, repo: str, refs: Sequence[str]) -> Head:
    """The first of `refs` that exists."""
    return await _first(api, repo, refs, None)


async def head_at(api: Api, repo: str, refs: Sequence[str], when: dt.datetime) -> Head:
    """The first of `refs` that has a commit not later than `when`, and the newest such commit.

    The ref's history is today's: what a force-push took away since is not seen.
    """
    return await _first(api, repo, refs, when.astimezone(dt.UTC))


async def _first(api: Api, repo: str, refs: Sequence[str], when: dt.datetime | None) -> Head:
    missing: list[str] = []
    exists = False
    for ref in refs:
        commit, known = await _at(api, repo, ref, when)
        exists = exists or known
        if commit is not None:
            return await _found(api, repo, ref, commit, missing)
        missing.append(safe_line(ref, 100))
    if not exists:
        # Nothing has told yet whether it is the refs that are missing or the repository.
        await api.get(repo, "", what=f"repository {repo}")
    names = ", ".join(missing) or "(no refs given)"
    then = f" with a commit before {when:%Y-%m-%d %H:%M} UTC" if when is not None else ""
    raise NotFound(f"None of the refs {names} exists in {safe_line(repo, 100)}{then}. Check `refs` in the tracker.")


async def _at(api: Api, repo: str, ref: str, when: dt.datetime | None) -> tuple[WireCommit | None, bool]:
    """The commit of one ref, and whether the answers prove that the repository exists."""
    exists = False
    note = f"missing {api.client.identity} {repo.lower()} {ref}"
    for spelling in _spellings(ref):
        bare = spelling == ref and not ref.startswith(_PREFIXES) and not is_full_sha(ref)
        if bare:
            seen = await api.kept(note, dt.datetime)
            if seen is not None and abs(api.client.clock() - seen) < _MISSING_FOR:
                continue
        answer = await _ask(api, repo, ref, spelling, when)
        if answer.status == 409:
            raise failures.answered(
                409, "", f"ref {safe_line(ref, 100)} of {repo}", api.client.host, api.client.has_token
            )
        exists = exists or answer.status in (200, 422)
        if answer.status == 200:
            what = f"ref {safe_line(ref, 100)} of {repo}"
            if when is None:
                return api.decode(answer, WireCommit, what), True
            commits = api.decode(answer, list[WireCommit], what)
            return (commits[0] if commits else None), True
        if bare and answer.status == 422:
            await api.keep(note, api.client.clock())
    return None, exists


async def _ask(api: Api, repo: str, ref: str, spelling: str, when: dt.datetime | None) -> Answer:
    what = f"ref {safe_line(ref, 100)} of {repo}"
    if when is None:
        # One file of the commit is enough: its list of files is not looked at.
        return await api.get(repo, f"/commits/{quote(spelling, safe='/')}", {"per_page": 1}, what=what, allow=_MISSING)
    params: dict[str, str | int] = {"sha": spelling, "until": f"{when:%Y-%m-%dT%H:%M:%SZ}", "per_page": 1}
    return await api.get(repo, "/commits", params, what=what, allow=_MISSING, keep=False)


def _spellings(ref: str) -> tuple[str, ...]:
    ref = ref.removeprefix("refs/")
    if ref.startswith(_PREFIXES) or is_full_sha(ref):
        return (ref,)
    return (f"heads/{ref}", ref)


async def _found(api: Api, repo: str, ref: str, commit: WireCommit, missing: list[str]) -> Head:
    if is_full_sha(ref) and commit.sha != ref:
        raise BadAnswer(
            f"{api.client.host} answered commit {ref} of {repo} with another one ({commit.sha}). Try again."
        )
    present = repo
    if api.was_renamed(repo):
        present = repo_in(commit.html_url) or await api.present_name(repo)
        api.learn(repo, present)
    fact = commit.fact(api.web, present)
    return Head(
        repo=present,
        asked=repo,
        ref=safe_line(ref, 200),
        sha=fact.sha,
        committed_at=fact.at,
        subject=fact.subject,
        missing=tuple(missing),
    )
