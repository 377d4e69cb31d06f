"""The HTTP part of the fake GitHub: a server on loopback with GitHub's headers, rate limits, faults and a log."""

import base64
import datetime as dt
import hashlib
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

Body = Mapping[str, Any] | list[Any] | str | bytes | None
_LIMITS = {("core", True): 5000, ("core", False): 60, ("search", True): 30, ("search", False): 10}


@dataclass(frozen=True)
class Request:
    """A parsed request: `path` is decoded and has no API prefix; the names of `headers` are in lower case."""

    method: str
    path: str
    raw_path: str
    query: dict[str, str]
    raw_query: str
    body: bytes
    has_token: bool
    headers: Mapping[str, str]

    @property
    def authorization(self) -> str:
        """The header with the token; empty if the request has none."""
        return self.headers.get("authorization", "")

    @property
    def if_none_match(self) -> str:
        """The ETag of the client's cached response; empty if there is none."""
        return self.headers.get("if-none-match", "")

    def number(self, name: str, default: int, most: int) -> int:
        """Return a number from the query, between 1 and `most`."""
        text = self.query.get(name, "")
        return max(1, min(int(text), most)) if text.isdigit() else default


@dataclass(frozen=True)
class LoggedRequest(Request):
    """A received request and the status of its response (0: the connection was dropped)."""

    status: int


@dataclass(frozen=True)
class Reply:
    """A response. `etag` is False for responses without an ETag on GitHub (searches, redirects, errors)."""

    status: int
    body: Body
    headers: dict[str, str] = field(default_factory=dict)
    etag: bool = True


@dataclass
class Fault:
    """A fault of requests whose `path?query` contains `match`, for the next `times` of them (None: all)."""

    match: str
    kind: Literal["respond", "drop", "truncate", "pause"]
    times: int | None = 1
    reply: Reply = Reply(500, None)
    method: str = ""
    # For `pause`: the server sets `arrived`, and the test sets `released` to continue the request.
    arrived: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Sent:
    """The sent part of a response. `length` is that of the complete content."""

    status: int
    headers: dict[str, str]
    content: bytes
    length: int

    @property
    def is_cut(self) -> bool:
        """Whether the end of the content is missing."""
        return len(self.content) < self.length


def error_body(text: str) -> dict[str, str]:
    """Return the body of a GitHub error."""
    return {"message": text, "documentation_url": "https://docs.github.com/rest"}


