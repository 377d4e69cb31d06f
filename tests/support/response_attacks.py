"""Attacks with responses of a hostile server, and the checks that must pass for every response.

    attack_reads(seed=7, cases=200)
    attack_refresh(record_responses(world), seed=7, cases=50)

Both raise `AssertionError` with the seed of the case that failed. Nothing sleeps and nothing opens a connection.
"""

import asyncio
import datetime as dt
import json
import random
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import msgspec

from pawtui.commands.output import json_text
from pawtui.refresh.refresh_types import Refresh
from pawtui.report.document_lines import plain_text
from pawtui.report.documents.document_parts import DocumentContext
from pawtui.report.documents.refresh_document import refresh_document
from pawtui.report.status_json import refresh_json
from pawtui.review.overview import make_overview
from pawtui.review.record_types import Record
from pawtui.sources.facts import Head, Tag
from pawtui.sources.github.github_source import GitHubSource
from pawtui.sources.github.token import Secret
from pawtui.sources.source_errors import SourceError
from pawtui.tracker.read_tracker import builtin_tracker
from tests.probes.measuring import World, refreshed
from tests.support.hostile_http import HostileTransport, Recorded, Recording, RecordingTransport, replay_transport
from tests.support.hostile_values import API, SAMPLES, SHA, TOKEN
from tests.support.offline_transports import no_sleep, update_service

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)


def record_responses(world: World) -> Recording:
    """Return the true responses of one refresh of the built-in tracker."""
    seen: Recording = {}

    async def measure() -> None:
        transport = RecordingTransport(httpx.AsyncHTTPTransport(), seen)
        async with GitHubSource(
            api_url=world.fake.url,
            token=Secret(world.fake.token),
            cache=None,
            transport=transport,
            web_transport=update_service(),
        ) as source:
            await refreshed(builtin_tracker(), source, at=NOW)

    asyncio.run(measure())
    return seen


def attack_reads(seed: int, cases: int = 1) -> None:
    """Make every request to a server with random responses. Only a `SourceError` may be raised."""
    _each(seed, cases, lambda rng: asyncio.run(_call_everything(rng)))


def attack_refresh(recording: Recording, seed: int, cases: int = 1) -> None:
    """Refresh twice with one cache: first with some damaged responses, then with true responses.

    Each refresh is recorded or fails with a `SourceError`, also with the cache of the first. A recorded refresh can be
    written, printed and read again, and contains no control character and no token; the cache contains no token.
    """
    _each(seed, cases, lambda rng: asyncio.run(_refresh_twice(rng, recording)))


def _each(seed: int, cases: int, check: Callable[[random.Random], None]) -> None:
    for number in range(seed, seed + cases):
        try:
            check(random.Random(number))
        # Any exception is a failed case: it is raised again with its seed.
        except Exception as error:
            raise AssertionError(f"the case with seed {number} failed: {type(error).__name__}: {error}") from error


def hostile_source(transport: httpx.AsyncBaseTransport, cache: Path | None) -> GitHubSource:
    """Return a source with this transport, a token, a fixed clock, and sleeps that take no time."""

    return GitHubSource(
        api_url=API,
        token=Secret(TOKEN),
        cache=cache,
        transport=transport,
        web_transport=update_service(),
        clock=lambda: NOW,
        sleep=no_sleep,
    )


async def _call_everything(rng: random.Random) -> None:
    recording = {name: Recorded(200, {"etag": '"x"'}, json.dumps(body).encode()) for name, body in SAMPLES.items()}
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        for _ in range(2):
            async with hostile_source(HostileTransport(rng, recording), cache) as source:
                for call in calls(source):
                    try:
                        found = await call()
                    except SourceError as error:
                        _check_text(str(error))
                    else:
                        _check_text(str(found))
                assert source.usage().sent >= 0
        _check_no_token(cache)


def calls(source: GitHubSource) -> list[Callable[[], Awaitable[object]]]:
    """Return a call of each method that sends requests to GitHub. `SAMPLES` has the true responses."""
    repo, since, tag = "up/stream", dt.date(2026, 1, 1), Tag(name="v2.0", sha=SHA, annotated=True)
    head = Head(repo=repo, requested_repo=repo, ref="main", sha=SHA, committed_at=NOW)
    then = NOW - dt.timedelta(days=60)
    return [
        lambda: source.ref_head(repo, "main"),
        lambda: source.is_archived(repo),
        lambda: source.past_head(head, then),
        lambda: source.commit(repo, SHA),
        lambda: source.commit_detail(repo, SHA),
        lambda: source.tree(repo, SHA),
        lambda: source.blob(repo, SHA),
        lambda: source.commits(repo, SHA, "src", since),
        lambda: source.tags(repo, "v2"),
        lambda: source.dated_tag(repo, tag),
        lambda: source.compare(repo, SHA, "2" * 40),
        lambda: source.late_commits(repo, SHA, "2" * 40, since),
        lambda: source.issues(repo, [1, 2]),
        lambda: source.search(repo, "is:open"),
        lambda: source.comments(repo, 1),
        lambda: source.open_pulls(repo, "main"),
        lambda: source.pull_files(repo, 3, SHA),
        lambda: source.merged_pull(repo, 3),
        source.user,
        lambda: source.post_comment(repo, 1, "text"),
        lambda: source.edit_comment(repo, 1, "text"),
    ]


async def _refresh_twice(rng: random.Random, recording: Recording) -> None:
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        hostile = HostileTransport(rng, recording, rng.choice((1, 4, 12, 40)))
        first = await _refreshed(hostile, cache, Record(), NOW)
        _check_no_token(cache)
        record = Record(refreshes=(first,)) if first is not None else Record()
        await _refreshed(replay_transport(recording), cache, record, NOW + dt.timedelta(days=1))


async def _refreshed(
    transport: httpx.AsyncBaseTransport, cache: Path, record: Record, at: dt.datetime
) -> Refresh | None:
    """Return the checked refresh, or None if it failed with a message."""
    try:
        async with hostile_source(transport, cache) as source:
            found = (await refreshed(builtin_tracker(), source, record, at=at, force=True)).refresh
    except SourceError as error:
        _check_text(str(error))
        return None
    assert found is not None
    check_refresh(found)
    return found


def check_refresh(found: Refresh) -> None:
    """Check that a refresh can be stored and printed, and contains no control character and no token."""
    for encode, decode in (
        (msgspec.json.encode, msgspec.json.decode),
        (msgspec.msgpack.encode, msgspec.msgpack.decode),
    ):
        assert decode(encode(found), type=Refresh) == found
    _check_text(json_text(refresh_json(found)))
    seen = make_overview(builtin_tracker(), Record(refreshes=(found,)), NOW.date())
    context = DocumentContext(overview=seen, web="https://github.com", now=NOW)
    _check_text(plain_text(refresh_document(found, context)))


def _check_text(text: str) -> None:
    assert "CANARY" not in text, "the token is shown"
    raw = {char for char in text if (ord(char) < 32 and char not in "\n\t") or 127 <= ord(char) < 160}
    assert not raw, f"raw control characters are shown: {raw}"


def _check_no_token(folder: Path) -> None:
    for path in folder.rglob("*"):
        assert not path.is_file() or b"CANARY" not in path.read_bytes(), "the token is in the cache"
