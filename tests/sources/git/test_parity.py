"""Both sources return the same facts of one repository; known differences are tested as such.

The fake GitHub serves the repository that the other source reads as a clone.
"""

import datetime as dt
from collections.abc import Awaitable, Iterator
from typing import NamedTuple, TypeVar

import msgspec
import pytest

from pawtui.sources.facts import Head, MissingRef, RecordedHead, Tag, Tree
from pawtui.sources.github.api import PAGE_SIZE
from pawtui.sources.github.github_source import GitHubSource
from pawtui.sources.github.token import Secret
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import BeginsLater, NotFound, SourceError, Undetermined
from tests.sources.git.clones import UP, git_source
from tests.sources.git.odd_repo import DAYS, START, make_odd_repo
from tests.support.fake_github import FakeGitHub
from tests.support.git_repo import GitRepo
from tests.support.offline_transports import InProcessTransport

T = TypeVar("T")
SINCES = tuple((START + dt.timedelta(days=days)).date() for days in (-30, 45, DAYS))


class Pair(NamedTuple):
    """A repository as a clone and on the fake GitHub."""

    git: GitRepo
    fake: FakeGitHub

    def api(self) -> GitHubSource:
        """Return a source that reads the fake GitHub."""
        token = Secret(self.fake.token)
        return GitHubSource(
            api_url=self.fake.url, token=token, cache=None, time_limit=120, transport=InProcessTransport(self.fake)
        )


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    git = make_odd_repo(GitRepo(tmp_path_factory.mktemp("odd") / "up"))
    with FakeGitHub() as fake:
        fake.add(UP, git)
        yield Pair(git, fake)


async def outcome(fact: Awaitable[T]) -> T | type[SourceError]:
    """Return the fact, or the kind of its error."""
    try:
        return await fact
    except SourceError as error:
        return kind_of(error)


def kind_of(error: SourceError) -> type[SourceError]:
    """Return the kind of an error that callers distinguish: `NotInClone` is a `NotFound`."""
    return next(kind for kind in (BeginsLater, NotFound, Undetermined, SourceError) if isinstance(error, kind))


def some_commits(git: GitRepo, every: int = 1) -> list[str]:
    """Return one of `every` commits of all refs."""
    return git.git("rev-list", "--all", "--date-order").split()[::every]


REFS = (
    "main",
    "maint/v1",
    "refs/heads/maint/v1",
    "heads/maint/v1",
    "both",
    "tags/both",
    "refs/tags/v2.0.0",
    "v2.0.0",
    "v2.2.0",
    "rewritten",
    "no-such",
    "tags/main",
    "v2.3.0-blob",
    "HEAD",
    "-leading",
    "--all",
    "0000000",
    40 * "0",
)


async def test_both_sources_find_the_same_refs(pair: Pair) -> None:
    shas = some_commits(pair.git, 40)
    async with pair.api() as api, git_source((UP, pair.git), web=pair.fake.url) as git:
        for ref in (*REFS, *shas, *(sha[:10] for sha in shas)):
            assert await outcome(git.ref_head(UP, ref)) == await outcome(api.ref_head(UP, ref)), ref


async def test_both_sources_read_the_same_commits(pair: Pair) -> None:
    shas = some_commits(pair.git)
    async with pair.api() as api, git_source((UP, pair.git), web=pair.fake.url) as git:
        for name in (*shas, *(sha[:8] for sha in shas[::9]), "v2.0.0", "v2.1.0", "nothing", 40 * "a"):
            assert await outcome(git.commit(UP, name)) == await outcome(api.commit(UP, name)), name


async def test_both_sources_read_the_same_trees_and_files(pair: Pair) -> None:
    blobs: set[str] = set()
    async with pair.api() as api, git_source((UP, pair.git), web=pair.fake.url) as git:
        for number, sha in enumerate(some_commits(pair.git, 5)):
            from_clone, from_api = await git.tree(UP, sha), await api.tree(UP, sha)
            assert from_clone == without_sizes(from_api)
            # The first tree is listed, the others are built from it.
            assert number or list(from_clone.entries) == list(from_api.entries)
            blobs |= {entry.sha for entry in from_clone.entries.values() if entry.type in ("blob", "symlink")}
        for sha in blobs:
            assert await git.blob(UP, sha) == await api.blob(UP, sha)


def without_sizes(tree: Tree) -> Tree:
    """Return a tree without file sizes, which a clone's trees lack."""
    entries = {path: msgspec.structs.replace(entry, size=0) for path, entry in tree.entries.items()}
    return msgspec.structs.replace(tree, entries=entries)


def every_path(tree: Tree, history: Tree) -> list[str]:
    """Return files and folders, also deleted ones, and paths that never existed."""
    return sorted({*tree.entries, *history.entries, "not/there", "src/a.py/below", "sr"})


