"""A clone's history equals `git log` for any head, path and day in any order, and only new commits are read."""

import asyncio
import contextlib
import datetime as dt
import random
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from pawtui.sources.git.clone_reader import CloneReader
from pawtui.sources.git.process import Git
from pawtui.sources.source_errors import NoCommonAncestor
from tests.sources.git.clones import opened
from tests.sources.git.odd_repo import DAYS, START, make_odd_repo
from tests.support.git_repo import DATED, GitRepo, logged_since

MakeRepo = Callable[..., GitRepo]
PATHS = ("src", "src/a.py", "lib", "lib/d.py", "docs", "arms/1", "pkg", "src/deep/er", "README", "vendor/theirs", "no")


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> GitRepo:
    return make_odd_repo(GitRepo(tmp_path_factory.mktemp("odd") / "up"), seed=3)


class CommandCounter:
    """A counter of git commands and of their lines of input."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.commands: list[str] = []
        self.lines = 0
        read = Git.read

        async def counted(git: Git, *args: str, stdin: bytes = b"", **options: Any) -> bytes:
            self.commands.append(args[0])
            self.lines += stdin.count(b"\n")
            return await read(git, *args, stdin=stdin, **options)

        monkeypatch.setattr(Git, "read", counted)

    def clear(self) -> None:
        """Reset the counters."""
        self.commands.clear()
        self.lines = 0


@cache
def whole_log(repo: GitRepo, head: str, path: str) -> str:
    return repo.git("log", DATED, head, "--", path)


def logged(repo: GitRepo, head: str, path: str, since: dt.date) -> list[str]:
    """Return git's list, filtered by each commit's date."""
    return logged_since(whole_log(repo, head, path), since)


def parents_of(repo: GitRepo, *commits: str) -> list[str]:
    """Return the commits that these arguments of `git rev-list` select, each with its parents."""
    return repo.git("rev-list", "--parents", *commits).splitlines()


async def listed(repository: CloneReader, head: str, path: str, since: dt.date) -> list[str]:
    """Return a list since a day. Older commits follow only in a list with all commits."""
    start = dt.datetime.combine(since, dt.time(), dt.UTC)
    found = await repository.commits(head, path, since)
    newer = [commit.sha for commit in found.items if commit.at >= start]
    assert found.has_first or len(newer) == len(found.items)
    return newer


async def test_lists_of_globs_equal_git_log(odd: GitRepo) -> None:
    async with opened(odd, listed_paths=("src",)) as repository:
        for glob in ("src/*.py", "src/*", "*", "**/d.py", "lib/**", "s*/a.py", "docs/?*", "no/*"):
            log = odd.git("--no-literal-pathspecs", "log", DATED, "main", "--", f":(glob){glob}")
            for days in (30, 200):
                since = (START + dt.timedelta(days=days)).date()
                start = dt.datetime.combine(since, dt.time(), dt.UTC)
                found = await repository.glob_commits(odd.sha("main"), glob, since)
                assert found is not None, glob
                assert [commit.sha for commit in found.items if commit.at >= start] == logged_since(log, since), glob


async def test_commits_between_two_heads_equal_git(odd: GitRepo) -> None:
    rng = random.Random(1)
    heads = odd.git("rev-list", "--all").split()
    async with opened(odd) as repository:
        for _ in range(25):
            base, head = rng.choice(heads), rng.choice(heads)
            before = (START + dt.timedelta(days=rng.randrange(DAYS))).date()
            log = odd.git("log", DATED, f"{base}..{head}")
            newer = logged_since(log, before)
            assert set(await repository.late_commits(base, head, before)) == {*logged_since(log, dt.date.min)} - {
                *newer
            }
            with contextlib.suppress(NoCommonAncestor):
                between = await repository.compare(base, head, files=False)
                counts = odd.git("rev-list", "--left-right", "--count", f"{base}...{head}").split()
                assert [between.behind, between.commits] == list(map(int, counts))


async def test_lists_in_any_order_equal_git_log(odd: GitRepo) -> None:
    rng = random.Random(0)
    heads = odd.git("rev-list", "--all").split()[::9]
    listed_paths = rng.sample(PATHS, 4)
    async with opened(odd, listed_paths=listed_paths) as repository:
        for _ in range(120):
            head, path = rng.choice(heads), rng.choice(PATHS)
            since = (START + dt.timedelta(days=rng.randrange(-5, DAYS + 20))).date()
            assert await listed(repository, head, path, since) == logged(odd, head, path, since), (head, path, since)


async def test_lists_at_the_same_time_equal_git_log(odd: GitRepo) -> None:
    heads, since = odd.git("rev-list", "--all").split()[::9], START.date()
    async with opened(odd, listed_paths=["src"]) as repository:
        found = await asyncio.gather(*(listed(repository, head, path, since) for head in heads for path in PATHS))
    assert found == [logged(odd, head, path, since) for head in heads for path in PATHS]


async def test_all_paths_are_read_in_one_pass(odd: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    counter = CommandCounter(monkeypatch)
    head, since = odd.sha("main"), dt.date(2026, 6, 1)
    async with opened(odd, listed_paths=["src/", "lib/d.py", "pkg", ""]) as repository:
        counter.clear()
        # No commit is that new.
        assert not (await repository.commits(head, "src", dt.date(2030, 1, 1))).items
        # The commits, and the subjects of merges.
        assert counter.commands == ["rev-list", "rev-list"]
        for path in ("src", "src/a.py", "lib/d.py", "src/deep", "src/no", "pkg"):
            await repository.commits(head, path, since)
        assert counter.commands == ["rev-list", "rev-list", "diff-tree"]


async def test_a_path_that_is_not_listed_before_is_read_once(odd: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    counter = CommandCounter(monkeypatch)
    head, since = odd.sha("main"), dt.date(2026, 6, 1)
    async with opened(odd, listed_paths=["lib"]) as repository:
        await repository.commits(head, "README", since)
        counter.clear()
        found = await repository.commits(head, "src/", since)
        assert found.items == (await repository.commits(head, "src", since)).items != ()
        await repository.commits(head, "src/a.py", since)
        assert counter.commands == ["diff-tree"]
        # A glob may match in every folder.
        await repository.glob_commits(head, "*.md", since)
        assert counter.commands == ["diff-tree", "diff-tree"]
        await repository.commits(head, "arms", since)
        assert len(counter.commands) == 2


async def test_only_new_commits_are_read(odd: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    counter = CommandCounter(monkeypatch)
    chain = odd.git("rev-list", "--first-parent", "main").split()
    older, newer = chain[12], chain[0]
    since = dt.date(2026, 5, 1)
    async with opened(odd, listed_paths=["src"]) as repository:
        await repository.commits(older, "src", since)
        counter.clear()
        found = await listed(repository, newer, "src", since)
        new = parents_of(odd, newer, f"^{older}")
        assert counter.commands == ["rev-list", "rev-list", "diff-tree"]
        assert 0 < counter.lines <= sum(len(line.split()) - 1 for line in new)
        assert found == logged(odd, newer, "src", since)
        counter.clear()
        # An older head needs no git command.
        assert await listed(repository, chain[5], "src", since) == logged(odd, chain[5], "src", since)
        assert counter.commands == []


async def test_the_commits_of_many_past_days_are_read_at_the_second_of_them(
    odd: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = CommandCounter(monkeypatch)
    newest, *_, oldest = days = odd.git("rev-list", "--first-parent", "main").split()[:20:4]
    since = dt.date(2020, 1, 1)
    async with opened(odd, listed_paths=["src"]) as repository:
        await repository.late_commits(oldest, newest, since)
        counter.clear()
        for head in reversed(days):
            assert await listed(repository, head, "src", since) == logged(odd, head, "src", since)
            if head == oldest:
                # The list of one day does not read the later commits.
                assert counter.lines == sum(len(line.split()) - 1 or 1 for line in parents_of(odd, oldest))
        assert counter.commands == ["diff-tree", "diff-tree"]


async def test_a_list_has_no_commits_before_its_start_that_another_list_read(make_repo: MakeRepo) -> None:
    repo = make_repo("up")
    first = repo.commit({"a": "1"}, at=START)
    repo.branch("side", first)
    before = repo.commit({"a": "2"}, at=START + dt.timedelta(days=1))
    side = repo.commit({"a": "3"}, branch="side", at=START + dt.timedelta(days=2))
    merge = repo.commit({"a": "4"}, at=START + dt.timedelta(days=50), merge=[side])
    async with opened(repo, listed_paths=["a"]) as repository:
        assert len((await repository.commits(before.sha, "a", START.date())).items) == 2
        found = await repository.commits(merge.sha, "a", (START + dt.timedelta(days=40)).date())
        assert ([commit.sha for commit in found.items], found.has_first) == ([merge.sha], False)


async def test_a_decomposed_name_is_found_by_its_own_form_only(odd: GitRepo) -> None:
    """As on GitHub: the bytes of names are compared."""
    head, since = odd.sha("main"), dt.date(2026, 1, 1)
    async with opened(odd) as repository:
        found = await repository.commits(head, "odd/e\u0301-decomposed", since)
        composed = await repository.commits(head, "odd/\u00e9-decomposed", since)
    assert ([commit.subject for commit in found.items], composed.items) == (["odd names"], ())
