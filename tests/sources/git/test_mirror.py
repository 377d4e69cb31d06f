"""Mirrors: creation, updates, interrupted updates, damage. Only a complete mirror is read."""

import asyncio
import datetime as dt
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from pawtui.sources.git.clone_reader import CloneReader
from pawtui.sources.git.mirror import METADATA_FILE, Mirror, mirror_path
from pawtui.sources.source_errors import (
    BadResponse,
    CloneDamaged,
    CloneUnusable,
    NotInClone,
    Offline,
    Refused,
    SourceError,
    Unauthorized,
)
from tests.sources.git.clones import NOW, UP, silent
from tests.support.fake_git_host import FakeGitHost
from tests.support.git_repo import GitRepo

MakeMirror = Callable[..., Mirror]


@pytest.fixture
def up(hosted: GitRepo) -> GitRepo:
    """The repository of the host."""
    return hosted


async def facts(mirror: Mirror) -> tuple[list[str], list[str]]:
    """Return the mirror's branches (with SHAs) and tags."""
    refs = (await mirror.open()).refs
    return [f"{name} {ref.sha}" for name, ref in refs.branches.items()], list(refs.tags)


def expected(repo: GitRepo) -> tuple[list[str], list[str]]:
    """Return git's own list of branches (with SHAs) and tags."""
    heads = repo.git("for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads").splitlines()
    return heads, repo.git("for-each-ref", "--format=%(refname:short)", "refs/tags").splitlines()


async def test_a_mirror_contains_every_branch_and_tag_but_no_files(
    host: FakeGitHost, up: GitRepo, make_mirror: MakeMirror
) -> None:
    mirror = make_mirror()
    lines: list[str] = []
    state = await mirror.update(lines.append)
    assert (state.repo, state.updated_at) == (UP, NOW)
    assert await facts(mirror) == expected(up)
    # Without branches to fetch first, the refs are listed once.
    assert len(host.requests("info/refs")) == 1
    assert "fetching all branches and tags" in lines
    clone = await mirror.open()
    assert (clone.is_mirror, clone.all_known_until, clone.git.partial) == (True, NOW, True)
    missing = await clone.git.read("rev-list", "--objects", "--missing=print", "--all", what="objects")
    assert missing.count(b"\n?") == len({up.sha(f"dev~{number}:src/a") for number in range(20)}) + 2


async def test_the_newest_line_of_the_progress_is_reported(
    up: GitRepo, make_mirror: MakeMirror, tmp_path: Path
) -> None:
    script = tmp_path / "bin" / "git"
    script.parent.mkdir()
    script.write_text(
        """#!/bin/sh
case "$*" in *" fetch "*) ;; *) PATH=/usr/bin:/bin exec git "$@" ;; esac
printf 'remote: Counting objects:  50%% (1/2)\\rremote: Counting objects: 100%% (2/2), done.\\nReceiving o' >&2
sleep 0.1
printf 'bjects:  45%% (9/20)\\rReceiving objects:  50%% (10/20), 1.20 MiB | 2.00 MiB/s\\rother\\n' >&2
"""
    )
    script.chmod(0o700)
    lines: list[str] = []
    await make_mirror(env={"PATH": f"{script.parent}:/usr/bin:/bin"}).update(lines.append)
    assert [line for line in lines if "%" in line] == [
        "Counting objects: 100% (2/2), done.",
        "Receiving objects: 50% (10/20), 1.20 MiB | 2.00 MiB/s",
    ]


async def test_an_update_adds_new_refs_and_removes_deleted_refs(up: GitRepo, make_mirror: MakeMirror) -> None:
    mirror = make_mirror()
    await mirror.update(silent)
    up.commit({"src/a": "more\n"}, branch="dev", at=NOW)
    up.delete_branch("gone")
    up.branch("v2", "dev")
    up.tag("v1.1")
    await mirror.update(silent)
    assert await facts(mirror) == expected(up)


async def test_a_mirror_is_updated_if_it_is_older(up: GitRepo, make_mirror: MakeMirror, host: FakeGitHost) -> None:
    mirror = make_mirror()
    # A refresh creates no mirror.
    assert (await mirror.update_if_older(None), host.log) == ("", [])
    await mirror.update(silent)
    host.clear()
    assert (await mirror.update_if_older(NOW), host.log) == ("", [])
    for since in (NOW + dt.timedelta(seconds=1), None):
        up.commit({"src/a": f"{since}\n"}, branch="dev", at=NOW)
        before = host.uploads
        assert await mirror.update_if_older(since) == ""
        assert await facts(mirror) == expected(up)
        assert host.uploads == before + 1
    # Only new commits are fetched.
    assert await mirror.update_if_older(None) == ""
    assert host.uploads == before + 1


