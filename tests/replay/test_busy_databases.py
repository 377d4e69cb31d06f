"""Databases that another process writes: the replay reads a consistent state, and writes nothing."""

import hashlib
import shutil
from pathlib import Path

import pytest

from pawtui.replay.reading.read_only_database import open_read_only
from pawtui.replay.replay_errors import ReplaySourceError
from tests.replay.conftest import Replay
from tests.replay.session_db import TEXT, SessionDb, tool


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a folder by file name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_a_write_ahead_log_is_read_and_no_byte_of_the_folder_changes(tmp_path: Path, run: Replay) -> None:
    folder = tmp_path / "live"
    folder.mkdir()
    db = SessionDb(folder / "live.db")
    db.connection.execute("PRAGMA journal_mode=WAL")
    db.connection.execute("PRAGMA wal_autocheckpoint=0")
    db.turn(tool("completed"))
    before = digests(folder)
    assert "live.db-wal" in before
    result = run(db.path)
    assert digests(folder) == before
    assert result.counts().total == 4
    assert result.source.wal_sha256
    # The writer can continue.
    db.turn()
    db.connection.close()


@pytest.mark.parametrize(("restarts", "attempts"), [(False, 1), (True, 2)])
def test_a_copy_is_consistent_if_a_writer_commits_and_checkpoints_meanwhile(
    db: SessionDb, monkeypatch: pytest.MonkeyPatch, restarts: bool, attempts: int
) -> None:
    db.connection.execute("PRAGMA journal_mode=WAL")
    db.turn()
    copies: list[Path] = []
    copy_file = shutil.copyfile

    def copy_and_write(source: Path, target: Path) -> None:
        copy_file(source, target)
        copies.append(source)
        if copies == [db.path]:
            # The copy has the old pages of the database, and then the log of the next statements.
            db.turn(TEXT)
            db.connection.execute("PRAGMA wal_checkpoint").fetchall()
            if restarts:
                db.turn(TEXT)

    monkeypatch.setattr("shutil.copyfile", copy_and_write)
    with open_read_only(db.path) as opened:
        assert copies.count(db.path) == attempts
        stored = db.connection.execute("SELECT count(*) FROM part").fetchone()
        assert opened.connection.execute("SELECT count(*) FROM part").fetchone() == stored
        assert opened.connection.execute("PRAGMA integrity_check").fetchone() == (b"ok",)


def test_a_writer_that_never_pauses_is_an_error(db: SessionDb, monkeypatch: pytest.MonkeyPatch) -> None:
    db.connection.execute("PRAGMA journal_mode=WAL")
    db.turn()
    copy_file = shutil.copyfile

    def copy_and_write(source: Path, target: Path) -> None:
        copy_file(source, target)
        db.connection.execute("PRAGMA wal_checkpoint").fetchall()
        db.turn()

    monkeypatch.setattr("shutil.copyfile", copy_and_write)
    monkeypatch.setattr("pawtui.replay.reading.read_only_database._TIMEOUT_SECONDS", 0)
    with pytest.raises(ReplaySourceError, match="it changed during every attempt"), open_read_only(db.path):
        pass


def test_a_writer_that_holds_the_lock_does_not_stop_the_replay(tmp_path: Path, run: Replay) -> None:
    db = SessionDb(tmp_path / "busy.db")
    db.turn()
    db.connection.execute("BEGIN EXCLUSIVE")
    assert run(db.path).counts().total == 3
    db.connection.execute("ROLLBACK")
    db.connection.close()


def test_a_new_log_does_not_change_the_database_that_is_open(db: SessionDb) -> None:
    db.turn()
    with open_read_only(db.path) as opened:
        assert not opened.copied
        db.path.with_name(f"{db.path.name}-wal").write_bytes(b"\1" * 4096)
        assert opened.is_unchanged()
