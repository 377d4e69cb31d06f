"""The cache: its deletion or damage only costs requests, and it never contains a token."""

import asyncio
import datetime as dt
import logging
import os
import random
import shutil
import stat
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
import pytest

from pawtui.sources.facts import Issue
from pawtui.sources.github.cache import FORMAT, Cache
from pawtui.sources.github.github_source import GitHubSource
from pawtui.sources.source_errors import SourceError
from tests.sources.ref_head import ref_head
from tests.support.fake_github import FakeGitHub
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo
from tests.support.offline_transports import InProcessTransport

MakeRepo = Callable[..., GitRepo]
TESTS = Path(__file__).parents[1]
CANARY = "ghp_CANARY" + "0" * 30
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


@pytest.fixture
def up(fake: FakeGitHub, make_repo: MakeRepo) -> GitRepo:
    """A repository with data for every method of a source."""
    repo = make_repo("up")
    first = repo.commit({"src/a": "1", "b": "2"}, at="2026-06-01")
    repo.tag("v2.0", first, annotated=True)
    for number in range(120):
        repo.commit({"src/a": f"{number}"})
    repository = fake.add("up/stream", repo)
    repository.issue(1, "An issue")
    repository.issue(2, "Another")
    repository.issue(3, "A merged pull request", merged=True)
    repository.pull(4, "An open pull request", "src/a")
    return repo


async def everything(open_source: OpenSource, up: GitRepo, **options: Any) -> dict[str, object]:
    """Return the results of all methods that request facts from GitHub."""
    base, sha, since = up.sha("main~5"), up.sha("main"), dt.date(2026, 1, 1)
    async with open_source(**options) as source:
        head = await ref_head(source, "up/stream", "main")
        tags = await source.tags("up/stream", "v2")
        return {
            "head": head,
            "missing": await source.ref_head("up/stream", "v9"),
            "tree": await source.tree("up/stream", sha),
            "blob": await source.blob("up/stream", up.sha("main:b")),
            "commits": await source.commits("up/stream", sha, "src", since),
            "commit": await source.commit("up/stream", sha),
            "commit detail": await source.commit_detail("up/stream", sha),
            "before": await source.past_head(head, dt.datetime(2026, 6, 2, tzinfo=dt.UTC)),
            "tags": tags,
            "tag": await source.dated_tag("up/stream", tags[0]),
            "compare": await source.compare("up/stream", base, sha),
            "late": await source.late_commits("up/stream", base, sha, dt.date(2027, 1, 1)),
            "issues": await source.issues("up/stream", [1, 2]),
            "search": await source.search("up/stream", "is:open"),
            "comments": await source.comments("up/stream", 1),
            "pulls": await source.open_pulls("up/stream", "main"),
            "merged": await source.merged_pull("up/stream", 3),
            "pull files": await source.pull_files("up/stream", 4, f"{4:040x}"),
            "user": await source.user(),
        }


def files(folder: Path) -> list[Path]:
    """The files of the cache."""
    return sorted(path for path in (folder / FORMAT).glob("*/*") if path.is_file())


@pytest.mark.network
async def test_a_second_refresh_is_equal_and_cheaper(up: GitRepo, fake: FakeGitHub, open_source: OpenSource) -> None:
    first = await everything(open_source, up)
    cold = len(fake.log)
    fake.clear()
    assert await everything(open_source, up) == first
    assert len(fake.log) < cold / 2
    assert {request.status for request in fake.log} == {200, 304}


async def test_the_merge_of_another_host_is_not_used(tmp_path: Path) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        base = {"ref": request.url.host, "sha": "b" * 40}
        return httpx.Response(200, json={"number": 4, "merged": True, "merge_commit_sha": "a" * 40, "base": base})

    transport = httpx.MockTransport(respond)
    for host in ("api.github.com", "git.example.org"):
        async with GitHubSource(api_url=f"https://{host}", token=None, cache=tmp_path, transport=transport) as source:
            assert (await source.merged_pull("up/stream", 4)).base == host


async def test_damage_and_deletion_cost_requests_only(up: GitRepo, open_source: OpenSource, tmp_path: Path) -> None:
    first = await everything(open_source, up)
    rng = random.Random(7)
    for round_ in range(4):
        for path in files(tmp_path / "cache"):
            raw = path.read_bytes()
            # A file that no request has read since the last round may be empty already.
            match rng.randrange(5) if round_ and raw else 0:
                case 0:
                    path.write_bytes(raw[: rng.randrange(len(raw) + 1)])
                case 1:
                    spot = rng.randrange(len(raw))
                    path.write_bytes(raw[:spot] + bytes([raw[spot] ^ 0xFF]) + raw[spot + 1 :])
                case 2:
                    path.unlink()
                case 3:
                    path.write_bytes(b"")
                case _:
                    path.write_bytes(files(tmp_path / "cache")[0].read_bytes())
        assert await everything(open_source, up) == first


