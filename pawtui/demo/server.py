"""The demo's GitHub: an httpx transport that answers from the made-up world, without a socket.

It answers the endpoints pawtui asks, in the shapes and with the headers of GitHub's REST API (paging by Link, weak
ETags and 304s, rate limits), as the world stood at a moment. What is posted stays in memory.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode

import httpx
import msgspec

from pawtui.demo import answers
from pawtui.demo.reports import MadeComment
from pawtui.demo.repository import MadeCommit, MadeRepository
from pawtui.demo.search import search
from pawtui.demo.world import World

HOUR_LIMIT = 5000
_ROOT = "/api/v3"
_ROUTE = re.compile(r"/(?:repos/(?P<name>[^/]+/[^/]+)|repositories/(?P<number>\d+))(?P<rest>/.*)?")


class _Asked(NamedTuple):
    """One request, taken apart: `match` holds what the endpoint's pattern caught."""

    repo: MadeRepository
    match: re.Match[str]
    query: dict[str, str]
    body: bytes


class _Answer(NamedTuple):
    data: Any
    status: int = 200
    next_page: int = 0


def _failure(status: int, message: str) -> _Answer:
    return _Answer({"message": message, "documentation_url": "https://docs.github.example/rest"}, status)


_NOT_FOUND = _failure(404, "Not Found")


