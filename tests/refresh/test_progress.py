"""Waits are reported from the start, every second, and with the end that the server requested."""

import asyncio
import datetime as dt
from collections.abc import Callable

import pytest

from pawtui.refresh.progress import Progress, WaitReporter
from pawtui.review.record_types import Note, Record
from pawtui.sources.waiting import HostWait
from tests.probes.measuring import recorded_refresh, refreshed
from tests.refresh.pair import TRACKER, Pair
from tests.support.fake_github import FakeGitHub
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo

MakeRepo = Callable[..., GitRepo]
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


class Time:
    """A clock that advances by each sleep. `until_slept` waits until `times` more sleeps have ended."""

    def __init__(self) -> None:
        self.now = NOW
        self._wanted = asyncio.Semaphore(0)
        self._done = asyncio.Semaphore(0)

    def __call__(self) -> dt.datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self._done.release()
        await self._wanted.acquire()
        self.now += dt.timedelta(seconds=seconds)

    async def until_slept(self, times: int) -> None:
        await self._done.acquire()
        for _ in range(times):
            self._wanted.release()
            await self._done.acquire()
        self._done.release()


@pytest.fixture
def up(fake: FakeGitHub, make_repo: MakeRepo) -> GitRepo:
    """A small published repository."""
    repo = make_repo("up")
    repo.commit({"a": "1"}, at="2026-06-01")
    fake.add("up/stream", repo)
    return repo


async def test_the_first_report_comes_before_the_source_is_open() -> None:
    time, seen = Time(), list[Progress]()
    async with WaitReporter(seen.append, "github.com", clock=time, sleep=time.sleep):
        assert [progress.text for progress in seen] == ["waiting 0 s for github.com"]
        await time.until_slept(3)
    assert [progress.text for progress in seen] == [f"waiting {number} s for github.com" for number in range(4)]
    assert {(progress.done, progress.total) for progress in seen} == {(0, 0)}


async def test_a_request_without_a_response_is_reported(up: GitRepo, fake: FakeGitHub, open_source: OpenSource) -> None:
    time, seen = Time(), list[Progress]()
    pending = fake.pause("/trees")
    host = fake.url.removeprefix("http://")
    reporter = WaitReporter(seen.append, "github.com", clock=time, sleep=time.sleep)
    async with reporter, open_source(clock=time) as source:
        reporter.watch(source)
        assert source.waiting() is None
        fetching = asyncio.create_task(source.tree("up/stream", up.sha("main")))
        await asyncio.to_thread(pending.arrived.wait)
        reporter.report(Progress(done=1, total=9, message="head fetched"))
        await time.until_slept(3)
        pending.released.set()
        await fetching
        assert source.waiting() is None
    assert [progress.text for progress in seen[1:]] == [
        "head fetched",
        "head fetched",
        f"waiting 2 s for {host}",
        f"waiting 3 s for {host}",
    ]
    assert {(progress.done, progress.total, progress.message, progress.sent) for progress in seen[2:]} == {
        (1, 9, "head fetched", 1)
    }


async def test_the_end_of_a_wait_that_the_server_requested_is_reported(
    up: GitRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    during: list[HostWait | None] = []
    fake.fail("/trees", 429, headers={"Retry-After": "40"})

    async def sleep(_seconds: float) -> None:
        during.append(source.waiting())

    async with open_source(clock=lambda: NOW, sleep=sleep) as source:
        await source.tree("up/stream", up.sha("main"))
    host = fake.url.removeprefix("http://")
    assert [wait.text if wait else "" for wait in during] == [f"waiting until 09:00:40 UTC for {host}"]


async def test_the_error_of_a_failing_report_is_raised() -> None:
    slept = asyncio.Event()

    async def sleep(_seconds: float) -> None:
        slept.set()

    def report(_progress: Progress) -> None:
        if slept.is_set():
            raise RuntimeError("a bug")

    async def run() -> None:
        async with WaitReporter(report, "github.com", clock=Time(), sleep=sleep):
            await slept.wait()

    with pytest.raises(RuntimeError, match="a bug"):
        await run()


async def test_the_last_step_counts_the_pins_that_were_checked(pair: Pair, open_source: OpenSource) -> None:
    steps: list[Progress] = []
    async with open_source() as source:
        first = recorded_refresh(await refreshed(TRACKER, source, at=NOW, steps=steps))
    assert steps[-1].message == "no pins to check"
    pin = f"up/stream@{first.upstream.sha}:src/runner/a"
    note = Note(id="n", subject="review", text="Seen", by="ann", at=NOW, pins=(pin, "https://git.example"))
    async with open_source() as source:
        await refreshed(TRACKER, source, Record(refreshes=(first,), notes={"n": note}), at=NOW, steps=steps)
    assert steps[-1].message == "checked 1 of 2 pins"
