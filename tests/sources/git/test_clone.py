"""Opening clones: their refs for GitHub's branches, and the errors for clones that cannot be read."""

import asyncio
import datetime as dt
import os
import re
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pawtui.sources.dates import EARLIEST
from pawtui.sources.facts import Head, MissingRef, Tag
from pawtui.sources.git.clone import branch_prefix, open_clone, remote_of
from pawtui.sources.git.clone_reader import CloneReader, tree_in
from pawtui.sources.source_errors import (
    CloneDamaged,
    CloneUnusable,
    NotFound,
    NotInClone,
    SourceError,
    TimedOut,
    TooLarge,
)
from tests.sources.git.clones import ENV, UP, git, opened
from tests.support.git_repo import GitRepo

MakeRepo = Callable[..., GitRepo]


@pytest.fixture
def up(make_repo: MakeRepo) -> GitRepo:
    """A repository with two branches and a tag."""
    repo = make_repo("host/up/stream.git", default="dev")
    repo.commit({"a": "1\n", "b": "1\n"}, at="2026-06-01")
    repo.commit({"a": "2\n"}, at="2026-06-02")
    repo.branch("v2", "dev")
    repo.commit({"a": "v2\n"}, branch="v2", at="2026-06-03")
    repo.tag("v1.0", "dev")
    repo.flush()
    return repo


async def head_in(path: Path, ref: str, repo: str = UP) -> str:
    async with opened(path, repo=repo) as repository:
        found = await repository.ref_head(ref)
    assert isinstance(found, Head)
    return found.sha


async def test_a_working_clone_is_read_at_its_fetched_branches(up: GitRepo, tmp_path: Path) -> None:
    """The user's local branch has a commit that the remote lacks."""
    git(tmp_path, "clone", "-q", str(up.path), "work")
    work = tmp_path / "work"
    git(work, "commit", "-q", "--allow-empty", "-m", "mine")
    git(work, "branch", "mine")
    assert await head_in(work, "dev") == up.sha("dev") != git(work, "rev-parse", "dev")
    assert await head_in(work, "v2") == up.sha("v2")
    assert await head_in(work, "v1.0") == up.sha("v1.0")
    async with opened(work) as repository:
        assert await repository.ref_head("mine") == MissingRef(name="mine")
        assert repository.clone.all_known_until is not None


async def test_the_remote_that_names_the_repository_is_read(up: GitRepo, make_repo: MakeRepo, tmp_path: Path) -> None:
    """A fork's clone: `origin` is the fork, `upstream` the requested repository."""
    fork = make_repo("host/me/fork.git", default="dev")
    fork.commit({"f": "1\n"}, at="2026-06-05")
    fork.flush()
    git(tmp_path, "clone", "-q", str(fork.path), "work")
    work = tmp_path / "work"
    git(work, "remote", "add", "upstream", str(up.path))
    git(work, "fetch", "-q", "upstream")
    assert await head_in(work, "dev") == up.sha("dev")
    assert await head_in(work, "dev", repo="me/fork") == fork.sha("dev")
    # No remote names this repository: `origin` is used.
    assert await head_in(work, "dev", repo="some/other") == fork.sha("dev")


@pytest.mark.parametrize("options", [["--bare"], ["--mirror"], ["--bare", "--single-branch", "--branch", "v2"]])
async def test_a_bare_clone_is_read_at_its_branches(up: GitRepo, tmp_path: Path, options: list[str]) -> None:
    git(tmp_path, "clone", "-q", *options, f"file://{up.path}", "bare.git")
    assert await head_in(tmp_path / "bare.git", "v2") == up.sha("v2")


async def test_a_single_branch_clone_has_only_that_branch(up: GitRepo, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--single-branch", "--branch", "v2", f"file://{up.path}", "work")
    assert await head_in(tmp_path / "work", "v2") == up.sha("v2")
    async with opened(tmp_path / "work") as repository:
        assert await repository.ref_head("dev") == MissingRef(name="dev")


async def test_a_branch_that_is_fetched_under_another_name_is_read(up: GitRepo, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "work")
    git(tmp_path / "work", "remote", "add", "origin", f"file://{up.path}")
    git(tmp_path / "work", "config", "remote.origin.fetch", "+refs/heads/v2:refs/heads/up-v2")
    git(tmp_path / "work", "fetch", "-q", "origin")
    assert await head_in(tmp_path / "work", "v2") == up.sha("v2")


async def test_a_linked_working_tree_is_a_clone(up: GitRepo, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", str(up.path), "work")
    git(tmp_path / "work", "worktree", "add", "-q", "--detach", str(tmp_path / "linked"))
    assert await head_in(tmp_path / "linked", "v2") == up.sha("v2")


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("https://github.com/up/stream", True),
        ("https://github.com/Up/Stream.git", True),
        ("https://user@github.com/up/stream.git/", True),
        ("git@github.com:up/stream.git", True),
        ("work:up/stream", True),
        ("ssh://git@github.com:22/up/stream.git", True),
        ("https://[::1/up/stream", True),
        ("/somewhere/up/stream", True),
        ("https://github.com/down/stream", False),
        ("https://github.com/up/stream2", False),
        ("https://github.com/up/stream/wiki", False),
        ("", False),
    ],
)
def test_remote_urls_are_compared_with_the_repository(url: str, same: bool) -> None:
    assert remote_of([("remote.x.url", url)], UP).urls == ([url] if same else [])