async def test_a_mirror_that_was_updated_with_a_clock_ahead_is_updated(
    up: GitRepo, make_mirror: MakeMirror, host: FakeGitHost
) -> None:
    mirror = make_mirror()
    await mirror.update(silent)
    ahead = NOW + dt.timedelta(days=400)
    (mirror.path / METADATA_FILE).write_bytes(msgspec.json.encode({"updated_at": ahead}))
    assert await mirror.update_if_older(NOW - dt.timedelta(hours=1)) == ""
    assert mirror.updated_at() == NOW


def test_a_mirror_has_one_path_for_each_host_and_repository(tmp_path: Path) -> None:
    assert mirror_path(tmp_path, "https://Git.example:8443", "Up/Stream") == (
        tmp_path / "mirrors" / "git.example-8443" / "up" / "stream.git"
    )


async def test_an_incomplete_mirror_is_not_read_and_then_completed(up: GitRepo, make_mirror: MakeMirror) -> None:
    """The update is interrupted after the first ref, which is not fetched again."""
    mirror = make_mirror(first_branches=("v2", "no-such"))

    def interrupt(line: str) -> None:
        if line.startswith("fetching all"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await mirror.update(interrupt)
    with pytest.raises(CloneUnusable, match=r"There is no mirror of up/stream\. Run `pawtui mirror`"):
        await mirror.open()
    assert {path.name for path in (mirror.path / "refs" / "heads").iterdir()} == {"v2"}
    # The same objects would get the same file names.
    packs = {path.stat().st_ino for path in (mirror.path / "objects" / "pack").glob("*.pack")}
    await mirror.update(silent)
    assert await facts(mirror) == expected(up)
    assert packs <= {path.stat().st_ino for path in (mirror.path / "objects" / "pack").glob("*.pack")}
    lines: list[str] = []
    await mirror.update(lines.append)
    assert "fetching v2" not in lines


async def test_files_of_a_killed_git_are_removed(up: GitRepo, make_mirror: MakeMirror) -> None:
    mirror = make_mirror()
    await mirror.update(silent)
    up.commit({"src/a": "more\n"}, branch="dev", at=NOW)
    for name in ("packed-refs.lock", "refs/heads/dev.lock", "config.lock", "objects/pack/tmp_pack_x", "shallow.lock"):
        path = mirror.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    folder = mirror.path / "objects" / "tmp_objdir-bulk-fsync-x"
    (folder / "aa").mkdir(parents=True)
    new = mirror.path / "objects" / "pack" / "tmp_pack_new"
    new.touch()
    for path, age in ((folder, 2), (mirror.path / "objects/pack/tmp_pack_x", 2), (new, 0)):
        at = (NOW - dt.timedelta(hours=age)).timestamp()
        os.utime(path, (at, at))
    await mirror.update(silent)
    assert await facts(mirror) == expected(up)
    assert not list(mirror.path.rglob("*.lock"))
    # Another process may be writing the new file: fetching files needs no lock.
    assert list(mirror.path.rglob("tmp_*")) == [new]


@pytest.mark.parametrize("damage", ["truncate", "config", "empty folder", "garbage metadata"])
async def test_a_damaged_mirror_is_created_again(up: GitRepo, make_mirror: MakeMirror, damage: str) -> None:
    mirror = make_mirror()
    await mirror.update(silent)
    (mirror.path / "objects" / "odd").touch()
    if damage == "truncate":
        for pack in (mirror.path / "objects" / "pack").iterdir():
            pack.chmod(0o600)
            pack.write_bytes(pack.read_bytes()[:40])
    elif damage == "config":
        (mirror.path / "config").write_text("[core\n")
    elif damage == "empty folder":
        shutil.rmtree(mirror.path)
        mirror.path.mkdir()
    else:
        (mirror.path / METADATA_FILE).write_bytes(b'{"updated_at": "\xff"}')
    up.commit({"src/a": "more\n"}, branch="dev", at=NOW)
    lines: list[str] = []
    await mirror.update(lines.append)
    assert await facts(mirror) == expected(up)
    assert not (mirror.path / "objects" / "odd").exists()
    # A mirror without a valid metadata is deleted before.
    assert ("the mirror is damaged: creating it again" in lines) == (damage in ("truncate", "config"))


async def test_a_mirror_that_lost_an_old_pack_is_created_again(up: GitRepo, make_mirror: MakeMirror) -> None:
    mirror = make_mirror()
    await mirror.update(silent)
    (old_pack,) = (mirror.path / "objects" / "pack").glob("*.pack")
    up.commit({"src/a": "more\n"}, branch="dev", at=NOW)
    await mirror.update(silent)
    old_pack.unlink()
    with pytest.raises(CloneDamaged, match=r"The mirror of up/stream is damaged \(.*\)\. Run `pawtui mirror`\."):
        await mirror.open()
    await mirror.update(silent)
    assert await facts(mirror) == expected(up)


async def test_a_mirror_with_an_unreadable_branch_is_created_again(up: GitRepo, make_mirror: MakeMirror) -> None:
    mirror = make_mirror()
    await mirror.update(silent)
    (mirror.path / "refs" / "heads" / "dev").write_text("garbage\n")
    up.commit({"src/a": "more\n"}, branch="dev", at=NOW)
    await mirror.update(silent)
    assert await facts(mirror) == expected(up)


async def test_a_branch_that_becomes_a_folder_of_branches_is_updated(up: GitRepo, make_mirror: MakeMirror) -> None:
    mirror = make_mirror()
    await mirror.update(silent)
    up.delete_branch("gone")
    up.branch("gone/new", "dev")
    await mirror.update(silent)
    assert await facts(mirror) == expected(up)
    up.delete_branch("gone/new")
    up.branch("gone", "dev")
    # As after an interrupted first update: the branch is fetched before all others.
    (mirror.path / METADATA_FILE).write_bytes(b"{}")
    await make_mirror(first_branches=("gone",)).update(silent)
    assert await facts(mirror) == expected(up)


async def test_missing_files_are_fetched_in_one_request(
    up: GitRepo, make_mirror: MakeMirror, host: FakeGitHost
) -> None:
    mirror = make_mirror()
    await mirror.update(silent)
    repository = CloneReader(await mirror.open())
    shas = [up.sha(f"dev~{number}:src/a") for number in range(5)]

    async def fetch_in_the_next_turn(sha: str) -> None:
        await asyncio.sleep(0)
        await mirror.fetch_file(sha)

    try:
        with pytest.raises(NotInClone):
            await repository.blob(shas[0])
        host.clear()
        await asyncio.gather(*map(mirror.fetch_file, shas[:3]), *map(fetch_in_the_next_turn, shas[3:]))
        assert [request.path for request in host.log].count("/up/stream.git/info/refs") == 1
        assert [await repository.blob(sha) for sha in shas] == [f"{19 - number}\n".encode() for number in range(5)]
    finally:
        await repository.close()


async def test_the_token_is_sent_only_if_it_is_needed(up: GitRepo, make_mirror: MakeMirror, host: FakeGitHost) -> None:
    await make_mirror(token=True).update(silent)
    assert not any(request.authorization for request in host.log)
    host.repos[UP].private = True
    up.commit({"src/a": "more\n"}, branch="dev", at=NOW)
    with pytest.raises(Unauthorized, match=r"refused access to up/stream: .* there is no token that can read it"):
        await make_mirror().update(silent)
    host.clear()
    mirror = make_mirror(token=True)
    await mirror.update(silent)
    assert await facts(mirror) == expected(up)
    # Only the first request is sent without the token.
    assert [bool(request.authorization) for request in host.log].count(False) == 1
    host.clear()
    await mirror.update(silent)
    assert all(request.authorization for request in host.log)
    for path in mirror.path.rglob("*"):
        assert not path.is_file() or host.token.encode() not in path.read_bytes()


async def test_the_token_is_not_sent_to_another_address(
    up: GitRepo, make_mirror: MakeMirror, host: FakeGitHost
) -> None:
    host.repos[UP].private = True
    mirror = make_mirror(token=True)
    await mirror.update(silent)
    with FakeGitHost() as other:
        target = f"{other.url}/up/stream.git/info/refs?service=git-upload-pack"
        host.fail("/info/refs", 302, headers={"Location": target}, times=None)
        with pytest.raises(Refused, match=r"redirects up/stream to another address\. Use its new name in the tracker"):
            await mirror.update(silent)
        assert other.log == []


async def test_a_token_in_an_error_of_git_is_masked(up: GitRepo, make_mirror: MakeMirror, host: FakeGitHost) -> None:
    error = f"ERR {host.token} has failed"
    body = f"001e# service=git-upload-pack\n0000{len(error) + 4:04x}{error}".encode()
    headers = {"Content-Type": "application/x-git-upload-pack-advertisement"}
    host.fail("/info/refs", 200, body=body, headers=headers, times=None)
    with pytest.raises(SourceError, match=r"remote error: .* has failed") as failure:
        await make_mirror(token=True).update(silent)
    assert host.token not in str(failure.value)


async def test_a_mirror_that_cannot_be_written_is_an_error(make_mirror: MakeMirror, tmp_path: Path) -> None:
    (tmp_path / "cache").touch()
    with pytest.raises(CloneUnusable, match=r"Cannot write the mirror of up/stream: .*\. Check the cache folder\."):
        await make_mirror().update(silent)


async def test_a_failed_update_is_reported_in_one_sentence(
    up: GitRepo, make_mirror: MakeMirror, host: FakeGitHost
) -> None:
    host.clear()
    host.fail("/info/refs", 503)
    with pytest.raises(BadResponse, match=r"127\.0\.0\.1:\d+ responded with status 503 for up/stream\. Try again"):
        await make_mirror(token=True).update(silent)
    assert not any(request.authorization for request in host.log)
    del host.repos[UP]
    with pytest.raises(SourceError, match=r"127\.0\.0\.1:\d+ refused access to up/stream"):
        await make_mirror().update(silent)
    with pytest.raises(Offline, match=r"Cannot reach 127\.0\.0\.1:9 for up/stream"):
        await make_mirror(web="http://127.0.0.1:9").update(silent)
    with pytest.raises(Refused, match=r"A mirror is fetched over https, and example\.org is not"):
        await make_mirror(web="http://example.org").update(silent)
    with pytest.raises(CloneUnusable, match=r"git was not found\. Install git"):
        await make_mirror(env={"PATH": "/nowhere"}).update(silent)


@pytest.mark.parametrize("name", ["../../elsewhere", "owner/..", "owner", "a/b/c", "owner/na me", ""])
def test_an_invalid_repository_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused, match="is not a repository name"):
        Mirror(name, tmp_path, web="https://github.com", env={}, token=None, clock=lambda: NOW)