class DemoTransport(httpx.AsyncBaseTransport):
    """Answers requests from `world` as it stood at `moment()`. `latency` is in seconds a request.

    `sent` counts the requests, `posted` holds the comments that were written.
    """

    def __init__(
        self,
        world: World,
        *,
        moment: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
        latency: float = 0.06,
    ) -> None:
        self.world = world
        self.moment = moment
        self.latency = latency
        self.sent = 0
        self.posted: list[MadeComment] = []
        self._counted = 0
        self._endpoints: tuple[tuple[str, re.Pattern[str], Callable[[_Asked], _Answer]], ...] = (
            ("GET", re.compile(r""), self._repository),
            ("GET", re.compile(r"/commits"), self._commits),
            ("GET", re.compile(r"/commits/(.+)"), self._commit),
            ("GET", re.compile(r"/branches/(.+)"), self._branch),
            ("GET", re.compile(r"/git/refs?/heads/(.+)"), self._branch_ref),
            ("GET", re.compile(r"/git/matching-refs/tags/(.*)"), self._tag_refs),
            ("GET", re.compile(r"/git/tags/([0-9a-f]{40})"), self._tag),
            ("GET", re.compile(r"/git/trees/(.+)"), self._tree),
            ("GET", re.compile(r"/git/blobs/([0-9a-f]{40})"), self._blob),
            ("GET", re.compile(r"/compare/(.+)\.\.\.(.+)"), self._compare),
            ("GET", re.compile(r"/issues"), self._issues),
            ("GET", re.compile(r"/issues/(\d+)"), self._issue),
            ("GET", re.compile(r"/issues/(\d+)/comments"), self._comments),
            ("POST", re.compile(r"/issues/(\d+)/comments"), self._post_comment),
            ("PATCH", re.compile(r"/issues/comments/(\d+)"), self._edit_comment),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One answer, after the latency."""
        body = await request.aread()
        self.sent += 1
        if self.latency > 0:
            await asyncio.sleep(self.latency)
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        path, asked, now = path.removeprefix(_ROOT), dict(parse_qsl(query)), self.moment()
        if path == "/search/issues":
            made = search(self.world.issues, asked.get("q", ""), now)
            answer = _Answer(answers.found(made, now, int(asked.get("per_page", "30"))))
            return self._respond(request, answer, resource="search")
        if path == "/user":
            return self._respond(request, _Answer({"login": "you"}))
        repo, rest = self._place(path)
        if repo is None:
            return self._respond(request, _NOT_FOUND)
        answer = self._answer(request.method, repo, unquote(rest), asked, body)
        following = ""
        if answer.next_page:
            # As on GitHub, the next page is named by the repository's number.
            page = urlencode(asked | {"page": str(answer.next_page)}, quote_via=quote, safe="/")
            following = f"{answers.API}/repositories/{repo.number}{rest}?{page}"
        return self._respond(request, answer, following)

    def _place(self, path: str) -> tuple[MadeRepository | None, str]:
        """The repository a path is below, by its name or number, and the rest of the path."""
        route = _ROUTE.fullmatch(path)
        if route is None:
            return None, ""
        rest = route["rest"] or ""
        if route["name"]:
            return self.world.repository(unquote(route["name"])), rest
        numbered = (repo for repo in self.world.repositories.values() if str(repo.number) == route["number"])
        return next(numbered, None), rest

    def _answer(self, method: str, repo: MadeRepository, rest: str, query: dict[str, str], body: bytes) -> _Answer:
        for verb, pattern, answer in self._endpoints:
            if verb == method and (match := pattern.fullmatch(rest)):
                return answer(_Asked(repo, match, query, body))
        return _NOT_FOUND

    def _respond(
        self, request: httpx.Request, answer: _Answer, following: str = "", resource: str = "core"
    ) -> httpx.Response:
        body = json.dumps(answer.data, separators=(",", ":")).encode()
        tag = hashlib.sha256(body).hexdigest()
        now = self.moment()
        given = request.headers.get("if-none-match", "").removeprefix("W/").strip('"')
        fresh = answer.status == 200 and resource == "core" and given == tag
        self._counted += 0 if fresh else 1
        limit = HOUR_LIMIT if resource == "core" else 30
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Date": f"{now:%a, %d %b %Y %H:%M:%S} GMT",
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(max(1, limit - (self._counted if resource == "core" else 1))),
            "X-RateLimit-Reset": str(int(now.timestamp()) // 3600 * 3600 + 3600),
            "X-RateLimit-Resource": resource,
        }
        if answer.status == 200 and resource == "core":
            # As recorded from GitHub: weak with a body, without the `W/` on a 304.
            headers |= {"ETag": f'"{tag}"' if fresh else f'W/"{tag}"', "Cache-Control": "private, max-age=60"}
        if following:
            headers["Link"] = f'<{following}>; rel="next"'
        return httpx.Response(304 if fresh else answer.status, headers=headers, content=b"" if fresh else body)

    # --- Commits ----------------------------------------------------------------------------------------------------

    def _repository(self, asked: _Asked) -> _Answer:
        return _Answer(answers.repository(asked.repo))

    def _commits(self, asked: _Asked) -> _Answer:
        query = asked.query
        start = self._resolve(asked.repo, query.get("sha", asked.repo.default_branch))
        if start is None:
            return _NOT_FOUND
        since, until = _moment(query.get("since")), _moment(query.get("until"))
        made = [
            commit
            for commit in asked.repo.history(start.sha, query.get("path", ""))
            if (since is None or commit.at >= since) and (until is None or commit.at <= until)
        ]
        page, more = _page(made, query)
        return _Answer([answers.commit(asked.repo, commit) for commit in page], next_page=more)

    def _commit(self, asked: _Asked) -> _Answer:
        made = self._resolve(asked.repo, asked.match[1])
        if made is None:
            return _failure(422, f"No commit found for SHA: {asked.match[1]}")
        files = answers.files(asked.repo, made.parent, made.sha)
        return _Answer(answers.commit(asked.repo, made) | {"files": files})

    def _branch(self, asked: _Asked) -> _Answer:
        head = asked.repo.head(asked.match[1], self.moment())
        if head is None:
            return _failure(404, "Branch not found")
        return _Answer({"name": asked.match[1], "commit": answers.commit(asked.repo, head)})

    def _branch_ref(self, asked: _Asked) -> _Answer:
        head = asked.repo.head(asked.match[1], self.moment())
        if head is None:
            return _NOT_FOUND
        return _Answer({"ref": f"refs/heads/{asked.match[1]}", "object": {"sha": head.sha, "type": "commit"}})

    def _compare(self, asked: _Asked) -> _Answer:
        base, head = (self._resolve(asked.repo, ref) for ref in asked.match.groups())
        if base is None or head is None:
            return _NOT_FOUND
        page = int(asked.query.get("page", "1"))
        size = int(asked.query.get("per_page", "250"))
        data = answers.comparison(asked.repo, base, head, page, size)
        paged = "page" in asked.query or "per_page" in asked.query
        more = page + 1 if paged and page * size < data["total_commits"] else 0
        return _Answer(data, next_page=more)

    def _resolve(self, repo: MadeRepository, ref: str) -> MadeCommit | None:
        return repo.resolve(ref.removeprefix("heads/").removeprefix("tags/"), self.moment())

    # --- Objects and tags -------------------------------------------------------------------------------------------

    def _tree(self, asked: _Asked) -> _Answer:
        ref = asked.match[1]
        made = self._resolve(asked.repo, ref)
        sha = made.tree if made else ref
        if sha not in asked.repo.trees:
            return _NOT_FOUND
        return _Answer(answers.tree(asked.repo, sha, recursive="recursive" in asked.query))

    def _blob(self, asked: _Asked) -> _Answer:
        body = asked.repo.blobs.get(asked.match[1])
        return _NOT_FOUND if body is None else _Answer(answers.blob(asked.match[1], body))

    def _tag_refs(self, asked: _Asked) -> _Answer:
        now = self.moment()
        tags = sorted(asked.repo.tags.values(), key=lambda tag: tag.name)
        return _Answer([answers.tag_ref(tag) for tag in tags if tag.name.startswith(asked.match[1]) and tag.at <= now])

    def _tag(self, asked: _Asked) -> _Answer:
        made = next((tag for tag in asked.repo.tags.values() if tag.object == asked.match[1]), None)
        return _NOT_FOUND if made is None else _Answer(answers.tag(made))

    # --- Issues -----------------------------------------------------------------------------------------------------

    def _issues(self, asked: _Asked) -> _Answer:
        now, since = self.moment(), _moment(asked.query.get("since"))
        state = asked.query.get("state", "open")
        labels = {label for label in asked.query.get("labels", "").split(",") if label}
        made = [
            issue
            for issue in self.world.issues
            if issue.repo == asked.repo.name
            and issue.created_at <= now
            and state in ("all", "closed" if issue.closed(now) else "open")
            and labels <= set(issue.labels)
            and (since is None or issue.updated_at(now) >= since)
        ]
        made.sort(key=lambda issue: issue.created_at, reverse=True)
        page, more = _page(made, asked.query)
        return _Answer([answers.issue(issue, now) for issue in page], next_page=more)

    def _issue(self, asked: _Asked) -> _Answer:
        now, number = self.moment(), int(asked.match[1])
        for issue in self.world.issues:
            if issue.repo == asked.repo.name and issue.number == number and issue.created_at <= now:
                return _Answer(answers.issue(issue, now))
        return _NOT_FOUND

    def _comments(self, asked: _Asked) -> _Answer:
        now, number = self.moment(), int(asked.match[1])
        every = (*self.world.comments, *self.posted)
        made = [one for one in every if one.repo == asked.repo.name and one.number == number and one.at <= now]
        page, more = _page(made, asked.query)
        return _Answer([answers.comment(one) for one in page], next_page=more)

    def _post_comment(self, asked: _Asked) -> _Answer:
        if self._issue(asked).status != 200:
            return _NOT_FOUND
        made = MadeComment(
            id=9500 + len(self.posted),
            repo=asked.repo.name,
            number=int(asked.match[1]),
            author="You",
            standing="MEMBER",
            body=_body_of(asked.body),
            at=self.moment(),
        )
        self.posted.append(made)
        return _Answer(answers.comment(made), 201)

    def _edit_comment(self, asked: _Asked) -> _Answer:
        for index, made in enumerate(self.posted):
            if made.id == int(asked.match[1]):
                self.posted[index] = msgspec.structs.replace(made, body=_body_of(asked.body), edited=self.moment())
                return _Answer(answers.comment(self.posted[index]))
        return _NOT_FOUND


def _body_of(body: bytes) -> str:
    return str(json.loads(body)["body"])


def _moment(text: str | None) -> dt.datetime | None:
    if not text:
        return None
    moment = dt.datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _page(items: Sequence[Any], query: dict[str, str]) -> tuple[Sequence[Any], int]:
    """One page of a list, and the number of the next one (0: there is none)."""
    size, page = int(query.get("per_page", "30")), int(query.get("page", "1"))
    return items[(page - 1) * size : page * size], page + 1 if page * size < len(items) else 0
