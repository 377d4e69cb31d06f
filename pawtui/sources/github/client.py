"""The one HTTP client: how many at once, how often again, how long at most, what it cost.

Nothing here knows what is asked for. Reads are shared while under way, revalidated by ETag, retried and redirected
within the API's host; a write is sent once.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import re
import ssl
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urljoin, urlsplit

import httpx
import msgspec

from pawtui import __version__
from pawtui.sources.facts import Spent
from pawtui.sources.github import failures
from pawtui.sources.github.cache import Cache, Stored
from pawtui.sources.github.failures import Lost, To
from pawtui.sources.github.limits import FIRST_BACKOFF, TRIES, Pause, allowance, pause, resource_of, server_time
from pawtui.sources.github.request_slots import OPTIONAL, RequestSlots, rank_of
from pawtui.sources.github.single_flight import SingleFlight
from pawtui.sources.github.token import HostAuth, Secret, is_loopback, origin
from pawtui.sources.sanitize import safe_line
from pawtui.sources.source_errors import BadAnswer, NotSettled, Offline, Refused, SourceError, Unauthorized

T = TypeVar("T")

AT_ONCE = 8
MOST_BYTES = 64_000_000
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 5
_TIMEOUT = httpx.Timeout(connect=10.0, read=30.0, write=30.0, pool=None)
_NEXT = re.compile(r'<([^<>]+)>\s*;[^,]*\brel="?next"?', re.IGNORECASE)
_EVERYTHING = "*"

# They log whole addresses at INFO, query strings included.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back: `url` is where it came from after redirects, `moved` whether that is another than asked."""

    status: int
    body: bytes
    url: str
    moved: bool = False
    next: str = ""
    at: dt.datetime


class _Reply(msgspec.Struct, frozen=True, kw_only=True):
    status: int
    headers: dict[str, str]
    body: bytes
    url: str

    def __repr__(self) -> str:
        # Crash reports show local variables, and a server may echo what it was sent.
        return f"_Reply(status={self.status}, body=<{len(self.body)} bytes>)"


class _Message(msgspec.Struct):
    message: str = ""


