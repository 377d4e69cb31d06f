"""The command line as a whole: help, options anywhere, settings, no terminal, and what goes wrong around commands."""

from __future__ import annotations

import contextlib
import importlib
import os
import pkgutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import pawtui
from pawtui import __version__
from pawtui.commands import parser
from pawtui.errors import PawtuiError
from pawtui.refresh.pins import PinError
from pawtui.settings import Settings
from pawtui.store.store_errors import StoreError, WriteFailed
from pawtui.tracker.read_tracker import TrackerError
from tests.cli.conftest import TRACKER, Run

COMMANDS = sorted(filter(None, parser.COMMAND_MODULES))


def python(code: str, *, stdin: str = "", env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Another Python, as a user's shell would start one."""
    return subprocess.run(
        [sys.executable, "-c", code],
        input=stdin,
        capture_output=True,
        text=True,
        env={**os.environ, **(env or {})},
        check=False,
    )


def program(*words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """`pawtui` as a process of its own, without a terminal."""
    return python(
        f"import sys; from pawtui.cli import main; sys.argv = {['pawtui', *words]!r}; sys.exit(main())", env=env
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example_and_the_common_options(run: Run, command: str) -> None:
    shown = run(command, "--help")
    assert shown.status == 0
    assert f"example: pawtui {command}" in " ".join(shown.out.split())
    assert "--tracker PATH" in shown.out
    assert "--home DIR" in shown.out


def test_the_whole_help_lists_every_command(run: Run) -> None:
    shown = run("--help")
    assert shown.status == 0
    assert all(f"\n    {command} " in shown.out for command in COMMANDS)
    assert run("--version").out == f"pawtui {__version__}\n"


def test_a_command_nobody_made_is_answered_with_the_nearest(run: Run) -> None:
    refused = run("stauts")
    assert (refused.status, refused.err) == (2, "pawtui: Unknown command 'stauts'. Did you mean 'status'?\n")


@pytest.mark.parametrize("word", ["zzz", "bogus", "house", "data"])
def test_a_command_that_is_near_none_gets_no_silly_guess(run: Run, word: str) -> None:
    refused = run(word)
    assert (refused.status, refused.err) == (
        2,
        f"pawtui: Unknown command {word!r}. `pawtui --help` lists all commands.\n",
    )


@pytest.mark.parametrize("before", [True, False])
def test_tracker_and_home_may_stand_before_or_after_the_command(run: Run, tmp_path: Path, before: bool) -> None:
    other = tmp_path / "other.toml"
    other.write_text(TRACKER.replace("Fork follows", "Another follows"), encoding="utf-8")
    options = ["--tracker", str(other), f"--home={tmp_path / 'home'}"]
    words = [*options, "status"] if before else ["status", *options]
    assert run(*words).out.startswith("Another follows upstream\n")
    act = ["gate", "plan", "blocked", "--reason", "x"]
    assert run(*([*options, *act] if before else [*act, *options])).status == 0
    assert (tmp_path / "home" / "small" / "pawtui.json").is_file()


def test_the_tracker_is_the_option_then_the_environment_then_the_folders_then_the_built_in(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert Settings(env={}, folder=deep).tracker_path() is None
    assert Settings(env={}, folder=deep).tracker().id == "pawwork-opencode-v2"
    (tmp_path / "pawtui.toml").write_text(TRACKER, encoding="utf-8")
    assert Settings(env={}, folder=deep).tracker_path() == tmp_path / "pawtui.toml"
    assert Settings(env={"PAWTUI_TRACKER": "env.toml"}, folder=deep).tracker_path() == Path("env.toml")
    given = Settings(tracker="option.toml", env={"PAWTUI_TRACKER": "env.toml"}, folder=deep)
    assert given.tracker_path() == Path("option.toml")


def test_the_persons_name_is_one_short_line() -> None:
    assert Settings(env={"PAWTUI_USER": "Mira\n\x1b[31m" + "x" * 99}, folder=Path()).user().startswith("Mira ␛[31mxxx")
    assert len(Settings(env={"PAWTUI_USER": "x" * 99}, folder=Path()).user()) == 60


def test_a_person_without_a_name_is_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert Settings(env={}, folder=Path()).user() == "somebody"


def test_links_lead_to_the_forge_that_is_asked() -> None:
    assert Settings(env={}, folder=Path()).web() == "https://github.com"
    assert Settings(env={"GH_HOST": "git.example.org"}, folder=Path()).web() == "https://git.example.org"


def test_a_home_that_is_a_file_is_one_sentence_and_4(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    refused = run("gate", "plan", "blocked", "--reason", "x", "--home", str(tmp_path / "file"))
    assert (refused.status, refused.err.count("\n")) == (4, 1)
    assert "it is a file, not a folder" in refused.err


def test_a_forge_that_cannot_be_is_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_API_URL", "not a url")
    refused = run("refresh")
    assert (refused.status, refused.err.count("\n")) == (4, 1)
    assert "GITHUB_API_URL is not a web address" in refused.err


def test_without_a_terminal_the_screens_are_the_status(run: Run) -> None:
    shown = run()
    assert shown.status == 0
    assert shown.err == "There is no terminal here to open the screens in: this is what `pawtui status` prints.\n"
    assert shown.out == run("status").out


def test_the_demo_without_a_terminal_shows_its_status_and_leaves_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    shown = run("demo")
    assert shown.status == 0
    assert "6 signals met" in shown.out
    assert "this is the demo's status" in shown.err
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_the_demo_leaves_nothing_where_its_terminal_is_closed(tmp_path: Path, number: signal.Signals) -> None:
    place = tmp_path / "temporary"
    place.mkdir()
    ours, its = os.openpty()
    env = {**os.environ, "TMPDIR": str(place), "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
    demo = [sys.executable, "-m", "pawtui", "demo"]
    with subprocess.Popen(demo, stdin=its, stdout=its, stderr=its, env=env, start_new_session=True) as process:
        os.close(its)
        seen = b""
        while b"Signals" not in seen:
            seen += os.read(ours, 4096)
        assert list(place.iterdir()) != []
        process.send_signal(number)
        with contextlib.suppress(OSError):
            # Until it has closed its end: it must not wait for somebody to read what it still paints.
            while os.read(ours, 4096):
                continue
        assert process.wait() == -number
    os.close(ours)
    assert list(place.iterdir()) == []


def test_ctrl_c_is_130_with_one_sentence_and_leaves_the_record_untouched(run: Run, tracker_file: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(30)
        child = subprocess.Popen(
            [sys.executable, "-c", "import sys; from pawtui.cli import main; sys.exit(main(['refresh', '--quiet']))"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={
                **os.environ,
                "PAWTUI_TRACKER": str(tracker_file),
                "GITHUB_API_URL": f"http://127.0.0.1:{silent.getsockname()[1]}",
            },
        )
        # It has asked, and will wait for an answer that never comes.
        connection, _ = silent.accept()
        with connection:
            connection.recv(1)
            child.send_signal(signal.SIGINT)
            assert child.communicate(timeout=30) == (b"", b"Cancelled: the record is as it was.\n")
    assert child.returncode == 130
    assert run("history", "--json").json == []


def test_with_a_terminal_the_screens_open_on_what_is_on_record(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from pawtui.tui.app import PawtuiApp

    run("gate", "plan", "blocked", "--reason", "x")
    opened = []
    monkeypatch.setattr("pawtui.commands.open_screens.has_terminal", lambda: True)
    monkeypatch.setattr(PawtuiApp, "run", lambda app: opened.append((app.workspace.user, app.overview.decision)))
    assert run().status == 0
    assert run("demo").status == 0
    assert opened == [("mira", "no-go"), ("you", "no-go")]


@pytest.mark.parametrize("buffered", ["", "1"])
@pytest.mark.parametrize("words", [["status"], ["gate", "--help"]])
def test_a_reader_that_has_gone_is_no_error(tracker_file: Path, words: list[str], buffered: str) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", f"import sys; from pawtui.cli import main; sys.exit(main({words!r}))"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PAWTUI_TRACKER": str(tracker_file), "PYTHONUNBUFFERED": buffered},
    )
    assert child.stdout is not None
    # Before it has written anything: importing alone takes longer than this.
    child.stdout.close()
    child.stdout = None
    _, errors = child.communicate(timeout=30)
    assert errors == b""
    # argparse itself swallows the failure where stdout is not buffered.
    assert child.returncode == (0 if words[-1] == "--help" and buffered else 141)


@pytest.mark.parametrize("buffered", ["", "1"])
@pytest.mark.parametrize("words", [["status"], ["status", "--json"], ["export"]])
def test_output_that_cannot_be_written_is_one_sentence(
    tracker_file: Path, tmp_path: Path, words: list[str], buffered: str
) -> None:
    # No file may grow: what a full disk answers, without one.
    code = (
        "import resource, sys\n"
        "from pawtui.cli import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
        f"sys.argv = {['pawtui', *words]!r}\n"
        "sys.exit(main())\n"
    )
    with (tmp_path / "out").open("w") as out:
        done = subprocess.run(
            [sys.executable, "-c", code],
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PAWTUI_TRACKER": str(tracker_file), "PYTHONUNBUFFERED": buffered},
            check=False,
        )
    assert done.stderr == "pawtui: Cannot write the output: file too large. Send it somewhere else.\n"
    assert done.returncode == 4


@pytest.mark.parametrize("words", [["status"], ["status", "--json"], ["check"], ["history"], ["log"], []])
def test_reading_imports_neither_textual_nor_httpx(tracker_file: Path, words: list[str]) -> None:
    code = (
        "import sys\n"
        "from pawtui.cli import main\n"
        f"main({words!r})\n"
        "heavy = {'textual', 'httpx', 'rich', 'shtab'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = python(code, env={"PAWTUI_TRACKER": str(tracker_file)})
    assert done.stderr.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("words", "status"),
    [(["status"], 0), (["check"], 7), (["gate", "value", "satisfied"], 8), (["nonsense"], 2), (["status", "--x"], 2)],
)
def test_exit_statuses_of_the_program_itself(tracker_file: Path, words: list[str], status: int) -> None:
    done = program(*words, env={"PAWTUI_TRACKER": str(tracker_file)})
    assert done.returncode == status
    assert done.stdout or done.stderr


def test_a_bug_is_1_and_one_sentence_with_tokens_masked(tracker_file: Path) -> None:
    token = "ghp_" + "c" * 36
    code = (
        "import sys\n"
        "import pawtui.settings\n"
        "from pawtui import cli\n"
        f"def broken(self): raise RuntimeError('lost {token} and Bearer abc.def.ghi')\n"
        "pawtui.settings.Settings.tracker = broken\n"
        "sys.argv = ['pawtui', 'status']\n"
        "sys.exit(cli.main())\n"
    )
    done = python(code)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(f"pawtui {__version__} ran into a bug (RuntimeError: lost *** and Bearer ***).")
    assert "PAWTUI_DEBUG=1" in done.stderr
    assert "Traceback" not in done.stderr
    shown = python(code, env={"PAWTUI_DEBUG": "1"})
    assert "Traceback" in shown.stderr
    assert token not in shown.stderr


def test_output_that_the_terminal_cannot_write_is_replaced_not_a_crash(tracker_file: Path) -> None:
    text = tracker_file.read_text(encoding="utf-8").replace("Fork follows", "Förk → follows")
    tracker_file.write_text(text, encoding="utf-8")
    done = program("status", env={"PAWTUI_TRACKER": str(tracker_file), "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert done.stdout.startswith("F?rk ? follows upstream")


def _modules() -> list[ModuleType]:
    """Every module but those of the screens and what runs when it is imported."""
    found = pkgutil.walk_packages(pawtui.__path__, "pawtui.")
    names = (one.name for one in found if not one.name.startswith("pawtui.tui") and not one.name.endswith("__main__"))
    return [importlib.import_module(name) for name in names]


def test_the_expected_errors_are_sentences_of_their_own_kinds() -> None:
    own = {
        kind.__name__
        for module in _modules()
        for kind in vars(module).values()
        if isinstance(kind, type) and kind.__module__ == module.__name__ and kind.__bases__ == (PawtuiError,)
    }
    commands = {"WrongUsage", "TrackerError", "ActionError", "PinError", "SourceError", "StoreError"}
    assert own == commands | {"ReplayError"}


@pytest.mark.parametrize(
    "error", [PinError("No such pin."), TrackerError(["One mistake.", "Another."]), WriteFailed("No.")]
)
def test_an_expected_error_is_its_own_sentence_and_no_traceback(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: PawtuiError
) -> None:
    def fail(_settings: Settings) -> None:
        raise error

    monkeypatch.setattr(Settings, "tracker", fail)
    refused = run("status")
    assert (refused.out, refused.err) == ("", f"pawtui: {error}\n")
    assert refused.status == (4 if isinstance(error, StoreError) else 2)


def test_a_deleted_folder_is_one_sentence(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    for words in (["status"], ["refresh"], ["validate"], ["check"]):
        failed = run(*words)
        assert (failed.status, failed.out) == (2, "")
        assert failed.err == (
            "pawtui: Cannot read the current folder: no such file or directory. "
            "Change to another folder and run pawtui again.\n"
        )
    assert run("--version").status == 0