async def test_a_cache_that_cannot_be_written_only_costs_requests(
    up: GitRepo, open_source: OpenSource, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    first = await everything(open_source, up)
    assert await everything(open_source, up, cache=file) == first
    assert file.read_text() == "not a folder"


async def test_without_a_cache_the_facts_are_equal(up: GitRepo, open_source: OpenSource) -> None:
    assert await everything(open_source, up, cache=None) == await everything(open_source, up)


async def test_files_are_private_to_the_user(up: GitRepo, open_source: OpenSource, tmp_path: Path) -> None:
    await everything(open_source, up)
    assert files(tmp_path / "cache")
    for path in files(tmp_path / "cache"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.suffix == ""


def test_files_unused_for_long_are_removed(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for key in ("old", "used", "new"):
        cache.put(key, b"x")
    long_ago = NOW.timestamp() - 10_000 * 86_400
    for path in files(tmp_path):
        os.utime(path, (long_ago, long_ago))
    cache.put("new", b"x")
    assert cache.get("used", bytes) is not None
    cache.remove_unused()
    assert cache.get("old", bytes) is None
    assert cache.get("used", bytes) is not None
    assert cache.get("new", bytes) is not None


@pytest.mark.parametrize(("days", "is_kept"), [(89, True), (91, False)])
def test_a_file_is_kept_by_its_age(tmp_path: Path, days: int, is_kept: bool) -> None:
    cache = Cache(tmp_path)
    cache.remove_unused()
    assert not list(tmp_path.iterdir())
    cache.put("new", b"x")
    (file,) = files(tmp_path)
    used = time.time() - days * 86_400
    os.utime(file, (used, used))
    cache.remove_unused()
    assert file.exists() == is_kept


def test_the_cache_may_be_deleted_while_unused_files_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache(tmp_path)
    for number in range(3):
        cache.put(f"{number}", b"x")
    real_stat = Path.stat

    def stat_and_delete(path: Path, **options: bool) -> os.stat_result:
        result = real_stat(path, **options)
        if path.parent.parent.parent == tmp_path:
            shutil.rmtree(tmp_path, ignore_errors=True)
        return result

    monkeypatch.setattr(Path, "stat", stat_and_delete)
    cache.remove_unused()
    monkeypatch.undo()
    assert not tmp_path.exists()


def test_each_key_has_its_own_entry(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("one", b"x")
    assert cache.get("two", bytes) is None
    assert cache.get("one", dict[str, int]) is None


@pytest.mark.network
async def test_cancelling_leaves_no_half_written_file(
    up: GitRepo, fake: FakeGitHub, open_source: OpenSource, tmp_path: Path
) -> None:
    for match in ("/tags", "/commits/", "/trees", "page=2", "/compare", "/issues/1", "/user"):
        pause = fake.pause(match)
        task = asyncio.create_task(everything(open_source, up))
        await asyncio.to_thread(pause.arrived.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        pause.released.set()
        fake.faults.clear()
        assert list((tmp_path / "cache").rglob("*.tmp")) == []
    first = await everything(open_source, up)
    assert await everything(open_source, up) == first


def _frames(error: BaseException | None) -> list[str]:
    """Return the local variables in the frames of an error and its causes."""
    found: list[str] = []
    while error is not None:
        trace: TracebackType | None = error.__traceback__
        while trace is not None:
            # Frames of tests contain the token.
            if not Path(trace.tb_frame.f_code.co_filename).is_relative_to(TESTS):
                found += [repr(value) for value in trace.tb_frame.f_locals.values()]
            trace = trace.tb_next
        error = error.__cause__ or error.__context__
    return found


@pytest.mark.network
async def test_the_token_is_in_no_error_log_or_file(
    up: GitRepo,
    make_repo: MakeRepo,
    fake: FakeGitHub,
    open_source: OpenSource,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    fake.token = CANARY
    with FakeGitHub(token=CANARY) as elsewhere:
        await everything(open_source, up)
        errors: list[SourceError] = []
        scripts: list[Callable[[], object]] = [
            lambda: fake.fail("/trees", 401, f"Bad credentials {CANARY}"),
            lambda: fake.fail("/trees", 403, f"no: {CANARY}"),
            lambda: fake.fail("/trees", 422, f"no: {CANARY}"),
            lambda: fake.fail("/trees", 302, headers={"Location": f"{elsewhere.url}/x"}),
            lambda: fake.fail("/trees", 200, body="<html>"),
            lambda: fake.fail("/trees", 200, body=b"{"),
            lambda: fake.drop("/trees", times=4),
            lambda: fake.truncate("/trees", times=4),
        ]
        async with open_source() as source:
            for number, script in enumerate(scripts):
                script()
                with pytest.raises(SourceError) as caught:
                    await source.tree("up/stream", f"{number}" * 40)
                errors.append(caught.value)
            shown = [repr(source), repr(vars(source)), repr(vars(vars(source)["_client"]))]
        assert elsewhere.log == []
    assert fake.log[-1].authorization == f"Bearer {CANARY}"
    shown += [f"{error!r} {error}" for error in errors]
    shown += [local for error in errors for local in _frames(error)]
    shown += [caplog.text]
    assert len(shown) > 50
    assert [text for text in shown if "CANARY" in text] == []
    for path in files(tmp_path / "cache"):
        assert b"CANARY" not in path.read_bytes()
        assert b"uthorization" not in path.read_bytes()


async def anonymous_issues(server: FakeGitHub, cache: Path) -> tuple[list[str], int]:
    """Return the states of two issues, and the number of open issues, read without a token."""
    server.now = lambda: NOW
    async with GitHubSource(
        api_url=server.url, token=None, cache=cache, transport=InProcessTransport(server), clock=lambda: NOW
    ) as source:
        issues = await source.issues("up/stream", [1, 2])
        found = await source.search("up/stream", "is:open")
    return [issue.state for issue in issues.values() if isinstance(issue, Issue)], found.total


async def test_facts_without_a_sha_belong_to_one_host(fake: FakeGitHub, make_repo: MakeRepo, tmp_path: Path) -> None:
    git = make_repo("up")
    with FakeGitHub() as other:
        closed, opened = fake.add("up/stream", git), other.add("up/stream", git)
        for number in (1, 2):
            closed.issue(number, state="closed", at="2026-06-01")
            opened.issue(number, at="2026-06-01")
        assert await anonymous_issues(fake, tmp_path) == (["closed", "closed"], 0)
        assert await anonymous_issues(other, tmp_path) == (["open", "open"], 2)
