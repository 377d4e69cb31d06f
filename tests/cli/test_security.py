"""The rules of SECURITY.md: no token in a file, no write except one comment, private files."""

import os
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Run, World
from tests.cli.tracking_issue import writes

POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has access-control lists instead")


@pytest.fixture
def files(run: Run, world: World, isolated: Path) -> list[Path]:
    """The files in the home after a refresh, a note and a posted summary."""
    assert run("refresh").status == 0
    run("note", "calm", "Seen.", "--pin", "up:src/runner/run.ts")
    run("post", "--yes")
    found = [path for path in isolated.rglob("*") if path.is_file()]
    assert len(found) > 10
    return found


def test_no_file_contains_the_token(files: list[Path], world: World) -> None:
    assert not [path for path in files if world.fake.token.encode() in path.read_bytes()]


def test_only_posting_writes_and_with_one_request(files: list[Path], world: World) -> None:
    assert writes(world.fake) == ["POST /repos/down/fork/issues/7/comments"]


@POSIX
def test_only_the_user_can_read_the_files(files: list[Path]) -> None:
    others = stat.S_IRWXG | stat.S_IRWXO
    assert not [path for path in files if path.stat().st_size and path.stat().st_mode & others]
