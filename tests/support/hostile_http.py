"""Transports for attacks: they record true responses, replay them, or damage them with a seeded generator."""

import json
import random
import zlib
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import httpx

from tests.support.hostile_values import API, DATES, HEADERS, NUMBERS, SHA, STATUSES, TEXTS, TOKEN
from tests.support.places import places

_HTML = b"<!DOCTYPE html><html><body>Sign in</body></html>"


class Recorded(NamedTuple):
    """One true response."""

    status: int
    headers: dict[str, str]
    body: bytes


Recording = dict[str, Recorded]


class RecordingTransport(httpx.AsyncBaseTransport):
    """A transport that passes requests on and records the responses in `seen`, by path and query."""

    def __init__(self, inner: httpx.AsyncBaseTransport, seen: Recording) -> None:
        self._inner = inner
        self._seen = seen

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass one request on."""
        response = await self._inner.handle_async_request(request)
        body = await response.aread()
        # The recording is replayed at another address.
        root = str(request.url.copy_with(raw_path=b"/"))
        headers = {
            name: value.replace(root, f"{API}/")
            for name, value in response.headers.items()
            if name in ("etag", "link", "content-type")
        }
        self._seen[request.url.raw_path.decode()] = Recorded(response.status_code, headers, body)
        return httpx.Response(response.status_code, headers=response.headers, content=body)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


class _Broken(httpx.AsyncByteStream):
    """A body that ends early, or that never sends a byte."""

    def __init__(self, body: bytes, error: Exception | None, step: int) -> None:
        self._body = body
        self._error = error
        self._step = step

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for at in range(0, min(len(self._body), 64 * self._step), self._step):
            yield self._body[at : at + self._step]
        if self._error is not None:
            raise self._error


class HostileTransport(httpx.AsyncBaseTransport):
    """A transport that damages one recorded response in `every`. An unknown request gets any recorded response."""

    def __init__(self, rng: random.Random, recording: Recording, every: int = 1) -> None:
        self._rng = rng
        self._recording = recording
        self._every = every
        self.sent = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the recorded response of a request, or a damaged response."""
        self.sent += 1
        assert self.sent < 2_000, "2,000 requests: an endless loop"
        true = self._recording.get(request.url.raw_path.decode())
        if true is None:
            true = self._rng.choice(list(self._recording.values()) or [Recorded(200, {}, b"{}")])
        if self._rng.randrange(self._every):
            return httpx.Response(true.status, headers=true.headers, content=true.body)
        return _damaged(self._rng, true)


def _damaged(rng: random.Random, true: Recorded) -> httpx.Response:
    status, headers, body = true.status, dict(true.headers), true.body
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        match rng.randrange(8):
            case 0:
                status = rng.choice(STATUSES)
            case 1 | 2:
                name = rng.choice(list(HEADERS))
                headers[name.lower()] = rng.choice(HEADERS[name])
            case 3:
                body = _damaged_bytes(rng, body)
            case 4 if rng.randrange(4) == 0:
                raise rng.choice((httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError))("x")
            case _:
                body = _damaged_json(rng, body)
    if "content-encoding" in headers and rng.randrange(2):
        body = zlib.compress(body)
    raw = [(name.encode(), value.encode("utf-8", "surrogateescape")) for name, value in headers.items()]
    match rng.randrange(12):
        case 0:
            error = rng.choice((httpx.ReadError("x"), httpx.RemoteProtocolError("x"), httpx.ReadTimeout("x")))
            return httpx.Response(status, headers=raw, stream=_Broken(body, error, rng.choice((1, 7, 4_096))))
        case 1:
            return httpx.Response(status, headers=raw, stream=_Broken(body, None, max(1, len(body) // 60)))
        case _:
            return httpx.Response(status, headers=raw, stream=_Broken(body, None, max(1, len(body))))


def _damaged_bytes(rng: random.Random, body: bytes) -> bytes:
    match rng.randrange(9):
        case 0:
            return body[: rng.randrange(len(body) + 1)]
        case 1:
            return b""
        case 2:
            return _HTML
        case 3:
            return rng.randbytes(200)
        case 4:
            return b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
        case 5:
            return b"[" + b"0," * 50_000 + b"0]"
        case 6:
            return body.decode("utf-8", "replace").encode("utf-16")
        case 7:
            return b'{"message": "\\u0067hp_' + TOKEN.removeprefix("ghp_").encode() + b'"}'
        case _:
            return body.replace(b":", b": " + b"9" * 5_000 + b", ", 1)


def _damaged_json(rng: random.Random, body: bytes) -> bytes:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return body
    if isinstance(value, dict | list) and rng.randrange(3) == 0:
        _replace_some(rng, value)
    else:
        for _ in range(rng.choice((1, 1, 2, 5))):
            value = _mutated(rng, value)
    return json.dumps(value).encode()


def _replace_some(rng: random.Random, value: Any) -> None:
    """Replace values with hostile values of the same kind: only dates, only numbers, or both."""
    kinds = rng.choice(((DATES,), (NUMBERS,), (DATES, NUMBERS)))
    share = rng.choice((2, 10))
    for container, key in places(value):
        hostile = _hostile_values(container[key])
        if hostile in kinds and rng.randrange(share) == 0:
            container[key] = rng.choice(hostile)


def _mutated(rng: random.Random, value: Any) -> Any:
    """Return the value with one part of it changed."""
    found = places(value)
    if not found:
        return rng.choice(TEXTS)
    container, key = rng.choice(found)
    old = container[key]
    match rng.randrange(6):
        case 0 if isinstance(container, dict):
            del container[key]
        case 1 if isinstance(old, list) and old:
            container[key] = old * rng.choice((0, 2, 300))
        case 2:
            container[key] = rng.choice((*DATES, *NUMBERS, *TEXTS))
        case _:
            container[key] = rng.choice(_hostile_values(old))
    return value


def _hostile_values(old: Any) -> tuple[Any, ...]:
    """Return hostile values of the same kind, which the decoder accepts."""
    if isinstance(old, bool):
        return (not old,)
    if isinstance(old, int):
        return NUMBERS
    if isinstance(old, str) and len(old) > 18 and old[4:5] == "-" and old[10:11] == "T":
        return DATES
    if isinstance(old, str) and len(old) == 40 and not old.startswith("ghp_"):
        return (SHA, "0" * 40, old.upper(), old[:39], "g" * 40)
    return TEXTS


def replay_transport(recording: Recording) -> httpx.MockTransport:
    """Return a transport with the recorded responses, and 404 for other requests."""

    def respond(request: httpx.Request) -> httpx.Response:
        true = recording.get(request.url.raw_path.decode(), Recorded(404, {}, b'{"message": "Not Found"}'))
        return httpx.Response(true.status, headers=true.headers, content=true.body)

    return httpx.MockTransport(respond)


def redated(recording: Recording, date: Any) -> Recording:
    """Return the recording with that date in every commit and tag."""
    changed: Recording = {}
    for name, true in recording.items():
        value = json.loads(true.body)
        for container, key in places(value):
            if key == "date":
                container[key] = date
        changed[name] = true._replace(body=json.dumps(value).encode())
    return changed
