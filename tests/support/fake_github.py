"""A fake GitHub on loopback with responses from real git repositories, so that every number can be compared with git.

    with FakeGitHub() as fake:
        up = fake.add("up/stream", GitRepo(tmp_path / "up"))
        up.issue(7, "A bug", labels=("bug",))
        fake.rename("up/stream", "new/stream")
        fake.fail("/commits", 502, times=2)
        ...
        assert [request.path for request in fake.log] == [...]

It supports only the endpoints that pawtui requests; others are 404. Rules, limits and headers are those of GitHub.
"""

import datetime as dt
import json
import re
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, unquote, urlencode

from tests.support.fake_http import FakeServer, Reply, Request, error_body
from tests.support.fake_issues import SEARCH_LENGTH, search_terms
from tests.support.fake_repo import FakeRepo
from tests.support.git_repo import GitRepo
from tests.support.repository_objects import Missing

_NOT_FOUND = Reply(404, error_body("Not Found"), etag=False)
_NEEDS_TOKEN = Reply(401, error_body("Requires authentication"), etag=False)
_EMPTY = Reply(409, error_body("Git Repository is empty."), etag=False)
_SHA = r"(?P<sha>[^/]+)"


class FakeGitHub(FakeServer):
    """The API. `user` is the login of the token."""

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

    def handle(self, request: Request) -> Reply:
        """Route a request; objects and refs that git does not have are 404."""
        if request.path == "/user":
            return Reply(200, {"login": self.user}) if request.has_token else _NEEDS_TOKEN
        if request.path == "/search/issues" and request.method == "GET":
            return self._search(request)
        match = re.fullmatch(r"/(?:repos/([^/]+/[^/]+)|repositories/(\d+))(/.*)?", request.path)
        if match is None:
            return _NOT_FOUND
        name, number, rest = (match[1] or "").lower(), match[2], match[3] or ""
        if name in self._moved and name not in self.repos:
            query = f"?{request.raw_query}" if request.raw_query else ""
            return _redirect(self._moved[name], f"{quote(rest)}{query}", 301 if request.method == "GET" else 307)
        repo = self.repos.get(name) or next((repo for repo in self.repos.values() if str(repo.id) == number), None)
        if repo is None or (repo.private and not request.has_token):
            return _NOT_FOUND
        for method, pattern, respond in _ROUTES:
            if method == request.method and (found := re.fullmatch(pattern, rest)):
                try:
                    return respond(repo, request, found)
                except Missing:
                    return _NOT_FOUND
        return _NOT_FOUND

    def _search(self, request: Request) -> Reply:
        query = request.query.get("q", "")
        if not query or len(query) > SEARCH_LENGTH:
            return Reply(422, error_body("Validation Failed"), etag=False)
        names, words = search_terms(query)
        repos = [self.repos.get(name.lower()) for name in names]
        visible = [repo for repo in repos if repo is not None and (request.has_token or not repo.private)]
        if len(visible) < len(names) or not names:
            text = "The listed users and repositories cannot be searched either because the resources do not exist or "
            return Reply(422, error_body(text + "you do not have permission to view them."), etag=False)
        found = [
            issue.response(repo.full_name, self.url)
            for repo in visible
            for issue in sorted(repo.issues.values(), key=lambda issue: issue.created_at, reverse=True)
            if not issue.deleted and issue.moved_to is None and issue.matches(words)
        ]
        size, page = request.number("per_page", 30, 100), request.number("page", 1, 10)
        body = {
            "total_count": len(found),
            "incomplete_results": False,
            "items": found[(page - 1) * size : page * size],
        }
        return Reply(200, body, etag=False)


def _page(repo: FakeRepo, request: Request, rest: str, items: list[Any], *, more: bool, page: int) -> Reply:
    """Return a page of a list with GitHub's `Link`, whose URLs contain the repository's number."""
    others = {"prev": page - 1} if page > 1 else {}
    if more:
        others["next"] = page + 1
    links = []
    for relation, number in others.items():
        query = urlencode(request.query | {"page": str(number)}, quote_via=quote)
        links.append(f'<{repo.fake.url}/repositories/{repo.id}{quote(rest)}?{query}>; rel="{relation}"')
    return Reply(200, items, {"Link": ", ".join(links)} if links else {})


def _paged(repo: FakeRepo, request: Request, rest: str, items: list[Any]) -> Reply:
    """Return the requested page of a complete list."""
    size, page = request.number("per_page", 30, 100), request.number("page", 1, 10_000)
    shown = items[(page - 1) * size : page * size]
    return _page(repo, request, rest, shown, more=page * size < len(items), page=page)


def _redirect(repo: FakeRepo, rest: str, status: int = 301) -> Reply:
    target = f"{repo.fake.url}/repositories/{repo.id}{rest}"
    return Reply(status, {"message": "Moved Permanently", "url": target}, {"Location": target}, etag=False)


def _repo(repo: FakeRepo, request: Request, match: re.Match[str]) -> Reply:
    return Reply(200, repo.response())


