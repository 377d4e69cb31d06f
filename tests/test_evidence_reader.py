"""The lines of a pinned file: from disk, or else from the source."""

import datetime as dt
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import cast

import pytest

from pawtui.evidence_reader import EvidenceReader, IsFolder, NewPinCheck, NoText, nothing_local
from pawtui.refresh.pins import parse_pin
from pawtui.refresh.refresh_types import RepoSnapshot
from pawtui.sources.facts import Commit, Issue, Tree, TreeEntry
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import NotFound, SourceError

TREE = Tree(
    sha="9" * 40,
    entries={
        "src": TreeEntry("1" * 40, "tree"),
        "src/a.ts": TreeEntry("2" * 40, "blob"),
        "src/logo": TreeEntry("3" * 40, "blob"),
        "src/link": TreeEntry("4" * 40, "symlink"),
    },
)
BLOBS = {"2" * 40: b"one\ntwo\n", "3" * 40: b"\0\1"}


class OneTree:
    """A source with one tree. It counts the files that it reads."""

    reads = 0

    async def tree(self, _repo: str, _sha: str) -> Tree:
        return TREE

    async def blob(self, _repo: str, sha: str) -> bytes:
        self.reads += 1
        return BLOBS[sha]


def reader(source: OneTree, *, has_tree: bool = False, has_files: bool = False) -> EvidenceReader:
    @asynccontextmanager
    async def opened() -> AsyncIterator[Source]:
        yield cast(Source, source)

    return EvidenceReader(
        opened,
        (lambda _repo, _sha: TREE) if has_tree else nothing_local,
        (lambda _repo, sha: BLOBS[sha]) if has_files else nothing_local,
    )


@pytest.mark.parametrize(("has_tree", "has_files", "reads"), [(True, True, 0), (True, False, 1), (False, True, 1)])
async def test_a_file_is_read_from_the_source_only_if_it_is_not_on_disk(
    has_tree: bool, has_files: bool, reads: int
) -> None:
    source = OneTree()
    found = await reader(source, has_tree=has_tree, has_files=has_files).file_lines("a/b", "c" * 40, "src/a.ts")
    assert (found, source.reads) == (["one", "two"], reads)


@pytest.mark.parametrize("has_tree", [True, False])
@pytest.mark.parametrize(
    ("path", "kind", "message"),
    [
        ("src/b.ts", NotFound, "There is no file 'src/b.ts' at cccccccccc of a/b"),
        ("src", IsFolder, "src at cccccccccc is a folder and has no lines"),
        ("src/link", NoText, "src/link at cccccccccc is a link and has no lines"),
        ("src/logo", NoText, "src/logo at cccccccccc is a binary file and has no lines"),
    ],
)
async def test_a_path_without_lines_is_an_error(path: str, kind: type[Exception], message: str, has_tree: bool) -> None:
    with pytest.raises(kind, match=message):
        await reader(OneTree(), has_tree=has_tree).file_lines("a/b", "c" * 40, path)


@pytest.mark.parametrize("repo", ["a/b", "A/B"])
async def test_a_typed_pin_with_a_short_sha_is_checked_at_the_commit_of_the_last_refresh(repo: str) -> None:
    sha = "c" * 40
    head = RepoSnapshot(repo="a/b", ref="v2", sha=sha, committed_at=dt.datetime(2026, 11, 20, tzinfo=dt.UTC))
    heads = {"up": head}
    check = await reader(OneTree()).check_pin(parse_pin(f"{repo}@{sha[:7]}:src/b.ts", heads), heads)
    assert check.problem.startswith("There is no file 'src/b.ts' at cccccccccc of ")
    assert not check.is_complete
    other = await reader(OneTree()).check_pin(parse_pin(f"else/where@{sha[:7]}:src/b.ts", heads), heads)
    assert other == NewPinCheck(), "the commit of another repository is not that of the refresh"


class Broken(OneTree):
    """A source that can read no files, issues and commits."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def blob(self, _repo: str, _sha: str) -> bytes:
        raise self._error

    async def issues(self, _repo: str, _numbers: Sequence[int]) -> Mapping[int, Issue | SourceError]:
        raise self._error

    async def commit(self, _repo: str, _sha: str) -> Commit:
        raise self._error


@pytest.mark.parametrize(
    ("pin", "kind"), [(f"a/b@{'c' * 40}:src/a.ts#L2", "file"), ("a/b#3", "issue"), (f"a/b@{'c' * 40}", "commit")]
)
@pytest.mark.parametrize("error", [SourceError("It is offline."), TimeoutError()], ids=["error", "timeout"])
async def test_a_pin_that_cannot_be_read_is_not_checked(pin: str, kind: str, error: Exception) -> None:
    heads = {
        "up": RepoSnapshot(repo="A/B", ref="main", sha="d" * 40, committed_at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    }
    check = await reader(Broken(error), has_tree=True).check_pin(parse_pin(pin), heads)
    assert (check.problem, check.is_complete) == ("", False)
    assert check.unread == (str(error) or f"Reading the {kind} took too long.")


async def test_a_pin_to_the_commit_of_the_last_refresh_needs_no_request() -> None:
    at = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    heads = {"up": RepoSnapshot(repo="a/b", ref="main", sha="d" * 40, committed_at=at)}
    check = await reader(Broken(SourceError("It is offline."))).check_pin(parse_pin(f"a/b@{'d' * 10}"), heads)
    assert check.is_complete