class FakeServer:
    """A server on 127.0.0.1. Subclasses implement `handle`; attributes can be set while it runs.

    `token` is the accepted token; `limits` maps (resource, with token) to requests an hour. Without `rate_headers`, it
    is an Enterprise server without limits. `latency` is in seconds for each request; `peak` is the largest number of
    requests at the same time.
    """

    def __init__(self, *, token: str = "ghp_" + "a" * 36, prefix: str = "") -> None:
        self.token = token
        self.prefix = prefix
        self.limits = dict(_LIMITS)
        self.used: Counter[tuple[str, bool]] = Counter()
        self.rate_headers = True
        self.latency = 0.0
        self.now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)
        self.reset_at = int(time.time()) + 3600
        self.log: list[LoggedRequest] = []
        self.faults: list[Fault] = []
        self.peak = 0
        self.is_closed = False
        self._running = 0
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}{prefix}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop the server."""
        for fault in self.faults:
            fault.released.set()
        self.is_closed = True
        stopping = threading.Thread(target=self._server.shutdown)
        stopping.start()
        # The server waits for a connection before it stops, or for half a second.
        socket.create_connection(("127.0.0.1", self._server.server_port)).close()
        stopping.join()
        self._server.server_close()
        self._thread.join()

    def handle(self, request: Request) -> Reply:
        """Return the response of the API."""
        raise NotImplementedError

    # Methods for tests.

    def fail(
        self,
        match: str,
        status: int = 500,
        text: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        body: Body = None,
        times: int | None = 1,
        method: str = "",
    ) -> Fault:
        """Respond with that status and message, or that body (a `str` is sent as text/html)."""
        reply = Reply(status, error_body(text) if body is None else body, dict(headers or {}), etag=False)
        return self._add(Fault(match, "respond", times, reply, method))

    def drop(self, match: str, *, times: int | None = 1) -> Fault:
        """Close the connection without a response."""
        return self._add(Fault(match, "drop", times))

    def truncate(self, match: str, *, times: int | None = 1) -> Fault:
        """Send the head and half of the body of the true response, then close the connection."""
        return self._add(Fault(match, "truncate", times))

    def pause(self, match: str, *, times: int | None = 1) -> Fault:
        """Delay requests until the test sets `released` of the fault; `arrived` is set when a request has arrived."""
        return self._add(Fault(match, "pause", times))

    def set_remaining(self, remaining: int, resource: str = "core") -> None:
        """Set the number of remaining requests, with or without a token."""
        for key, limit in self.limits.items():
            if key[0] == resource:
                self.used[key] = limit - remaining

    def clear(self) -> None:
        """Clear the log, the peak and the faults."""
        self.log.clear()
        self.faults.clear()
        self.peak = 0

    def requests(self, part: str = "") -> list[LoggedRequest]:
        """Return the logged requests whose path contains `part`."""
        return [request for request in self.log if part in request.path]

    def _add(self, fault: Fault) -> Fault:
        self.faults.append(fault)
        return fault

    # Methods for the handler, called on its thread.

    def begin_request(self) -> None:
        """Count a request that has arrived."""
        with self._lock:
            self._running += 1
            self.peak = max(self.peak, self._running)

    def end_request(self, request: LoggedRequest) -> None:
        """Log a request. It is logged before the client can receive the response."""
        with self._lock:
            self._running -= 1
            self.log.append(request)

    def fault_for(self, method: str, target: str) -> Fault | None:
        """Return the first fault that matches, and count its use."""
        with self._lock:
            for fault in self.faults:
                if fault.match in target and fault.method in ("", method) and fault.times != 0:
                    if fault.times is not None:
                        fault.times -= 1
                    return fault
        return None

    def response(self, request: Request) -> tuple[int, dict[str, str], bytes]:
        """Return the status, headers and body of the response, with rate limits and revalidation."""
        resource = "search" if request.path.startswith("/search/") else "core"
        headers = self._common(resource, request.has_token)
        if request.authorization and not request.has_token:
            return self._encoded(Reply(401, error_body("Bad credentials"), etag=False), headers)
        key = (resource, request.has_token)
        if self.rate_headers and self.used[key] >= self.limits[key]:
            limited = Reply(403, error_body("API rate limit exceeded for 127.0.0.1."), etag=False)
            return self._encoded(limited, headers | self._rate(resource, request.has_token))
        reply = self.handle(request)
        status, more, body = self._encoded(reply, headers)
        etag = hashlib.sha256(body + str(request.has_token).encode()).hexdigest()
        cached = request.if_none_match.strip('W/"')
        unchanged = reply.etag and status == 200 and request.method == "GET" and cached == etag
        # On GitHub, a 304 costs no request if it has a token.
        if not (unchanged and request.has_token):
            with self._lock:
                self.used[key] += 1
        more |= self._rate(resource, request.has_token)
        if unchanged:
            # On GitHub, a 304 has the ETag of its response without the `W/`.
            return 304, more | {"ETag": f'"{etag}"'}, b""
        if reply.etag and status == 200:
            more["ETag"] = f'W/"{etag}"'
        return status, more, body

    def _common(self, resource: str, has_token: bool) -> dict[str, str]:
        scope = "private" if has_token else "public"
        return {
            "Date": f"{self.now():%a, %d %b %Y %H:%M:%S GMT}",
            "Cache-Control": "no-cache" if resource == "search" else f"{scope}, max-age=60, s-maxage=60",
            "Vary": "Accept, Authorization, Cookie, X-GitHub-OTP,Accept-Encoding, Accept, X-Requested-With",
            "X-GitHub-Media-Type": "github.v3; format=json",
        }

    def _rate(self, resource: str, has_token: bool) -> dict[str, str]:
        if not self.rate_headers:
            return {}
        limit, used = self.limits[resource, has_token], self.used[resource, has_token]
        return {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(max(0, limit - used)),
            "X-RateLimit-Used": str(used),
            "X-RateLimit-Reset": str(self.reset_at),
            "X-RateLimit-Resource": resource,
        }

    @staticmethod
    def _encoded(reply: Reply, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        kind = "application/json; charset=utf-8"
        if reply.body is None:
            body = b""
        elif isinstance(reply.body, bytes):
            body = reply.body
        elif isinstance(reply.body, str):
            body, kind = reply.body.encode(), "text/html; charset=utf-8"
        else:
            body = msgspec.json.encode(reply.body)
        return reply.status, {**headers, "Content-Type": kind, **reply.headers}, body

    def fault_response(self, fault: Fault) -> tuple[int, dict[str, str], bytes]:
        """Return the response of a fault, with GitHub's headers."""
        return self._encoded(fault.reply, self._common("core", False))