@pytest.mark.parametrize(
    ("refspecs", "prefix"),
    [
        (["+refs/heads/*:refs/remotes/x/*"], "refs/remotes/x/"),
        (["+refs/*:refs/*"], "refs/heads/"),
        (["+refs/*:refs/copy/*"], "refs/copy/heads/"),
        (["^refs/heads/tmp", "refs/heads/gone", "+refs/heads/*:refs/up/*"], "refs/up/"),
        (["+refs/pull/*:refs/pull/*"], "refs/heads/"),
        ([], "refs/heads/"),
        (["+refs/heads/a:refs/remotes/x/a", "+refs/heads/b:refs/remotes/x/b"], "refs/remotes/x/"),
    ],
)
def test_branches_are_where_the_fetch_configuration_writes_them(refspecs: list[str], prefix: str) -> None:
    assert branch_prefix(refspecs) == prefix


async def refused(path: Path, kind: type[SourceError] = CloneUnusable, env: dict[str, str] | None = None) -> str:
    """Return the error of opening a clone."""
    with pytest.raises(kind) as caught:
        await open_clone(UP, path, ENV if env is None else env)
    assert "\n" not in str(caught.value)
    return str(caught.value)


async def test_a_path_without_a_clone_is_reported(up: GitRepo, tmp_path: Path) -> None:
    assert "does not exist: 'nowhere'. Give the path" in await refused(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    assert "does not exist: 'below'" in await refused(tmp_path / "file" / "below")
    empty = await refused(tmp_path)
    assert f"is not a git repository: {tmp_path.name!r}." in empty
    assert empty.endswith("Give the path of a clone; `clone` in a tracker is relative to its file.")
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / ".git").write_text("gitdir: /nowhere\n")
    assert "is not a git repository" in await refused(tmp_path / "odd")
    half = tmp_path / "half"
    (half / "objects").mkdir(parents=True)
    (half / "HEAD").write_text("ref: refs/heads/dev\n")
    assert DAMAGED.match(await refused(half, CloneDamaged))


async def test_a_clone_that_cannot_be_read_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As in Python 3.14, which hides the error.
    for method in ("exists", "is_dir", "is_file"):
        monkeypatch.setattr(Path, method, lambda _path: False)
    assert await refused(tmp_path / ("a" * 300)) == (
        "The clone of up/stream cannot be read: file name too long. Give another path."
    )