class Client:
    """Sends requests to one API. Open it before use (`open` may run in a thread) and close it after."""

    def __init__(
        self,
        *,
        api_url: str,
        token: Secret | None,
        cache: Cache | None,
        deadline: float,
        budget: int,
        transport: httpx.AsyncBaseTransport | None,
        clock: Callable[[], dt.datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self.api_url = api_url.rstrip("/")
        self.host = urlsplit(api_url).netloc
        self.has_token = token is not None
        self.clock = clock
        # What keeps one token's answers from another: part of each cache key.
        self.identity = token.fingerprint() if token else "anonymous"
        self._token = token
        self._cache = cache
        self._deadline = deadline
        self._budget = budget
        self._transport = transport
        self._sleep = sleep
        self._slots = RequestSlots(AT_ONCE)
        self._once = SingleFlight()
        # Limits known to hold, by resource, each with the time of our own clock at which it ends.
        self._blocked: dict[str, tuple[Pause, dt.datetime]] = {}
        self._http: httpx.AsyncClient | None = None
        self._ends: float | None = None
        self._spent = Spent()

    def open(self) -> None:
        """Builds the HTTP client (reading the certificates takes 15 ms)."""
        self._http = httpx.AsyncClient(
            auth=HostAuth(self.api_url, self._token),
            headers={
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
                "User-Agent": f"pawtui/{__version__}",
            },
            follow_redirects=False,
            timeout=_TIMEOUT,
            limits=httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE),
            transport=self._transport,
            # Reading the certificates takes 15 ms; without TLS there is nobody to be trusted by them.
            verify=True if origin(self.api_url)[0] == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            # A proxy is for the world outside, not for this machine.
            trust_env=not is_loopback(origin(self.api_url)[1]),
        )

    def start(self) -> None:
        """From now on the deadline counts."""
        self._ends = asyncio.get_running_loop().time() + self._deadline

    async def close(self) -> None:
        """Cancels what is under way and closes the connections."""
        await self._once.close()
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    def spent(self) -> Spent:
        """What was sent since this client was made."""
        return self._spent

    def count_outside(self) -> None:
        """Count a request that was sent to another host."""
        self._spent = msgspec.structs.replace(self._spent, sent=self._spent.sent + 1)

    def spare(self) -> int:
        """How many optional requests may still be sent: within the budget, and within the hour's limit."""
        left = self._budget - self._spent.sent
        if self._spent.remaining is not None:
            left = min(left, self._spent.remaining)
        return max(0, left)

    async def get(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        *,
        what: str,
        allow: frozenset[int] = frozenset(),
        most: int = MOST_BYTES,
        keep: bool = True,
        keep_back: int | None = None,
    ) -> Answer:
        """A read of a path under the API's root, or of a page's address as an answer gave it.

        `path` is percent-encoded already. A status in `allow` is returned like a success; any other that is not one
        raises a `SourceError` about `what`. A body above `most` bytes is `Refused`. With `keep` the answer is cached
        and revalidated by its ETag: not for what is immutable, which callers keep by SHA themselves. A
        number in `keep_back` makes it optional: it waits until nothing else is under way, and raises `NotSettled` where
        no more than so many requests of the budget are left by then.
        """
        url = self._address(path, params, what)
        work = partial(self._read, url, what, allow, most, keep, keep_back)
        return await self._once((url, allow), lambda: self._in_time(work(), what))

    async def write(self, method: str, path: str, body: object, *, what: str, done: int) -> bytes:
        """One request that writes, sent once: never again, never elsewhere. Returns the body of a `done` answer."""
        if not self.has_token:
            raise Unauthorized(f"Writing {what} needs a token. Set GH_TOKEN, or run `gh auth login`.")
        url = self._address(path, None, what)
        return await self._in_time(self._write(method, url, body, what, done), what, to="write")

    async def _write(self, method: str, url: str, body: object, what: str, done: int) -> bytes:
        content = msgspec.json.encode(body)
        async with self._slots.hold():
            reply = await self._send(method, url, {"Content-Type": "application/json"}, what, MOST_BYTES, content)
        if isinstance(reply, Lost):
            raise Offline(
                f"No whole answer came from {self.host} to {what}: it may have been written or not. "
                "Look on the web before trying again."
            )
        if reply.status == done:
            return reply.body
        if reply.status in REDIRECTS:
            raise Refused(
                f"{what[:1].upper() + what[1:]} has moved, so nothing was written. Use the repository's new name."
            )
        if reply.status < 300:
            raise BadAnswer(
                f"{self.host} answered {what} with status {reply.status}. Look on the web before trying again."
            )
        message = self._message(reply)
        wait = pause(reply.status, reply.headers, message, 0, self.clock())
        if wait is not None and wait.reason != "server":
            raise failures.limited(wait, what, self.host, True, self._spent.limit, to="write")
        raise failures.answered(reply.status, message, what, self.host, True, to="write")

    async def _in_time(self, work: Coroutine[Any, Any, T], what: str, to: To = "read") -> T:
        try:
            async with asyncio.timeout_at(self._ends) as limit:
                return await work
        except TimeoutError:
            if not limit.expired():
                raise
        raise failures.expired(what, self.host, self._deadline, to=to)

    async def _read(
        self, url: str, what: str, allow: frozenset[int], most: int, keep: bool, keep_back: int | None
    ) -> Answer:
        key = f"answer {self.identity} {url}"
        cache = self._cache if keep else None
        stored = await cache.aget(key) if cache else None
        headers = {"If-None-Match": stored.etag} if stored is not None and stored.etag else {}
        reply = await self._get_with_retries(url, headers, what, most, keep_back)
        now = server_time(reply.headers, self.clock())
        moved = reply.url != url
        if reply.status == 304 and stored is not None:
            return Answer(status=200, body=stored.body, url=reply.url, moved=moved, next=stored.next, at=now)
        if reply.status in allow:
            return Answer(status=reply.status, body=reply.body, url=reply.url, moved=moved, at=now)
        if not 200 <= reply.status < 300:
            raise failures.answered(reply.status, self._message(reply), what, self.host, self.has_token)
        _refuse_pages(reply, what, self.host)
        link = _NEXT.search(reply.headers.get("link", ""))
        following = link[1] if link else ""
        etag = reply.headers.get("etag", "")
        if cache and etag:
            await cache.aput(Stored(key=key, body=reply.body, fetched_at=self.clock(), etag=etag, next=following))
        return Answer(status=reply.status, body=reply.body, url=reply.url, moved=moved, next=following, at=now)

    async def _get_with_retries(
        self, url: str, headers: dict[str, str], what: str, most: int, keep_back: int | None
    ) -> _Reply:
        """Retry a GET until the answer is final."""
        path = urlsplit(url).path
        rank = rank_of(path) if keep_back is None else OPTIONAL
        resource = resource_of(path)
        attempt = 0
        while True:
            await self._hold(resource, what)
            async with self._slots.hold(rank):
                if self._block(resource) is not None:
                    continue
                if keep_back is not None and self.spare() <= keep_back:
                    raise NotSettled(f"The budget of {self._budget} requests was spent before {what} could be read.")
                reply = await self._send("GET", url, headers, what, most)
            if isinstance(reply, Lost):
                seconds = FIRST_BACKOFF * 2**attempt
                if attempt >= reply.renewal or not self._has_time(seconds):
                    raise reply.error
                await self._sleep(seconds)
                attempt += 1
                continue
            wait = pause(reply.status, reply.headers, self._message(reply), attempt, self.clock())
            last = attempt + 1 >= TRIES
            if wait is None or (wait.reason == "server" and last):
                return reply
            if wait.reason == "server":
                await self._wait(wait, wait.seconds, resource, what)
            else:
                self._blocks(_EVERYTHING if wait.reason == "secondary" else resource, wait)
                if last:
                    raise self._limited(wait, resource, what)
            attempt += 1

    async def _hold(self, resource: str, what: str) -> None:
        """Waits while a limit is known to hold: asking on would only prolong it."""
        block = self._block(resource)
        if block is not None:
            wait, ends = block
            await self._wait(wait, (ends - self.clock()).total_seconds(), resource, what)
            self._blocked = {name: other for name, other in self._blocked.items() if other[1] > ends}

    def _blocks(self, resource: str, wait: Pause) -> None:
        self._blocked[resource] = (wait, self.clock() + dt.timedelta(seconds=wait.seconds))

    def _block(self, resource: str) -> tuple[Pause, dt.datetime] | None:
        now = self.clock()
        holding = [self._blocked[name] for name in (resource, _EVERYTHING) if name in self._blocked]
        return max((block for block in holding if block[1] > now), key=lambda block: block[1], default=None)

    async def _wait(self, wait: Pause, seconds: float, resource: str, what: str) -> None:
        """Sleeps, or raises at once where that would outlast the deadline."""
        if not self._has_time(seconds):
            raise self._limited(wait, resource, what)
        await self._sleep(seconds)

    def _has_time(self, seconds: float) -> bool:
        return self._ends is None or seconds <= self._ends - asyncio.get_running_loop().time()

    def _limited(self, wait: Pause, resource: str, what: str) -> SourceError:
        limit = self._spent.limit if resource == "core" else None
        return failures.limited(wait, what, self.host, self.has_token, limit)

    async def _send(
        self, method: str, url: str, headers: dict[str, str], what: str, most: int, content: bytes | None = None
    ) -> _Reply | Lost:
        """Sends one request and, if it is a GET, follows redirects within the API's host."""
        home = origin(self.api_url)
        for _ in range(MOST_REDIRECTS):
            reply = await self._exchange(method, url, headers, what, most, content)
            if isinstance(reply, Lost) or method != "GET" or reply.status not in REDIRECTS:
                return reply
            location = reply.headers.get("location", "")
            target = urljoin(url, location)
            parts = urlsplit(target)
            if origin(target) != home or parts.username or parts.password or not location:
                return Lost(
                    failures.elsewhere(what, self.host, safe_line(parts.hostname or "", 80) if location else "")
                )
            url = target
        return Lost(Refused(f"{self.host} redirects {what} in a circle. Check the repository's name."))

    async def _exchange(
        self, method: str, url: str, headers: dict[str, str], what: str, most: int, content: bytes | None
    ) -> _Reply | Lost:
        if self._http is None:
            raise RuntimeError("the source is not open: use it with `async with`")
        body = bytearray()
        self._spent = msgspec.structs.replace(self._spent, sent=self._spent.sent + 1)
        try:
            async with self._http.stream(method, url, headers=headers, content=content) as response:
                async for chunk in response.aiter_bytes():
                    body += chunk
                    if len(body) > most:
                        return Lost(failures.too_large(what, self.host, most))
                reply = _Reply(
                    status=response.status_code,
                    headers={name.lower(): value for name, value in response.headers.items()},
                    body=bytes(body),
                    url=url,
                )
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            outcome = failures.lost(error, what, self.host, bool(body))
        else:
            self._count(reply)
            return reply
        return outcome

    def _count(self, reply: _Reply) -> None:
        given = allowance(reply.headers, urlsplit(reply.url).path)
        changes: dict[str, object] = {}
        if reply.status == 304:
            changes["not_modified"] = self._spent.not_modified + 1
        if given.remaining is not None and given.resource == "core":
            same = given.reset_at is not None and given.reset_at == self._spent.reset_at
            before = self._spent.remaining
            # Answers overtake each other: within one hour's window what is left only falls.
            left = min(given.remaining, before) if same and before is not None else given.remaining
            changes |= {"remaining": left, "limit": given.limit, "reset_at": given.reset_at}
        self._spent = msgspec.structs.replace(self._spent, **changes)
        if given.remaining == 0 and given.reset_at is not None and reply.status < 400:
            seconds = (given.reset_at - server_time(reply.headers, self.clock())).total_seconds()
            if seconds > 0:
                self._blocks(given.resource, Pause("primary", seconds, given.reset_at))

    def _message(self, reply: _Reply) -> str:
        """GitHub's own words for a refusal, safe to show and without the token."""
        if reply.status < 400:
            return ""
        try:
            said = msgspec.json.decode(reply.body, type=_Message).message
        except (msgspec.MsgspecError, ValueError):
            return ""
        return safe_line(self._token.redact(said) if self._token else said, 200).rstrip(".")

    def _address(self, path: str, params: Mapping[str, str | int] | None, what: str) -> str:
        if path.startswith("/"):
            return self.api_url + path + (f"?{urlencode(params, quote_via=quote)}" if params else "")
        if origin(path) != origin(self.api_url):
            raise failures.elsewhere(what, self.host, safe_line(urlsplit(path).hostname or "", 80))
        return path


def _refuse_pages(reply: _Reply, what: str, host: str) -> None:
    """Raises `BadAnswer` for a body that is a web page or nothing, before it can be cached."""
    start = reply.body[:64].lstrip()
    if start.startswith(b"<") or "text/html" in reply.headers.get("content-type", ""):
        raise failures.not_json(what, host, html=True)
    if not start.startswith((b"{", b"[")):
        raise failures.not_json(what, host, html=False)
