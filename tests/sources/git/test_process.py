"""git commands: their versions, their errors, and that they leave no running process."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from pawtui.sources.git.process import open_git
from pawtui.sources.source_errors import CloneUnusable
from tests.support.git_repo import GitRepo


def env_with(folder: Path, script: str) -> dict[str, str]:
    """Return an environment whose git is a shell script."""
    (folder / "git").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "git").chmod(0o700)
    return {"PATH": f"{folder}:/usr/bin:/bin"}


@pytest.mark.parametrize(
    ("version", "found"),
    [
        ("git version 2.32.0", ""),
        ("git version 3.0", ""),
        ("git version 2.31.8", "git 2.31.8 is too old"),
        ("no number", "git no number is too old"),
        ("", "git of an unknown version is too old"),
    ],
)
async def test_an_old_git_is_refused(tmp_path: Path, version: str, found: str) -> None:
    env = env_with(tmp_path, f"echo '{version}'")
    if found:
        with pytest.raises(CloneUnusable, match=rf"^{found}\. Install git 2\.32 or newer"):
            await open_git(tmp_path, env, "the clone")
    else:
        assert await open_git(tmp_path, env, "the clone")


async def test_without_a_path_git_is_found_in_the_usual_folders(up: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert await open_git(up.path, {}, "the clone")


async def test_a_clone_and_a_git_that_were_removed_are_reported(up: GitRepo, tmp_path: Path) -> None:
    for removed in ("repo", "bin"):
        (tmp_path / removed).mkdir()
    removed_repo = await open_git(tmp_path / "repo", os.environ, "the clone of up/stream")
    removed_git = await open_git(up.path, env_with(tmp_path / "bin", "echo git version 2.40"), "the clone of up/stream")
    (tmp_path / "repo").rmdir()
    (tmp_path / "bin" / "git").unlink()
    for git in (removed_repo, removed_git):
        with pytest.raises(CloneUnusable, match=r"Cannot start git in the clone of up/stream: No such file"):
            await git.read("version", what="its version")


async def test_a_command_that_reads_no_input_has_the_end_of_its_error(tmp_path: Path) -> None:
    fails = "head -c 20000 /dev/zero | tr '\\0' x >&2; echo 'fatal: no' >&2; exit 3"
    env = env_with(tmp_path, f'case "$*" in *version) echo git version 2.40 ;; *) {fails} ;; esac')
    git = await open_git(tmp_path, env, "the clone")
    status, out, error = await git.run(["fetch", "--stdin"], what="objects", stdin=b"a" * 4_000_000)
    assert (status, out, error[-11:]) == (3, b"", "xfatal: no\n")


async def test_a_cancelled_command_leaves_no_process(up: GitRepo, caplog: pytest.LogCaptureFixture) -> None:
    git = await open_git(up.path, os.environ, "the clone")
    for turns in range(12):
        reading = asyncio.create_task(git.read("cat-file", "--batch-all-objects", "--batch-check", what="objects"))
        for _ in range(turns):
            await asyncio.sleep(0)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
    assert not caplog.records


async def test_a_cancelled_start_ends_the_process(up: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    git = await open_git(up.path, os.environ, "the clone")
    processes = []
    create = asyncio.create_subprocess_exec

    async def recorded(*args: Any, **options: Any) -> asyncio.subprocess.Process:
        processes.append(await create(*args, **options))
        return processes[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", recorded)
    starting = asyncio.create_task(git.start(["cat-file", "--batch"]))
    await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert [process.returncode is not None for process in processes] == [True]


async def test_a_cancelled_stop_waits_for_the_end_of_the_process(up: GitRepo) -> None:
    git = await open_git(up.path, os.environ, "the clone")
    command = await git.start(["cat-file", "--batch"])
    stopping = asyncio.create_task(command.stop())
    await asyncio.sleep(0)
    stopping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopping
    assert command.process.returncode is not None