async def test_two_updates_do_not_run_at_the_same_time(up: GitRepo, make_mirror: MakeMirror, host: FakeGitHost) -> None:
    pause = host.pause("git-upload-pack")
    first = asyncio.create_task(make_mirror().update(silent))
    await asyncio.to_thread(pause.arrived.wait)
    with pytest.raises(Refused, match=r"Another process is updating the mirror of up/stream"):
        await make_mirror().update(silent, wait_seconds=0)
    pause.released.set()
    await first


async def test_a_cancelled_update_leaves_no_git_running(
    up: GitRepo, make_mirror: MakeMirror, host: FakeGitHost
) -> None:
    pause = host.pause("git-upload-pack")
    mirror = make_mirror()
    update = asyncio.create_task(mirror.update(silent))
    await asyncio.to_thread(pause.arrived.wait)
    update.cancel()
    with pytest.raises(asyncio.CancelledError):
        await update
    # The lock is free: git and its helpers have ended.
    pause.released.set()
    await mirror.update(silent, wait_seconds=0)
    assert await facts(mirror) == expected(up)


async def test_an_update_within_a_refresh_has_a_time_limit(
    up: GitRepo, make_mirror: MakeMirror, host: FakeGitHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = make_mirror()
    await mirror.update(silent)
    pause = host.pause("git-upload-pack")
    update = asyncio.create_task(mirror.update_if_older(None))
    await asyncio.to_thread(pause.arrived.wait)
    loop = asyncio.get_running_loop()
    time = loop.time
    monkeypatch.setattr(loop, "time", lambda: time() + 120)
    assert await update == "Updating the mirror of up/stream took longer than 120 s. Run `pawtui mirror`."
    pause.released.set()
    assert await facts(mirror) == expected(up)