class Exchange:
    """A request to the fake, from its arrival to its response."""

    def __init__(self, fake: FakeServer, method: str, target: str, headers: Mapping[str, str], body: bytes) -> None:
        fake.begin_request()
        self._fake = fake
        named = {name.lower(): value for name, value in headers.items()}
        parts = urlsplit(target)
        raw = parts.path.removeprefix(fake.prefix)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        # git sends the token as a password (GitHub's documentation, "Authenticating as an installation").
        basic = base64.b64encode(f"x-access-token:{fake.token}".encode()).decode()
        has_token = named.get("authorization") in (f"Bearer {fake.token}", f"token {fake.token}", f"Basic {basic}")
        self._request = Request(method, unquote(raw), raw, query, parts.query, body, has_token, named)
        self._fault = fake.fault_for(method, unquote(raw) + (f"?{parts.query}" if parts.query else ""))
        # A paused request waits for this event.
        self.released: threading.Event | None = None
        if self._fault is not None and self._fault.kind == "pause":
            self.released = self._fault.released
            self._fault.arrived.set()

    def respond(self) -> Sent | None:
        """Return the response and log the request; None if the connection is dropped."""
        fault, request = self._fault, self._request
        if fault is not None and fault.kind == "respond":
            status, headers, content = self._fake.fault_response(fault)
        elif fault is not None and fault.kind == "drop":
            status, headers, content = 0, {}, b""
        else:
            status, headers, content = self._fake.response(request)
        self._fake.end_request(LoggedRequest(**vars(request), status=status))
        cut = fault is not None and fault.kind == "truncate"
        sent = content[: len(content) // 2] if cut else content
        return Sent(status, headers, sent, len(content)) if status else None


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True
    # Tests end with open keep-alive connections: do not wait for their threads.
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Print nothing: some tests close the connection of the client early."""


def _handler(fake: FakeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def do_PATCH(self) -> None:
            self._serve()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Print nothing: the log is `fake.log`."""

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            exchange = Exchange(fake, self.command, self.path, dict(self.headers.items()), body)
            if fake.latency:
                time.sleep(fake.latency)
            if exchange.released is not None:
                exchange.released.wait()
            sent = exchange.respond()
            if sent is not None:
                self._write(sent)
            if sent is None or sent.is_cut:
                self.close_connection = True

        def _write(self, sent: Sent) -> None:
            lines = [f"HTTP/1.1 {sent.status} {self.responses.get(sent.status, ('Status',))[0]}", "Server: github.com"]
            lines += [f"{name}: {value}" for name, value in sent.headers.items()]
            if sent.status != 304:
                lines.append(f"Content-Length: {sent.length}")
            # One write: two writes would wait for an acknowledgement in between.
            self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + sent.content)
            self.wfile.flush()

    return Handler