def _commit(repo: FakeRepo, request: Request, match: re.Match[str]) -> Reply:
    if repo.responses.is_empty():
        return _EMPTY
    try:
        sha = repo.responses.resolve(match["ref"])
    except Missing:
        return Reply(422, error_body(f"No commit found for SHA: {match['ref']}"), etag=False)
    return Reply(200, repo.responses.commit(repo.full_name, sha, request.number("per_page", 300, 300)))


def _commits(repo: FakeRepo, request: Request, match: re.Match[str]) -> Reply:
    if repo.responses.is_empty():
        return _EMPTY
    size, page = request.number("per_page", 30, 100), request.number("page", 1, 10_000)
    sha = repo.responses.resolve(request.query.get("sha") or repo.git.default)
    shown = slice((page - 1) * size, page * size + 1)
    found = repo.responses.commits(repo.full_name, sha, request.query.get("path", ""), shown)
    return _page(repo, request, "/commits", found[:size], more=len(found) > size, page=page)


def _tree(repo: FakeRepo, request: Request, match: re.Match[str]) -> Reply:
    if repo.responses.is_empty():
        return _EMPTY
    # Any value that is not empty.
    return Reply(200, repo.responses.tree(match["sha"], bool(request.query.get("recursive"))))


def _blob(repo: FakeRepo, request: Request, match: re.Match[str]) -> Reply:
    return Reply(200, repo.responses.blob(match["sha"]))


def _git_tag(repo: FakeRepo, request: Request, match: re.Match[str]) -> Reply:
    return Reply(200, repo.responses.annotated(match["sha"]))


def _refs(repo: FakeRepo, request: Request, match: re.Match[str]) -> Reply:
    # GitHub ignores `per_page` and `page` here, and lists all refs (github/docs#3863).
    return Reply(200, repo.responses.refs(match["prefix"]))


def _compare(repo: FakeRepo, request: Request, match: re.Match[str]) -> Reply:
    base, _, head = match["basehead"].partition("...")
    page = request.number("page", 1, 10_000) if {"page", "per_page"} & set(request.query) else None
    size = request.number("per_page", 30, 100)
    ends = (repo.responses.resolve(base), repo.responses.resolve(head))
    if not repo.responses.have_common_ancestor(*ends):
        return Reply(404, error_body(f"No common ancestor between {base} and {head}."), etag=False)
    return Reply(200, repo.responses.compare(repo.full_name, *ends, page, size))


def _branch(repo: FakeRepo, request: Request, match: re.Match[str]) -> Reply:
    name = unquote(match["name"])
    if name in repo.renamed:
        return _redirect(repo, f"/branches/{quote(repo.renamed[name], safe='')}")
    try:
        sha = repo.responses.resolve(f"heads/{name}")
    except Missing:
        return Reply(404, error_body("Branch not found"), etag=False)
    return Reply(200, {"name": name, "commit": repo.responses.commit(repo.full_name, sha, 0), "protected": False})


def _activity(repo: FakeRepo, request: Request, match: re.Match[str]) -> Reply:
    if not repo.has_activity:
        return _NOT_FOUND
    ref = request.query.get("ref", "").removeprefix("refs/heads/")
    periods = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
    days = periods.get(request.query.get("time_period", ""), 3650)
    oldest = repo.fake.now() - dt.timedelta(days=days)
    pushes = repo.activity.get(ref)
    if pushes is None:
        pushes = repo.responses.pushes(ref)
    found = [push for push in pushes if dt.datetime.fromisoformat(push["timestamp"]) >= oldest]
    if request.query.get("direction", "desc") == "desc":
        found.reverse()
    # The cursors are opaque: there are no page numbers.
    start, size = int(request.query.get("after", "0")), request.number("per_page", 30, 100)
    shown = found[start : start + size]
    query = urlencode(request.query | {"after": str(start + size)}, quote_via=quote)
    link = f'<{repo.fake.url}/repositories/{repo.id}/activity?{query}>; rel="next"'
    return Reply(200, shown, {"Link": link} if start + size < len(found) else {})


def _pulls(repo: FakeRepo, request: Request, match: re.Match[str]) -> Reply:
    base = request.query.get("base")
    found = [pull for pull in repo.pulls.values() if base in (None, pull.base)]
    # GitHub's defaults: sorted by number, ascending.
    key = (lambda pull: pull.updated_at) if request.query.get("sort") == "updated" else (lambda pull: pull.number)
    ordered = sorted(found, key=key, reverse=request.query.get("direction") == "desc")
    return _paged(repo, request, "/pulls", [pull.response(repo.full_name) for pull in ordered])


def _pull(repo: FakeRepo, request: Request, match: re.Match[str]) -> Reply:
    issue = repo.issues.get(int(match["number"]))
    if issue is None or not issue.is_pull:
        return _NOT_FOUND
    branch, sha = issue.merged_into
    base = {"ref": branch or repo.git.default, "sha": "b" * 40}
    merged = issue.merged_at is not None
    return Reply(200, {"number": issue.number, "merged": merged, "merge_commit_sha": sha or "a" * 40, "base": base})