async def test_a_shallow_clone_is_refused(up: GitRepo, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{up.path}", "shallow")
    error = await refused(tmp_path / "shallow")
    assert error == "The clone of up/stream is shallow: its history is cut off. Run `git fetch --unshallow` in it."


async def test_a_clone_of_sha256_objects_is_refused(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--object-format=sha256", "sha256")
    assert await refused(tmp_path / "sha256") == (
        "The clone of up/stream has the object format SHA-256, but GitHub uses SHA-1. Give a clone made from GitHub."
    )


async def test_another_format_is_refused(up: GitRepo) -> None:
    up.git("config", "core.repositoryformatversion", "99")
    message = await refused(up.path)
    assert "xpected git repo version <= 1, found 99. Run `git fsck`" in message
    assert message.endswith(", or update git.")


async def test_a_git_that_is_missing_or_cannot_be_started_is_reported(up: GitRepo, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    env = {"PATH": f"{tmp_path}/bin"}
    assert await refused(up.path, env=env) == "git was not found. Install git, or use `--source github`."
    (tmp_path / "bin" / "git").write_text("no program at all")
    (tmp_path / "bin" / "git").chmod(0o700)
    assert "Cannot start git" in await refused(up.path, env=env)


async def test_the_version_of_git_is_read_once(up: GitRepo, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    logging = tmp_path / "bin" / "git"
    logging.write_text(f'#!/bin/sh\necho "$*" >> {tmp_path}/log\nexec {shutil.which("git")} "$@"\n')
    logging.chmod(0o700)
    for _ in range(2):
        await open_clone(UP, up.path, {**os.environ, "PATH": f"{tmp_path}/bin:/usr/bin:/bin"})
    assert (tmp_path / "log").read_text().count(" version\n") == 1


async def test_a_git_that_hangs_is_stopped(up: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fake git and its child wait for a pipe without a writer."""
    monkeypatch.setattr("pawtui.sources.git.process.TIMEOUT", 0.2)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "bin").mkdir()
    slow = tmp_path / "bin" / "git"
    slow.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\ncat {tmp_path}/pipe\n")
    slow.chmod(0o700)
    error = await refused(up.path, kind=TimedOut, env={"PATH": f"{tmp_path}/bin:/usr/bin:/bin"})
    assert error == "git took longer than 0.2 s to read its version, and was stopped. Try again."
    pid = int((tmp_path / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_repository_without_commits_has_no_refs(make_repo: MakeRepo) -> None:
    async with opened(make_repo("empty")) as repository:
        assert await repository.ref_head("main") == MissingRef(name="main")


async def test_a_large_file_is_not_read_and_the_next_one_is(up: GitRepo) -> None:
    up.commit({"big": "x" * 8_000_000}, at="2026-06-04")
    async with opened(up) as repository:
        with pytest.raises(TooLarge, match="is larger than 1 MB and is not read"):
            await repository.blob(up.sha("dev:big"))
        assert await repository.blob(up.sha("dev:a")) == b"2\n"


@pytest.mark.parametrize("target", ["dev^{tree}", "dev:b"])
@pytest.mark.parametrize("annotated", [True, False])
async def test_a_tag_of_a_tree_or_a_file_names_no_commit(up: GitRepo, target: str, annotated: bool) -> None:
    git(up.path, "tag", *(["--annotate", "--message=m"] if annotated else []), "v9", up.sha(target))
    async with opened(up) as repository:
        with pytest.raises(NotFound, match="Tag v9 of up/stream is not a tag of a commit"):
            await repository.dated_tag(Tag(name="v9", sha=up.sha("v9"), annotated=annotated))


async def test_a_file_that_a_partial_clone_lacks_is_reported(up: GitRepo, tmp_path: Path) -> None:
    up.git("config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--bare", "--filter=blob:none", f"file://{up.path}", "partial")
    async with opened(tmp_path / "partial") as repository:
        for _ in range(2):
            with pytest.raises(NotInClone) as caught:
                await repository.blob(up.sha("dev:a"))
            assert str(caught.value) == (
                f"File {up.sha('dev:a')[:10]} of up/stream is not in the clone of up/stream, a partial clone. "
                "Fetch it there, or use `--source auto`."
            )
        with pytest.raises(NotInClone, match=r"ommit aaaaaaaaaa of up/stream is not in the clone"):
            await repository.compare("a" * 40, up.sha("dev"))
        # Other objects can still be read.
        assert (await repository.commit(up.sha("dev"))).sha == up.sha("dev")
        assert len((await repository.tree(up.sha("v2"))).entries) == 2
    assert up.sha("dev:a") not in git(tmp_path / "partial", "cat-file", "--batch-all-objects", "--batch-check")


async def test_the_changes_of_a_clone_without_folders_cannot_be_listed(up: GitRepo, tmp_path: Path) -> None:
    up.git("config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--bare", "--filter=tree:0", f"file://{up.path}", "treeless")
    async with opened(tmp_path / "treeless") as repository:
        with pytest.raises(NotInClone, match=r"\AThe list of changed files of up/stream is not in the clone"):
            await repository.commits(up.sha("dev"), "a", EARLIEST.date())


def packs(path: Path) -> list[Path]:
    """The packs of a bare repository."""
    return sorted((path / "objects" / "pack").glob("*.pack"))


async def test_a_corrupt_pack_is_reported(up: GitRepo, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", "--no-local", str(up.path), "corrupt")
    (pack,) = packs(tmp_path / "corrupt")
    pack.chmod(stat.S_IRUSR | stat.S_IWUSR)
    data = bytearray(pack.read_bytes())
    data[20:-20] = bytes(len(data) - 40)
    pack.write_bytes(data)
    assert DAMAGED.match(await refused(tmp_path / "corrupt", CloneDamaged))
    pack.write_bytes(b"")
    assert DAMAGED.match(await refused(tmp_path / "corrupt", CloneDamaged))


DAMAGED = re.compile(r"^The clone of up/stream is damaged \(.*\)\. Clone it again\.$")


@pytest.mark.parametrize("text", ["", "garbage\n"])
async def test_a_branch_that_git_cannot_read_is_damage(up: GitRepo, tmp_path: Path, text: str) -> None:
    git(tmp_path, "clone", "-q", str(up.path), "work")
    branches = tmp_path / "work" / ".git" / "refs" / "remotes" / "origin"
    # The branch that HEAD names may be missing.
    (branches / "HEAD").write_text("ref: refs/remotes/origin/gone\n")
    assert await head_in(tmp_path / "work", "v2") == up.sha("v2")
    (branches / "v2").write_text(text)
    error = await refused(tmp_path / "work", CloneDamaged)
    assert "ignoring broken ref refs/remotes/origin/v2). Clone it again." in error


@pytest.mark.parametrize("ruined", ["zeros", "nothing"])
async def test_a_pack_that_is_damaged_while_open_is_reported(up: GitRepo, tmp_path: Path, ruined: str) -> None:
    git(tmp_path, "clone", "-q", "--bare", "--no-local", str(up.path), "corrupt")
    (pack,) = packs(tmp_path / "corrupt")
    async with opened(tmp_path / "corrupt") as repository:
        pack.chmod(stat.S_IRUSR | stat.S_IWUSR)
        size = pack.stat().st_size
        pack.write_bytes(pack.read_bytes()[:20] + bytes(size - 20) if ruined == "zeros" else b"")
        await expect_damage(repository, up)


async def expect_damage(repository: CloneReader, up: GitRepo) -> None:
    sha = up.sha("dev")
    for question in (
        repository.ref_head("dev"),
        repository.tree(sha),
        repository.commits(sha, "a", dt.date(2026, 1, 1)),
    ):
        with pytest.raises(CloneDamaged, match=DAMAGED):
            await question


def unpack(path: Path, backup: Path) -> None:
    """Store every object of a bare repository in its own file. Packs are moved to `backup`."""
    for pack in packs(path):
        moved = backup / pack.name
        shutil.move(pack, moved)
        pack.with_suffix(".idx").unlink()
        subprocess.run(["git", "unpack-objects", "-q"], cwd=path, env=ENV, stdin=moved.open("rb"), check=True)


async def test_a_missing_object_in_a_complete_clone_is_damage(up: GitRepo, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", "--no-local", str(up.path), "lossy")
    lossy = tmp_path / "lossy"
    unpack(lossy, tmp_path)
    blob, tree = up.sha("dev:a"), up.sha("dev^{tree}")
    for sha in (blob, tree):
        (lossy / "objects" / sha[:2] / sha[2:]).unlink()
    async with opened(lossy) as repository:
        for question in (lambda: repository.blob(blob), lambda: repository.tree(up.sha("dev"))):
            with pytest.raises(CloneDamaged, match=r"The clone of up/stream is damaged"):
                await question()
        assert len((await repository.tree(up.sha("v2"))).entries) == 2
        # The same if git compares the trees.
        with pytest.raises(CloneDamaged, match=r"The clone of up/stream is damaged"):
            await repository.tree(up.sha("dev"))
        assert (await repository.tree(up.sha("dev~1"))).entries


async def test_the_changed_files_are_counted_without_their_contents(make_repo: MakeRepo) -> None:
    repo = make_repo("up")
    base = repo.commit({"a": "1\n" * 9, "b": "2"}).sha
    head = repo.commit({"a": None, "b": "3", "c": "1\n" * 8}).sha
    missing = repo.sha(f"{base}:a")
    unpack(repo.path, repo.path.parent)
    (repo.path / "objects" / missing[:2] / missing[2:]).unlink()
    async with opened(repo) as repository:
        # The rename of `a` is not found.
        assert (await repository.compare(base, head)).files == 3


async def test_no_process_or_task_remains_after_a_clone_was_read(make_repo: MakeRepo) -> None:
    repo = make_repo("up")
    sha = repo.commit({"a": "1"}).sha
    tree = await tree_in(UP, repo.path, sha, os.environ)
    assert tree is not None
    assert list(tree.entries) == ["a"]
    # The error of git is checked with another process.
    assert await tree_in(UP, repo.path, "f" * 40, os.environ) is None
    async with opened(repo, listed_paths=["a"]) as reader:
        await reader.ref_head("main")
    assert asyncio.all_tasks() == {asyncio.current_task()}
