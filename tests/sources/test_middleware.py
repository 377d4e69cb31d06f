"""The middleware: accepted, changed and refused responses."""

import asyncio
import datetime as dt
import gzip
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from pawtui import __version__
from pawtui.sources.github.cache import Cache
from pawtui.sources.github.connection import Connection
from pawtui.sources.github.github_errors import RequestTarget
from pawtui.sources.github.request import Request, RequestOptions
from pawtui.sources.github.token import Secret
from pawtui.sources.source_errors import BadResponse, NotFound, Offline, Refused
from tests.sources.mock_server import NOW, server_with, source_of
from tests.sources.ref_head import ref_head
from tests.support.fake_github import FakeGitHub
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo
from tests.support.hostile_values import API, SHA, TOKEN

pytestmark = pytest.mark.network

MakeRepo = Callable[..., GitRepo]
ESCAPED = TOKEN.replace("C", "\\u0043")
TREE: dict[str, Any] = {"sha": SHA, "tree": [], "truncated": False}


def contents(folder: Path) -> list[bytes]:
    """Return the contents of all files of a cache."""
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "message",
    [TOKEN, f"you sent {TOKEN}!", ESCAPED, "\\u0067" + TOKEN[1:], f"{TOKEN} {ESCAPED}"],
    ids=["alone", "within", "one letter escaped", "the first letter escaped", "also escaped"],
)
async def test_a_token_in_a_response_is_neither_shown_nor_cached(tmp_path: Path, message: str) -> None:
    body = (
        f'{{"number": 7, "title": "{message}", "state": "open", "html_url": "", "created_at": "2026-01-01T00:00:00Z"}}'
    )
    issue = httpx.Response(200, headers={"ETag": '"x"'}, content=body.encode())
    async with source_of(server_with(issue), tmp_path) as opened:
        found = (await opened.issues("up/stream", [7]))[7]
    assert "CANARY" not in repr(found)
    assert "***" in repr(found)
    assert not [raw for raw in contents(tmp_path) if b"CANARY" in raw]
    # An error's message, a header.
    refusal = httpx.Response(404, content=json.dumps({"message": "x"}).encode(), headers={"X": TOKEN})
    async with source_of(server_with(refusal), tmp_path) as opened:
        with pytest.raises(NotFound):
            await opened.tree("up/stream", SHA)


async def test_a_token_in_an_address_is_not_followed_and_not_shown() -> None:
    moved = httpx.Response(301, headers={"Location": f"https://{TOKEN}.evil.example/"})
    async with source_of(server_with(moved)) as opened:
        with pytest.raises(Refused, match="to another server") as caught:
            await opened.tree("up/stream", SHA)
    assert "canary" not in str(caught.value).lower()


def test_the_cache_stores_no_data_with_the_token(tmp_path: Path) -> None:
    cache = Cache(tmp_path, Secret(TOKEN))
    cache.put("one", f"x{TOKEN}".encode())
    cache.put("two", {"subject": TOKEN})
    assert cache.get("one", bytes) is None
    assert cache.get("two", dict[str, str]) is None


async def test_every_request_states_the_version_of_the_api() -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        if len(sent) == 1:
            return httpx.Response(307, headers={"Location": f"{API}/users/ada"})
        return httpx.Response(200, json={"login": "ada"})

    async with source_of(httpx.MockTransport(answer)) as opened:
        assert await opened.user() == "ada"
    for headers in (request.headers for request in sent):
        assert (headers["Accept"], headers["X-GitHub-Api-Version"]) == ("application/vnd.github+json", "2022-11-28")
        assert (headers["User-Agent"], headers["Accept-Encoding"]) == (f"pawtui/{__version__}", "gzip, deflate")


async def test_each_connection_has_timeouts() -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={"login": "ada"})

    async with source_of(httpx.MockTransport(answer)) as opened:
        await opened.user()
    assert sent[0].extensions["timeout"] == {"connect": 10, "read": 30, "write": 30, "pool": None}


@pytest.mark.parametrize(
    ("body", "content_type", "sentence"),
    [
        (b"\n <p>", "", "a web page instead of JSON"),
        (b"[]", "text/html; charset=utf-8", "a web page instead of JSON"),
        (b"hello", "text/plain", "unexpected JSON"),
        (b"", "application/json", "unexpected JSON"),
    ],
)
async def test_a_page_instead_of_json_is_reported(body: bytes, content_type: str, sentence: str) -> None:
    page = httpx.Response(200, headers={"Content-Type": content_type}, content=body)
    async with source_of(server_with(page)) as opened:
        with pytest.raises(BadResponse, match=f"responded to your account with {sentence}"):
            await opened.user()


async def test_a_fact_that_is_cached_by_sha_is_not_cached_as_a_response(tmp_path: Path) -> None:
    commit = {"sha": SHA, "commit": {"message": "x"}}
    responses = (httpx.Response(200, headers={"ETag": '"x"'}, json=body) for body in (TREE, commit))
    async with source_of(server_with(*responses), tmp_path) as opened:
        await opened.tree("up/stream", SHA)
        await opened.commit("up/stream", SHA)
    assert len([raw for raw in contents(tmp_path) if raw]) == 2


@pytest.mark.parametrize("body", [b'{"login": "ad', b"[1,", b"<html>", b""])
async def test_a_body_that_is_not_json_is_replaced_when_the_server_recovers(tmp_path: Path, body: bytes) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if "If-None-Match" in request.headers:
            return httpx.Response(304, headers={"ETag": '"x"'})
        return httpx.Response(200, headers={"ETag": '"x"'}, json={"login": "ada"})

    broken = server_with(httpx.Response(200, headers={"ETag": '"x"'}, content=body))
    async with source_of(broken, tmp_path) as opened:
        with pytest.raises(BadResponse, match=r"(instead of|unexpected) JSON"):
            await opened.user()
    async with source_of(httpx.MockTransport(answer), tmp_path) as opened:
        assert await opened.user() == "ada"