def _pull_files(repo: FakeRepo, request: Request, match: re.Match[str]) -> Reply:
    pull = repo.pulls.get(int(match["number"]))
    if pull is None:
        return _NOT_FOUND
    return _paged(repo, request, match[0], [{"filename": name, "status": "modified"} for name in pull.files])


def _issues(repo: FakeRepo, request: Request, match: re.Match[str]) -> Reply:
    if repo.issues_off:
        return Reply(410, error_body("Issues has been disabled in this repository."), etag=False)
    state = request.query.get("state", "open")
    since = dt.datetime.fromisoformat(request.query["since"]) if "since" in request.query else None
    found = [
        issue.response(repo.full_name, repo.fake.url)
        for issue in sorted(repo.issues.values(), key=lambda issue: issue.created_at, reverse=True)
        if state in ("all", issue.state)
        # GitHub's times are in whole seconds.
        and (since is None or issue.updated_at.replace(microsecond=0) >= since)
        and not issue.deleted
        and issue.moved_to is None
    ]
    return _paged(repo, request, "/issues", found)


def _issue(repo: FakeRepo, request: Request, match: re.Match[str]) -> Reply:
    issue = repo.issues.get(int(match["number"]))
    if issue is None:
        return _NOT_FOUND
    if issue.deleted:
        return Reply(410, error_body("This issue was deleted"), etag=False)
    if issue.moved_to is not None:
        name, number = issue.moved_to
        return _redirect(repo.fake.repos[name.lower()], f"/issues/{number}")
    return Reply(200, issue.response(repo.full_name, repo.fake.url))


def _comments(repo: FakeRepo, request: Request, match: re.Match[str]) -> Reply:
    issue = repo.issues.get(int(match["number"]))
    if issue is None:
        return _NOT_FOUND
    found = [comment.response(repo.full_name) for comment in issue.comments]
    return _paged(repo, request, match[0], found)


def _events(repo: FakeRepo, request: Request, match: re.Match[str]) -> Reply:
    issue = repo.issues.get(int(match["number"]))
    if issue is None:
        return _NOT_FOUND
    found = [{"id": number, "event": event, "commit_id": None} for number, event in enumerate(issue.events)]
    return _paged(repo, request, match[0], found)


def _comment_body(request: Request) -> str:
    """Return the text of the comment in a request; empty if there is none."""
    try:
        body = json.loads(request.body)
    except ValueError:
        return ""
    return str(body.get("body") or "") if isinstance(body, dict) else ""


def _post(repo: FakeRepo, request: Request, match: re.Match[str]) -> Reply:
    if not request.has_token:
        return _NEEDS_TOKEN
    if int(match["number"]) not in repo.issues:
        return _NOT_FOUND
    if not _comment_body(request):
        return Reply(422, error_body("Validation Failed"), etag=False)
    comment = repo.comment(int(match["number"]), _comment_body(request), author=repo.fake.user, association="OWNER")
    return Reply(201, comment.response(repo.full_name))


def _patch(repo: FakeRepo, request: Request, match: re.Match[str]) -> Reply:
    if not request.has_token:
        return _NEEDS_TOKEN
    wanted = int(match["id"])
    comments = (comment for issue in repo.issues.values() for comment in issue.comments)
    found = next((comment for comment in comments if comment.id == wanted), None)
    if found is None:
        return _NOT_FOUND
    if not _comment_body(request):
        return Reply(422, error_body("Validation Failed"), etag=False)
    found.body, found.updated_at = _comment_body(request), repo.fake.now()
    return Reply(200, found.response(repo.full_name))


_ROUTES: tuple[tuple[str, str, Callable[[FakeRepo, Request, re.Match[str]], Reply]], ...] = (
    ("GET", "", _repo),
    ("GET", "/commits/(?P<ref>.+)", _commit),
    ("GET", "/commits", _commits),
    ("GET", f"/git/trees/{_SHA}", _tree),
    ("GET", f"/git/blobs/{_SHA}", _blob),
    ("GET", f"/git/tags/{_SHA}", _git_tag),
    ("GET", "/git/matching-refs/(?P<prefix>.*)", _refs),
    ("GET", r"/compare/(?P<basehead>.+)", _compare),
    ("GET", "/branches/(?P<name>.+)", _branch),
    ("GET", "/activity", _activity),
    ("GET", "/pulls", _pulls),
    ("GET", r"/pulls/(?P<number>\d+)/files", _pull_files),
    ("GET", r"/pulls/(?P<number>\d+)", _pull),
    ("GET", "/issues", _issues),
    ("GET", r"/issues/(?P<number>\d+)", _issue),
    ("GET", r"/issues/(?P<number>\d+)/comments", _comments),
    ("GET", r"/issues/(?P<number>\d+)/events", _events),
    ("POST", r"/issues/(?P<number>\d+)/comments", _post),
    ("PATCH", r"/issues/comments/(?P<id>\d+)", _patch),
)