@pytest.mark.parametrize("head", ["main", "maint/v1", "rewritten"])
async def test_both_sources_list_the_same_history(pair: Pair, head: str) -> None:
    sha = pair.git.sha(head)
    async with pair.api() as api, git_source((UP, pair.git), web=pair.fake.url) as git:
        paths = every_path(await api.tree(UP, sha), await api.tree(UP, pair.git.sha("main~30")))
        for path in paths:
            if not path.isprintable() or not path.isascii():
                # A safe path that differs from git's path: `RepoReader.commits` refuses it.
                continue
            for since in SINCES:
                await same_history(api, git, sha, path, since)


async def same_history(api: Source, git: Source, sha: str, path: str, since: dt.date) -> None:
    start = dt.datetime.combine(since, dt.time(), dt.UTC)
    from_api, from_clone = (
        await api.commits(UP, sha, path, since),
        await git.commits(UP, sha, path, since),
    )
    within = [[commit for commit in found.items if commit.at >= start] for found in (from_clone, from_api)]
    assert within[0] == within[1], (path, since)
    assert from_clone.complete
    assert from_api.complete
    if from_clone.has_first:
        # A clone may list fewer old commits, but `has_first` is correct.
        assert from_clone.items == from_api.items


async def test_both_sources_list_the_same_tags(pair: Pair) -> None:
    async with pair.api() as api, git_source((UP, pair.git), web=pair.fake.url) as git:
        for prefix in ("", "v", "v2.", "v2.0.0", "b", "nothing"):
            assert await git.tags(UP, prefix) == await api.tags(UP, prefix)
        tags = await api.tags(UP, "")
        assert {tag.annotated for tag in tags} == {True, False}
        for tag in (*tags, Tag(name="gone", sha=40 * "b"), Tag(name="gone", sha=40 * "b", annotated=True)):
            assert await outcome(git.dated_tag(UP, tag)) == await outcome(api.dated_tag(UP, tag)), tag


async def test_both_sources_compare_alike(pair: Pair) -> None:
    shas = some_commits(pair.git, 30)
    async with pair.api() as api, git_source((UP, pair.git), web=pair.fake.url) as git:
        for base in shas:
            for head in shas[::2]:
                by_api = await api.compare(UP, base, head)
                by_clone = await git.compare(UP, base, head)
                assert by_clone.merges >= by_api.merges
                if by_clone.commits <= PAGE_SIZE:
                    assert by_clone.merges == by_api.merges
                # `plain` only serves the cache of the API's lists.
                other = msgspec.structs.replace(by_api, merges=by_clone.merges, without_reverts=False)
                assert by_clone == other
        ends = pair.git.sha("v2.0.0^{commit}"), pair.git.sha("main")
        counted = await git.compare(UP, *ends, files=False)
        assert (counted.commits, counted.behind) == (1, 0)


async def test_both_sources_find_the_same_past_head(pair: Pair) -> None:
    async with pair.api() as api, git_source((UP, pair.git), web=pair.fake.url) as git:
        for ref in ("main", "maint/v1", "rewritten"):
            head = await git.ref_head(UP, ref)
            assert isinstance(head, Head)
            for days in range(-2, DAYS + 25, 3):
                when = START + dt.timedelta(days=days, hours=7)
                from_clone = await outcome(git.past_head(head, when))
                assert from_clone == await outcome(api.past_head(head, when)), (ref, days)


async def test_both_sources_use_recorded_refreshes_alike(pair: Pair) -> None:
    """Both sources use recorded commits alike, also of a branch that was rewritten later."""
    chain = pair.git.git("rev-list", "--first-parent", "main").split()
    elsewhere = pair.git.sha("arm-1")
    async with pair.api() as api, git_source((UP, pair.git), web=pair.fake.url) as git:
        head = await git.ref_head(UP, "main")
        assert isinstance(head, Head)
        pair.fake.repos[UP].has_activity = False
        for days in (20, 60, 90, DAYS + 10):
            when = START + dt.timedelta(days=days)
            seen = [
                RecordedHead(sha=commit.sha, at=commit.at + dt.timedelta(hours=2), committed_at=commit.at)
                for commit in [await git.commit(UP, sha) for sha in (*chain[5::25], elsewhere)]
            ]
            exact = RecordedHead(sha=elsewhere, at=when, committed_at=when - dt.timedelta(days=1))
            for recorded in ((), seen[:1], seen[-2:-1], seen[:-1], seen[-1:], (exact,)):
                from_clone = await outcome(git.past_head(head, when, recorded))
                assert from_clone == await outcome(api.past_head(head, when, recorded)), (
                    days,
                    recorded,
                )


async def test_only_github_knows_the_new_name_of_a_renamed_branch(pair: Pair) -> None:
    pair.fake.repos[UP].renamed["old"] = "main"
    async with pair.api() as api, git_source((UP, pair.git), web=pair.fake.url) as git:
        assert await api.ref_head(UP, "old") == MissingRef(name="old", renamed_to="main")
        assert await git.ref_head(UP, "old") == MissingRef(name="old")
