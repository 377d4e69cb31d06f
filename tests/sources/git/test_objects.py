"""Commits and tags that few tools write: a clone reads each of them, and reads a commit alike in two ways."""

from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest

from pawtui.sources.dates import EARLIEST, epoch_to_date
from pawtui.sources.facts import DatedTag, Tag
from pawtui.sources.git.git_errors import read_error
from pawtui.sources.git.objects import ObjectReader
from pawtui.sources.source_errors import NotInClone
from tests.sources.git.clones import opened
from tests.support.git_repo import GitRepo

DAY = 1_790_000_000
AUTHOR = f"author Ünï <a@example.org> {DAY - 86_400} +0200\n"
COMMITTER = f"committer Bob <b@example.org> {DAY} +0000\n"


def write(repo: GitRepo, kind: str, data: bytes, folder: Path) -> str:
    """Write an object with these bytes, and return its SHA."""
    (folder / "raw").write_bytes(data)
    return repo.git("hash-object", "-t", kind, "-w", "--literally", str(folder / "raw"))


@pytest.mark.parametrize(
    ("headers", "seconds", "author"),
    [
        (AUTHOR + COMMITTER, DAY, "Ünï"),
        (f"{AUTHOR}{COMMITTER}gpgsig -----BEGIN\n author Eve <e@example.org> 1 +0000\n", DAY, "Ünï"),
        # git reads no date in these.
        (AUTHOR, 0, "Ünï"),
        (f"{AUTHOR}committer Bob <b@example.org>\n", 0, "Ünï"),
        (f"{AUTHOR}committer Bob <b@example.org> soon +0000\n", 0, "Ünï"),
        (f"{AUTHOR}committer Bob <b@example.org> -7 +0000\n", 0, "Ünï"),
        (f"{AUTHOR}committer Bob <b@example.org> --7 +0000\n", 0, "Ünï"),
        (f"{AUTHOR}committer Bob <b@example.org> {10**23} +0000\n", 10**23, "Ünï"),
        pytest.param(f"{AUTHOR}committer Bob <b@example.org> {'9' * 5000} +0000\n", 10**23, "Ünï", id="5,000 digits"),
        (COMMITTER, DAY, ""),
    ],
)
async def test_an_unusual_commit_is_the_same_alone_and_in_a_list(
    make_repo: Callable[..., GitRepo], tmp_path: Path, headers: str, seconds: int, author: str
) -> None:
    repo = make_repo("up")
    repo.commit({"a": "1"})
    data = f"tree {repo.sha('main^{tree}')}\n{headers}\nfix: é\n\nBody.\n".encode()
    sha = write(repo, "commit", data, tmp_path)
    async with opened(repo) as clone:
        alone = await clone.commit(sha)
        listed = await clone.commits(sha, "a", EARLIEST.date())
    assert listed.items == (alone,)
    assert (alone.at, alone.subject, alone.author) == (epoch_to_date(seconds), "fix: é", author)


@pytest.mark.parametrize(
    ("tagger", "seconds"),
    [(f"tagger Eve <e@example.org> {DAY + 60} +0200\n", DAY + 60), ("", DAY), ("tagger Eve <e@example.org>\n", DAY)],
)
async def test_a_tag_without_a_date_has_the_date_of_its_commit(
    make_repo: Callable[..., GitRepo], tmp_path: Path, tagger: str, seconds: int
) -> None:
    repo = make_repo("up")
    commit = repo.commit({"a": "1"}, at=epoch_to_date(DAY)).sha
    data = f"object {commit}\ntype commit\ntag v1\n{tagger}\nv1\n".encode()
    tag = Tag(name="v1", sha=write(repo, "tag", data, tmp_path), annotated=True)
    async with opened(repo) as clone:
        assert await clone.dated_tag(tag) == DatedTag(name="v1", sha=commit, at=epoch_to_date(seconds))


@pytest.mark.parametrize("chunk", [1, 1 << 18])
async def test_trees_are_the_same_in_any_order(
    make_repo: Callable[..., GitRepo], monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr("pawtui.sources.git.objects._CHUNK", chunk)
    repo = make_repo("up")
    first = repo.commit({"a/b": "1", "a/c": "1"}).sha
    second = repo.commit({"a/b": None, "a/c": None, "a": "1"}).sha
    # A path that is equal to the SHA that ends the output of git.
    shas = (first, second, repo.commit({first: "1"}).sha)
    alone = {}
    for sha in shas:
        async with opened(repo) as clone:
            alone[sha] = await clone.tree(sha)
    for order in permutations(shas):
        async with opened(repo) as clone:
            for sha in (*order, *order):
                assert await clone.tree(sha) == await clone.tree(sha[:9]) == alone[sha]
            with pytest.raises(NotInClone):
                await clone.tree("f" * 40)


async def test_a_comparison_with_a_missing_commit_ends(make_repo: Callable[..., GitRepo]) -> None:
    repo = make_repo("up")
    known, sha = repo.commit({"a": "1"}).sha, repo.commit({"a": "2"}).sha
    async with opened(repo) as clone:
        tree, objects = await clone.tree(known), ObjectReader(clone.clone.git)
        assert await objects.tree_from(tree, "f" * 40, "the tree") is None
        assert await objects.tree_from(tree, sha, "the tree") == await clone.tree(sha)
        await objects.close()


def test_a_hint_of_git_is_not_the_reason_of_an_error() -> None:
    error = read_error("hint: Support for grafts is deprecated\n", "the tree", "the clone", partial=False)
    assert str(error).startswith("git cannot read the tree: no reason. ")