async def test_a_response_with_an_etag_that_cannot_be_sent_is_not_cached(tmp_path: Path) -> None:
    response = httpx.Response(200, headers=[(b"ETag", '"é"'.encode())], json={"login": "ada"})
    for _ in range(2):
        async with source_of(server_with(response), tmp_path) as opened:
            assert await opened.user() == "ada"


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress", "x-unknown"])
async def test_an_unrequested_encoding_is_not_decoded(encoding: str) -> None:
    bomb = httpx.Response(200, headers={"Content-Encoding": encoding}, stream=_Stream(b"x" * 100))
    async with source_of(server_with(bomb)) as opened:
        with pytest.raises(BadResponse, match="returned no complete response"):
            await opened.user()


async def test_a_compressed_bomb_is_refused() -> None:
    bomb = httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=_Stream(gzip.compress(b" " * 2_000_000)))
    async with source_of(server_with(bomb)) as opened:
        with pytest.raises(Refused, match=r"is larger than 1\.5 MB"):
            await opened.blob("up/stream", SHA)


@pytest.mark.parametrize(
    "location",
    [
        "http://[",
        f"{API}:99999999/",
        "https://user@api.github.com/x",
        "ftp://api.github.com/",
        "https://xn--/",
    ],
)
async def test_an_invalid_redirect_is_refused(location: str) -> None:
    async with source_of(server_with(httpx.Response(302, headers={"Location": location}))) as opened:
        with pytest.raises(Refused, match=r"to another server|address .* is not valid"):
            await opened.tree("up/stream", SHA)
        assert opened.usage().sent == 1


async def test_a_history_with_a_loop_is_refused(tmp_path: Path) -> None:
    person = {"name": "Ada", "date": "2026-11-01T00:00:00Z"}
    commit = {"message": "x", "author": person, "committer": person}
    other = "2" * 40
    history = [
        {"sha": SHA, "commit": commit, "parents": [{"sha": other}]},
        {"sha": other, "commit": commit, "parents": [{"sha": SHA}]},
    ]
    answers = {"commits": history, "activity": []}
    transport = httpx.MockTransport(
        lambda request: httpx.Response(200, json=answers.get(request.url.path.rpartition("/")[2], history[0]))
    )
    for _ in range(2):
        async with source_of(transport, tmp_path) as opened:
            head = await ref_head(opened, "up/stream", SHA)
            with pytest.raises(BadResponse, match="is a loop"):
                await opened.past_head(head, NOW - dt.timedelta(days=60))


@pytest.mark.parametrize("depth", [100, 100_000])
async def test_deep_nesting_is_unexpected_json(depth: int) -> None:
    body = b'{"login": ' + b"[" * depth + b"]" * depth + b"}"
    for status, error in ((200, BadResponse), (404, NotFound)):
        async with source_of(server_with(httpx.Response(status, content=body))) as opened:
            with pytest.raises(error):
                await opened.user()


@pytest.mark.parametrize("number", [-1, 0, 2**53, 2**63, 2**64, 10**40])
async def test_a_number_out_of_range_is_unexpected_json(number: int) -> None:
    body = {"status": "ahead", "ahead_by": number, "behind_by": 0, "files": []}
    async with source_of(server_with(httpx.Response(200, json=body)), None) as opened:
        if number == 0:
            assert (await opened.compare("up/stream", SHA, "2" * 40)).commits == 0
            return
        with pytest.raises(BadResponse, match=r"Expected `int` [<>]= .* - at `\$.ahead_by`"):
            await opened.compare("up/stream", SHA, "2" * 40)


class _Stream(httpx.AsyncByteStream):
    """A body in one chunk, or (`ends` False) an endless body in single bytes."""

    def __init__(self, body: bytes, *, ends: bool = True) -> None:
        self._body = body
        self._ends = ends

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._ends:
            yield self._body
        while not self._ends:
            yield b" "
            await asyncio.sleep(0)


async def test_the_time_limit_ends_an_endless_body() -> None:
    target = RequestTarget(what="x", host="api.github.com")
    request = Request(url=API, target=target, options=RequestOptions(time_limit=0.05))

    async def trickle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=_Stream(b"", ends=False))

    connection = Connection(API, transport=httpx.MockTransport(trickle))
    connection.open()
    with pytest.raises(Offline, match=r"did not respond within 0\.05 s, so x could not be read"):
        await connection.exchange(request)
    await connection.close()


async def test_a_head_without_response_is_requested_once(
    make_repo: MakeRepo, fake: FakeGitHub, open_source: OpenSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = make_repo("up")
    repo.commit({"a": "1"}, at="2026-06-01")
    fake.add("up/stream", repo)
    pause = fake.pause("/commits/", times=None)
    monkeypatch.setattr("pawtui.sources.github.ref_lookup.HEAD_OPTIONS", RequestOptions(time_limit=0.1))
    async with open_source() as opened:
        with pytest.raises(Offline, match=r"did not respond within 0\.1 s, so ref main of up/stream could not be read"):
            await opened.ref_head("up/stream", "main")
        assert opened.usage().sent == 1
    pause.released.set()


async def test_a_redirected_request_is_retried_alone(
    make_repo: MakeRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    repo = make_repo("up")
    repo.commit({"a": "1"}, at="2026-06-01")
    fake.add("up/stream", repo)
    fake.rename("up/stream", "new/place")
    fake.fail("/repositories/", 502)
    async with open_source() as opened:
        await opened.tree("up/stream", repo.sha("main"))
    assert [request.status for request in fake.log] == [301, 502, 200, 200]
