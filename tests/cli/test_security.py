"""What SECURITY.md says of a whole run: no token in a file, no request that writes but a comment, private files."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Run, World

POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has access-control lists instead")


@pytest.fixture
def files(run: Run, world: World, isolated: Path) -> list[Path]:
    """Every file that a refresh, a note and a summary leave in the home."""
    assert run("refresh").status == 0
    run("note", "calm", "Seen.", "--pin", "up:src/runner/run.ts")
    run("post", "--yes")
    found = [path for path in isolated.rglob("*") if path.is_file()]
    assert len(found) > 10
    return found


def test_no_file_holds_the_token(files: list[Path], world: World) -> None:
    assert not [path for path in files if world.fake.token.encode() in path.read_bytes()]


def test_a_refresh_only_reads_and_a_summary_is_one_request(files: list[Path], world: World) -> None:
    writing = [f"{seen.method} {seen.path}" for seen in world.fake.log if seen.method != "GET"]
    assert writing == ["POST /repos/down/fork/issues/7/comments"]


@POSIX
def test_only_the_user_may_read_what_is_stored(files: list[Path]) -> None:
    others = stat.S_IRWXG | stat.S_IRWXO
    assert not [path for path in files if path.stat().st_size and path.stat().st_mode & others]
