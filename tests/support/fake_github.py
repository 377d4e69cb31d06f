"""A fake GitHub on loopback with responses from real git repositories, so that every number can be compared with git.

    with FakeGitHub() as fake:
        up = fake.add("up/stream", GitRepo(tmp_path / "up"))
        up.issue(7, "A bug", labels=("bug",))
        fake.rename("up/stream", "new/stream")
        fake.fail("/commits", 502, times=2)
        ...
        assert [seen.path for seen in fake.log] == [...]

It supports only the endpoints that pawtui requests; others are 404. Rules, limits and headers are those of GitHub.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, unquote, urlencode

from tests.support.fake_answers import Missing
from tests.support.fake_http import Asked, FakeServer, Reply, message
from tests.support.fake_issues import SEARCH_LENGTH, search_terms
from tests.support.fake_repo import FakeRepo
from tests.support.git_repo import GitRepo

_NOT_FOUND = Reply(404, message("Not Found"), etag=False)
_SHA = r"(?P<sha>[^/]+)"


class FakeGitHub(FakeServer):
    """The API. `user` is the login behind the token."""

    def __init__(self, *, token: str = "ghp_" + "a" * 36, prefix: str = "", user: str = "maintainer") -> None:
        self.user = user
        self.repos: dict[str, FakeRepo] = {}
        self._moved: dict[str, FakeRepo] = {}
        self._ids = 1000
        super().__init__(token=token, prefix=prefix)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add(self, full_name: str, git: GitRepo) -> FakeRepo:
        """Publish a git repository as `owner/name`."""
        repo = FakeRepo(self, full_name, self.next_id(), git)
        self.repos[full_name.lower()] = repo
        return repo

    def rename(self, old: str, new: str) -> None:
        """Rename the repository `old` to `new`, with a redirect from `old`."""
        repo = self.repos.pop(old.lower())
        repo.full_name = new
        self.repos[new.lower()] = repo
        self._moved[old.lower()] = repo

    def next_id(self) -> int:
        """Return an unused number."""
        self._ids += 1
        return self._ids

    def handle(self, asked: Asked) -> Reply:
        """Route a request; objects and refs that git does not have are 404."""
        if asked.path == "/user":
            return Reply(200, {"login": self.user}) if asked.has_token else _needs_token()
        if asked.path == "/rate_limit":
            core = {"limit": self.limits["core", asked.has_token], "used": self.used.get(("core", asked.has_token), 0)}
            return Reply(200, {"resources": {"core": core}}, etag=False)
        if asked.path == "/search/issues" and asked.method == "GET":
            return self._search(asked)
        match = re.fullmatch(r"/(?:repos/([^/]+/[^/]+)|repositories/(\d+))(/.*)?", asked.path)
        if match is None:
            return _NOT_FOUND
        name, number, rest = (match[1] or "").lower(), match[2], match[3] or ""
        if name in self._moved and name not in self.repos:
            return self._redirect(asked, self._moved[name], rest)
        repo = self.repos.get(name) or next((one for one in self.repos.values() if str(one.id) == number), None)
        if repo is None or (repo.private and not asked.has_token):
            return _NOT_FOUND
        for method, pattern, answer in _ROUTES:
            if method == asked.method and (found := re.fullmatch(pattern, rest)):
                try:
                    return answer(repo, asked, found)
                except Missing:
                    return _NOT_FOUND
        return _NOT_FOUND

    def page(self, repo: FakeRepo, asked: Asked, rest: str, items: list[Any], *, more: bool, page: int) -> Reply:
        """One page of a list with GitHub's `Link`, whose addresses go by the repository's number."""
        links = []
        for relation, wanted in (("prev", page - 1), ("next", page + 1)):
            if (relation == "next" and more) or (relation == "prev" and page > 1):
                query = urlencode(asked.query | {"page": str(wanted)}, quote_via=quote)
                links.append(f'<{self.url}/repositories/{repo.id}{quote(rest)}?{query}>; rel="{relation}"')
        return Reply(200, items, {"Link": ", ".join(links)} if links else {})

    def slice(self, repo: FakeRepo, asked: Asked, rest: str, items: list[Any]) -> Reply:
        """Return a page of a complete list."""
        size, page = asked.number("per_page", 30, 100), asked.number("page", 1, 10_000)
        shown = items[(page - 1) * size : page * size]
        return self.page(repo, asked, rest, shown, more=page * size < len(items), page=page)

    def _redirect(self, asked: Asked, repo: FakeRepo, rest: str) -> Reply:
        target = f"{self.url}/repositories/{repo.id}{quote(rest)}" + (f"?{asked.raw_query}" if asked.raw_query else "")
        status = 301 if asked.method == "GET" else 307
        return Reply(status, {"message": "Moved Permanently", "url": target}, {"Location": target}, etag=False)

    def _search(self, asked: Asked) -> Reply:
        query = asked.query.get("q", "")
        if not query or len(query) > SEARCH_LENGTH:
            return Reply(422, message("Validation Failed"), etag=False)
        names, words = search_terms(query)
        repos = [self.repos.get(name.lower()) for name in names]
        seen = [repo for repo in repos if repo is not None and (asked.has_token or not repo.private)]
        if len(seen) < len(names) or not names:
            text = "The listed users and repositories cannot be searched either because the resources do not exist or "
            return Reply(422, message(text + "you do not have permission to view them."), etag=False)
        found = [
            issue.answer(repo.full_name, self.url)
            for repo in seen
            for issue in sorted(repo.issues.values(), key=lambda issue: issue.created_at, reverse=True)
            if not issue.deleted and issue.moved_to is None and issue.matches(words)
        ]
        size, page = asked.number("per_page", 30, 100), asked.number("page", 1, 10)
        body = {
            "total_count": len(found),
            "incomplete_results": False,
            "items": found[(page - 1) * size : page * size],
        }
        return Reply(200, body, etag=False)


def _needs_token() -> Reply:
    return Reply(401, message("Requires authentication"), etag=False)


def _repo(repo: FakeRepo, asked: Asked, match: re.Match[str]) -> Reply:
    return Reply(200, repo.answer())


def _commit(repo: FakeRepo, asked: Asked, match: re.Match[str]) -> Reply:
    if repo.answers.is_empty():
        return Reply(409, message("Git Repository is empty."), etag=False)
    try:
        sha = repo.answers.resolve(match["ref"])
    except Missing:
        return Reply(422, message(f"No commit found for SHA: {match['ref']}"), etag=False)
    return Reply(200, repo.answers.commit(repo.full_name, sha, asked.number("per_page", 300, 300)))


def _commits(repo: FakeRepo, asked: Asked, match: re.Match[str]) -> Reply:
    if repo.answers.is_empty():
        return Reply(409, message("Git Repository is empty."), etag=False)
    size, page = asked.number("per_page", 30, 100), asked.number("page", 1, 10_000)
    args = [f"--skip={(page - 1) * size}", f"--max-count={size + 1}"]
    args += [f"--{name}={asked.query[name]}" for name in ("since", "until") if name in asked.query]
    args += [repo.answers.resolve(asked.query.get("sha") or repo.git.default), "--"]
    args += [asked.query["path"]] if asked.query.get("path") else []
    found = repo.answers.commits(repo.full_name, *args)
    return repo.fake.page(repo, asked, "/commits", found[:size], more=len(found) > size, page=page)


def _tree(repo: FakeRepo, asked: Asked, match: re.Match[str]) -> Reply:
    if repo.answers.is_empty():
        return Reply(409, message("Git Repository is empty."), etag=False)
    # Whatever its value is, as long as there is one.
    return Reply(200, repo.answers.tree(match["sha"], bool(asked.query.get("recursive"))))


def _blob(repo: FakeRepo, asked: Asked, match: re.Match[str]) -> Reply:
    return Reply(200, repo.answers.blob(match["sha"]))


def _git_commit(repo: FakeRepo, asked: Asked, match: re.Match[str]) -> Reply:
    found = repo.answers.commits(repo.full_name, "-1", repo.answers.resolve(match["sha"]))[0]
    return Reply(200, {"sha": found["sha"], **found["commit"], "parents": found["parents"]})


def _git_tag(repo: FakeRepo, asked: Asked, match: re.Match[str]) -> Reply:
    return Reply(200, repo.answers.annotated(match["sha"]))


def _refs(repo: FakeRepo, asked: Asked, match: re.Match[str]) -> Reply:
    return repo.fake.slice(repo, asked, match[0], repo.answers.refs(match["prefix"]))


def _compare(repo: FakeRepo, asked: Asked, match: re.Match[str]) -> Reply:
    base, _, head = match["basehead"].partition("...")
    page = asked.number("page", 1, 10_000) if {"page", "per_page"} & set(asked.query) else None
    size = asked.number("per_page", 30, 100)
    ends = (repo.answers.resolve(base), repo.answers.resolve(head))
    return Reply(200, repo.answers.compare(repo.full_name, *ends, page, size))


def _branch(repo: FakeRepo, asked: Asked, match: re.Match[str]) -> Reply:
    name = unquote(match["name"])
    if name in repo.renamed:
        target = f"{repo.fake.url}/repositories/{repo.id}/branches/{quote(repo.renamed[name], safe='')}"
        return Reply(301, {"message": "Moved Permanently", "url": target}, {"Location": target}, etag=False)
    try:
        sha = repo.answers.resolve(f"heads/{name}")
    except Missing:
        return Reply(404, message("Branch not found"), etag=False)
    return Reply(200, {"name": name, "commit": repo.answers.commit(repo.full_name, sha, 0), "protected": False})


def _activity(repo: FakeRepo, asked: Asked, match: re.Match[str]) -> Reply:
    if not repo.has_activity:
        return _NOT_FOUND
    ref = asked.query.get("ref", "").removeprefix("refs/heads/")
    days = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}.get(asked.query.get("time_period", ""), 3650)
    oldest = repo.fake.now() - dt.timedelta(days=days)
    moves = repo.activity.get(ref)
    if moves is None:
        moves = repo.answers.pushes(ref)
    found = [move for move in moves if dt.datetime.fromisoformat(move["timestamp"]) >= oldest]
    if asked.query.get("direction", "desc") == "desc":
        found.reverse()
    # The cursors are opaque: there are no page numbers.
    start, size = int(asked.query.get("after", "0")), asked.number("per_page", 30, 100)
    shown = found[start : start + size]
    query = urlencode(asked.query | {"after": str(start + size)}, quote_via=quote)
    link = f'<{repo.fake.url}/repositories/{repo.id}/activity?{query}>; rel="next"'
    return Reply(200, shown, {"Link": link} if start + size < len(found) else {})


def _pulls(repo: FakeRepo, asked: Asked, match: re.Match[str]) -> Reply:
    base = asked.query.get("base")
    found = [one for one in repo.pulls.values() if base in (None, one.base)]
    # As GitHub does: by number unless asked otherwise, and by `updated` the oldest first unless asked otherwise.
    key = (lambda one: one.updated_at) if asked.query.get("sort") == "updated" else (lambda one: one.number)
    ordered = sorted(found, key=key, reverse=asked.query.get("direction") == "desc")
    return repo.fake.slice(repo, asked, "/pulls", [one.answer(repo.full_name) for one in ordered])


def _pull_files(repo: FakeRepo, asked: Asked, match: re.Match[str]) -> Reply:
    pull = repo.pulls.get(int(match["number"]))
    if pull is None:
        return _NOT_FOUND
    return repo.fake.slice(repo, asked, match[0], [{"filename": name, "status": "modified"} for name in pull.files])


def _issues(repo: FakeRepo, asked: Asked, match: re.Match[str]) -> Reply:
    if repo.issues_off:
        return Reply(410, message("Issues has been disabled in this repository."), etag=False)
    state = asked.query.get("state", "open")
    since = dt.datetime.fromisoformat(asked.query["since"]) if "since" in asked.query else None
    labels = set(filter(None, asked.query.get("labels", "").split(",")))
    found = [
        issue.answer(repo.full_name, repo.fake.url)
        for issue in sorted(repo.issues.values(), key=lambda issue: issue.created_at, reverse=True)
        if state in ("all", issue.state)
        # GitHub's times are in whole seconds.
        and (since is None or issue.updated_at.replace(microsecond=0) >= since)
        and labels <= set(issue.labels)
        and not issue.deleted
        and issue.moved_to is None
    ]
    return repo.fake.slice(repo, asked, "/issues", found)


def _issue(repo: FakeRepo, asked: Asked, match: re.Match[str]) -> Reply:
    issue = repo.issues.get(int(match["number"]))
    if issue is None:
        return _NOT_FOUND
    if issue.deleted:
        return Reply(410, message("This issue was deleted"), etag=False)
    if issue.moved_to is not None:
        name, number = issue.moved_to
        target = f"{repo.fake.url}/repositories/{repo.fake.repos[name.lower()].id}/issues/{number}"
        return Reply(301, {"message": "Moved Permanently", "url": target}, {"Location": target}, etag=False)
    return Reply(200, issue.answer(repo.full_name, repo.fake.url))


def _comments(repo: FakeRepo, asked: Asked, match: re.Match[str]) -> Reply:
    issue = repo.issues.get(int(match["number"]))
    if issue is None:
        return _NOT_FOUND
    found = [comment.answer(repo.full_name) for comment in issue.comments]
    return repo.fake.slice(repo, asked, match[0], found)


def _text(asked: Asked) -> str:
    """Return the comment in a request; empty if there is none."""
    try:
        body = json.loads(asked.body)
    except ValueError:
        return ""
    return str(body.get("body") or "") if isinstance(body, dict) else ""


def _post(repo: FakeRepo, asked: Asked, match: re.Match[str]) -> Reply:
    if not asked.has_token:
        return _needs_token()
    if int(match["number"]) not in repo.issues:
        return _NOT_FOUND
    if not _text(asked):
        return Reply(422, message("Validation Failed"), etag=False)
    made = repo.comment(int(match["number"]), _text(asked), author=repo.fake.user, association="OWNER")
    return Reply(201, made.answer(repo.full_name))


def _patch(repo: FakeRepo, asked: Asked, match: re.Match[str]) -> Reply:
    if not asked.has_token:
        return _needs_token()
    wanted = int(match["id"])
    found = next((one for issue in repo.issues.values() for one in issue.comments if one.id == wanted), None)
    if found is None:
        return _NOT_FOUND
    if not _text(asked):
        return Reply(422, message("Validation Failed"), etag=False)
    found.body, found.updated_at = _text(asked), repo.fake.now()
    return Reply(200, found.answer(repo.full_name))


_ROUTES: tuple[tuple[str, str, Callable[[FakeRepo, Asked, re.Match[str]], Reply]], ...] = (
    ("GET", "", _repo),
    ("GET", "/commits/(?P<ref>.+)", _commit),
    ("GET", "/commits", _commits),
    ("GET", f"/git/trees/{_SHA}", _tree),
    ("GET", f"/git/blobs/{_SHA}", _blob),
    ("GET", f"/git/commits/{_SHA}", _git_commit),
    ("GET", f"/git/tags/{_SHA}", _git_tag),
    ("GET", "/git/matching-refs/(?P<prefix>.*)", _refs),
    ("GET", r"/compare/(?P<basehead>.+)", _compare),
    ("GET", "/branches/(?P<name>.+)", _branch),
    ("GET", "/activity", _activity),
    ("GET", "/pulls", _pulls),
    ("GET", r"/pulls/(?P<number>\d+)/files", _pull_files),
    ("GET", "/issues", _issues),
    ("GET", r"/issues/(?P<number>\d+)", _issue),
    ("GET", r"/issues/(?P<number>\d+)/comments", _comments),
    ("POST", r"/issues/(?P<number>\d+)/comments", _post),
    ("PATCH", r"/issues/comments/(?P<id>\d+)", _patch),
)
