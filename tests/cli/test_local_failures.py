"""Problems of the local machine are error messages, not bugs: wrong file types, missing folders, long names."""

import contextlib
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from pawtui.settings import Settings
from pawtui.store.home import cache_folder, home_folder
from pawtui.store.store_errors import HomeUnusable
from tests.cli.conftest import CommandResult, Run

# Closes a stream in the way of a shell: `<&-` or `>&-`.
CLOSE = "import os, sys; os.close({}); os.execv(sys.executable, [sys.executable, '-m', 'pawtui', *sys.argv[1:]])"
KINDS = ["folder", "pipe", "device", "socket", "link to nothing", "link to itself"]
READING = ["status", "check", "log", "export"]
CHANGE = ["gate", "plan", "blocked", "--reason", "No"]


def put(path: Path, kind: str) -> None:
    """Create an object of a kind that is not a regular file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    match kind:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/zero")
        case "socket":
            # The path of a socket has a length limit, so bind it from its folder.
            here = Path.cwd()
            os.chdir(path.parent)
            with socket.socket(socket.AF_UNIX) as server:
                server.bind(path.name)
            os.chdir(here)
        case "link to itself":
            path.symlink_to(path)
        case _:
            path.symlink_to(path.with_name("none"))


def assert_error(ran: CommandResult) -> None:
    """Assert that the command failed with one line."""
    assert ran.status in (2, 4), ran
    assert ran.out == ""
    assert ran.err.startswith("pawtui: "), ran.err
    assert ran.err.count("\n") == 1, ran.err
    assert "has a bug" not in ran.err


@pytest.fixture
def record(isolated: Path) -> Path:
    """The path of the record."""
    return isolated / "pawtui" / "small" / "pawtui.json"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("command", READING)
def test_a_record_that_is_not_a_file_is_not_read(run: Run, record: Path, kind: str, command: str) -> None:
    put(record, kind)
    before = record.lstat()[:8:2], record.lstat().st_mtime_ns
    assert_error(run(command))
    assert_error(run(*CHANGE))
    assert (record.lstat()[:8:2], record.lstat().st_mtime_ns) == before


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["pawtui.json.bak", "pawtui.json.lock"])
def test_a_backup_or_a_lock_that_is_not_a_file_is_not_written(run: Run, record: Path, kind: str, name: str) -> None:
    assert run(*CHANGE).status == 0
    record.with_name(name).unlink(missing_ok=True)
    put(record.with_name(name), kind)
    assert run("status").status == 0, "reading needs neither of them"
    assert_error(run("undo"))
    assert run("status", "--json").json["gates"][0]["state"] == "blocked"


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_record_with_a_backup_that_is_not_a_file(run: Run, record: Path, kind: str) -> None:
    put(record.with_name("pawtui.json.bak"), kind)
    record.write_bytes(b"{")
    assert_error(run("status"))
    assert_error(run(*CHANGE))
    assert record.read_bytes() == b"{"


@pytest.mark.parametrize("kind", ["file", *KINDS[1:]])
@pytest.mark.parametrize("level", [0, 1], ids=["tracker's folder", "home"])
def test_a_home_that_is_not_a_folder_is_an_error(run: Run, record: Path, kind: str, level: int) -> None:
    place = record.parents[level]
    if kind == "file":
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("mine", encoding="utf-8")
    else:
        put(place, kind)
    for command in (["status"], ["check"], CHANGE, ["undo"]):
        failed = run(*command)
        assert_error(failed)
        assert kind != "file" or "it is a file, not a folder" in failed.err


@pytest.mark.parametrize("kind", KINDS)
def test_a_tracker_that_is_not_a_file_is_a_mistake(run: Run, tmp_path: Path, kind: str) -> None:
    put(tmp_path / "odd.toml", kind)
    for command in (["status"], ["validate", str(tmp_path / "odd.toml")], ["refresh"]):
        assert_mistake(run(*command, "--tracker", str(tmp_path / "odd.toml")))


def assert_mistake(ran: CommandResult) -> None:
    """Assert one line with status 2; `validate` prints mistakes without the name of the program."""
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1), ran


@pytest.mark.parametrize("kind", KINDS)
def test_a_pawtui_toml_that_is_not_a_file_is_ignored(
    run: Run, tracker_file: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PAWTUI_TRACKER")
    put(Path("pawtui.toml").absolute(), kind)
    assert run("status").status == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_plan_that_is_not_a_file_is_an_error(
    run: Run, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:9")
    put(tmp_path / "plan.md", kind)
    assert_error(run("post", "--plan", str(tmp_path / "plan.md")))


@pytest.mark.parametrize("kind", KINDS[:-1])
@pytest.mark.parametrize("command", [["export", "-o"], ["init", "--force"]])
def test_an_output_that_is_not_a_file_is_an_error(run: Run, tmp_path: Path, kind: str, command: list[str]) -> None:
    if command[0] == "init" and kind == "folder":
        return
    put(tmp_path / "out", kind)
    ran = run(*command, str(tmp_path / "out"))
    if kind == "link to nothing":
        assert ran.status == 0, "the target of the link is written"
    else:
        assert_error(ran)


@pytest.mark.parametrize(
    "words", [["status"], ["check"], ["refresh"], ["gate", "plan", "untested"], ["export"], ["validate"], ["init"], []]
)
def test_a_deleted_working_folder_is_an_error(
    run: Run, tmp_path: Path, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    failed = run(*words)
    assert (failed.status, failed.out) == (2, "")
    assert failed.err == (
        "pawtui: Cannot read the current folder: no such file or directory. "
        "Change to another folder and run pawtui again.\n"
    )
    assert run("--version").status == 0
    assert run("status", "--help").status == 0


@pytest.mark.parametrize("words", [["status"], ["--version"]])
def test_a_working_folder_that_is_deleted_before_python_starts(tmp_path: Path, words: list[str]) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    shell = f'cd "{gone}" && rmdir "{gone}" && exec "{sys.executable}" -m pawtui {" ".join(words)}'
    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=False)
    assert "has a bug" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_user_without_a_home_is_an_error(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    """A container with a numeric user is an example."""
    for name in ("HOME", "PAWTUI_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)

    def no_entry(_uid: int) -> None:
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.setattr("pwd.getpwuid", no_entry)
    for find in (home_folder, cache_folder):
        with pytest.raises(HomeUnusable, match="Set HOME, or choose a folder with --home or PAWTUI_HOME"):
            find(None, os.environ)
    assert_error(run("status"))
    assert not Path("~").exists()
    assert Settings(home="/x", env={}, folder=Path("/")).tracker().id


@pytest.mark.parametrize("home", ["", "relative"])
def test_an_empty_or_relative_home_is_not_used(monkeypatch: pytest.MonkeyPatch, run: Run, home: str) -> None:
    for name in ("PAWTUI_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", home)
    with contextlib.suppress(HomeUnusable):
        assert home_folder(None, os.environ).is_absolute()
    assert run("status").status in (0, 4)
    assert list(Path().iterdir()) == []


def test_a_name_that_is_too_long_is_an_error(run: Run, tmp_path: Path) -> None:
    for name in ("x" * 300, str(tmp_path / ("y" * 300)), "/" * 5 + "z" * 5_000):
        for command in (["status"], CHANGE):
            assert_error(run("--home", name, *command))
    for name in ("x" * 300, "y/" * 3_000):
        assert_error(run("--tracker", name, "status"))
        assert_error(run("export", "-o", name))


@pytest.mark.parametrize(
    ("stream", "command", "status", "message"),
    [
        (0, ["note", "review", "-"], 2, "The note is empty"),
        (1, ["status"], 0, ""),
        (2, ["status"], 0, ""),
    ],
)
def test_a_closed_stream_is_empty(isolated: Path, stream: int, command: list[str], status: int, message: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", CLOSE.format(stream), *command], capture_output=True, text=True, check=False
    )
    assert ran.returncode == status, ran.stderr
    assert message in ran.stderr
    assert "has a bug" not in ran.stderr


def test_bytes_from_stdin_that_are_not_utf_8_are_refused(isolated: Path) -> None:
    command = [sys.executable, "-m", "pawtui", "note", "review", "-"]
    ran = subprocess.run(command, input=b"Seen \xff.\n", capture_output=True, check=False)
    assert ran.returncode == 2
    assert b"The note is not UTF-8 text. Check the encoding" in ran.stderr
