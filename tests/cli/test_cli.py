"""The command line as a whole: help, global options, settings, no terminal, signals and errors."""

import datetime as dt
import io
import os
import resource
import runpy
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from pawtui import __version__
from pawtui.cli import main
from pawtui.commands import parser
from pawtui.settings import Settings, SourceChoice
from pawtui.sources.github.github_source import BUDGET, BUDGET_WITH_TOKEN
from tests.cli.conftest import TRACKER, Run

COMMANDS = sorted(filter(None, parser.COMMAND_MODULES))


def python(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a new Python process, without a terminal."""
    return subprocess.run(
        [sys.executable, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**os.environ, **env},
        check=False,
    )


def stdout_to(descriptor: int, *, buffered: bool) -> io.TextIOWrapper:
    """Return a stream to an open file, as Python opens stdout; without `buffered`, as with PYTHONUNBUFFERED=1."""
    binary = open(descriptor, "wb", buffering=-1 if buffered else 0)  # noqa: SIM115
    return io.TextIOWrapper(binary, write_through=not buffered)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example_and_the_common_options(run: Run, command: str) -> None:
    shown = run(command, "--help")
    assert shown.status == 0
    assert f"example: pawtui {command}" in " ".join(shown.out.split())
    assert ("--tracker PATH" in shown.out) == (command != "demo"), "the demo has its own tracker"
    assert ("--home DIR" in shown.out) == (command != "demo")


def test_help_lists_every_command(run: Run) -> None:
    shown = run("--help")
    assert shown.status == 0
    assert all(f"\n    {command} " in shown.out for command in COMMANDS)
    assert run("--version").out == f"pawtui {__version__}\n"


def test_an_unknown_command_suggests_the_nearest(run: Run) -> None:
    refused = run("stauts")
    assert (refused.status, refused.err) == (2, "pawtui: Unknown command 'stauts'. Did you mean 'status'?\n")


def test_wrong_usage_without_a_command_shows_the_usage_of_all_commands(run: Run) -> None:
    refused = run("--bogus")
    assert refused.status == 2
    assert "[--home DIR] [COMMAND ...]" in refused.err
    assert "[--home DIR] [COMMAND ...]" in run("--help").out


@pytest.mark.parametrize("word", ["zzz", "bogus", "house", "data"])
def test_an_unknown_command_without_a_near_one_points_to_the_list(run: Run, word: str) -> None:
    refused = run(word)
    assert (refused.status, refused.err) == (
        2,
        f"pawtui: Unknown command {word!r}. `pawtui --help` lists all commands.\n",
    )


def test_the_value_of_an_option_without_a_command_is_not_called_a_command_alone(run: Run) -> None:
    refused = run("--source", "git")
    remedy = "Write the command before its options: `pawtui COMMAND --source git`."
    assert (refused.status, refused.err) == (2, f"pawtui: Unknown command 'git'. {remedy}\n")


@pytest.mark.parametrize("before", [True, False])
def test_global_options_may_come_before_or_after_the_command(run: Run, tmp_path: Path, before: bool) -> None:
    other = tmp_path / "other.toml"
    other.write_text(TRACKER.replace("Fork follows", "Another follows"), encoding="utf-8")
    options = ["--tracker", str(other), f"--home={tmp_path / 'home'}"]
    words = [*options, "status"] if before else ["status", *options]
    assert run(*words).out.startswith("Another follows upstream\n")
    gate = ["gate", "plan", "blocked", "--reason", "x"]
    assert run(*([*options, *gate] if before else [*gate, *options])).status == 0
    assert (tmp_path / "home" / "small" / "pawtui.json").is_file()


def test_the_tracker_is_from_the_option_the_environment_a_folder_or_built_in(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert Settings(env={}, folder=deep).tracker_path() is None
    assert Settings(env={}, folder=deep).tracker().id == "pawwork-opencode-v2"
    (tmp_path / "pawtui.toml").write_text(TRACKER, encoding="utf-8")
    assert Settings(env={}, folder=deep).tracker_path() == tmp_path / "pawtui.toml"
    assert Settings(env={"PAWTUI_TRACKER": "env.toml"}, folder=deep).tracker_path() == Path("env.toml")
    given = Settings(tracker="option.toml", env={"PAWTUI_TRACKER": "env.toml"}, folder=deep)
    assert given.tracker_path() == Path("option.toml")


def test_the_users_name_is_one_short_line() -> None:
    assert Settings(env={"PAWTUI_USER": "Mira\n\x1b[31m" + "x" * 99}, folder=Path()).user().startswith("Mira ␛[31mxxx")
    assert len(Settings(env={"PAWTUI_USER": "x" * 99}, folder=Path()).user()) == 60


def test_a_user_without_a_name_is_recorded_as_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_user() -> str:
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.setattr("getpass.getuser", no_user)
    assert Settings(env={}, folder=Path()).user() == "somebody"


def test_links_use_the_configured_host() -> None:
    assert Settings(env={}, folder=Path()).web() == "https://github.com"
    assert Settings(env={"GH_HOST": "git.example.org"}, folder=Path()).web() == "https://git.example.org"


@pytest.mark.parametrize("token", ["", "ghp_" + "a" * 36])
@pytest.mark.parametrize("as_of", [None, dt.datetime(2026, 4, 20, tzinfo=dt.UTC)])
async def test_requests_are_limited_except_at_a_past_time(as_of: dt.datetime | None, token: str) -> None:
    settings = Settings(env={"GITHUB_API_URL": "http://127.0.0.1:1", "GH_TOKEN": token}, folder=Path())
    async with settings.open_github(SourceChoice(as_of=as_of)) as github:
        if as_of is None:
            assert github.requests_left() == (BUDGET_WITH_TOKEN if token else BUDGET)
        else:
            assert github.requests_left() > BUDGET_WITH_TOKEN


def test_an_invalid_api_address_is_an_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_API_URL", "not a url")
    refused = run("refresh")
    assert (refused.status, refused.err.count("\n")) == (4, 1)
    assert "GITHUB_API_URL is not a web address" in refused.err


@pytest.mark.parametrize("is_dumb", [False, True])
def test_without_a_full_terminal_the_status_is_printed(
    run: Run, monkeypatch: pytest.MonkeyPatch, is_dumb: bool
) -> None:
    if is_dumb:
        monkeypatch.setattr("pawtui.commands.output.has_terminal", lambda: True)
        monkeypatch.setenv("TERM", "dumb")
    shown = run()
    assert shown.status == 0
    assert shown.err == "The screens need a full terminal. This is the output of `pawtui status`:\n"
    assert shown.out == run("status").out


def test_the_demo_without_a_terminal_prints_its_status_and_leaves_no_files(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    shown = run("demo")
    assert shown.status == 0
    assert "6 signals met" in shown.out
    assert "This is the status of the demo:" in shown.err
    assert list(place.iterdir()) == []


def test_an_open_workspace_keeps_its_tracker(tmp_path: Path) -> None:
    file = tmp_path / "pawtui.toml"
    file.write_text(TRACKER, encoding="utf-8")
    workspace = Settings(home=str(tmp_path), env={}, folder=tmp_path).workspace()
    file.write_text("half of an edit [", encoding="utf-8")
    assert workspace.local_tree("up/stream", "a" * 40) is None


def test_after_ctrl_c_the_prompt_of_the_shell_begins_on_a_new_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop() -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("sys.stdin.read", stop)
    stopped = run("note", "calm", "-")
    assert (stopped.status, stopped.out, stopped.err) == (130, "", "")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert run("note", "calm", "-").err == "\n"


def test_ctrl_c_during_the_first_imports_exits_130_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupt:
        """An importer that is interrupted at `pawtui.cli`."""

        def find_spec(self, name: str, *_: object) -> None:
            if name == "pawtui.cli":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "pawtui.cli")
    monkeypatch.setattr(sys, "meta_path", [Interrupt(), *sys.meta_path])
    with pytest.raises(SystemExit) as stopped:
        runpy.run_module("pawtui", run_name="__main__")
    assert stopped.value.code == 130


def test_ctrl_c_exits_130_and_leaves_the_record_unchanged(run: Run, tracker_file: Path) -> None:
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
        # The process has sent a request and waits for the response.
        connection, _ = silent.accept()
        with connection:
            connection.recv(1)
            child.send_signal(signal.SIGINT)
            assert child.communicate(timeout=30) == (b"", b"Cancelled. The record is unchanged.\n")
    assert child.returncode == 130
    assert run("history", "--json").json == []


def test_with_a_terminal_the_screens_open_with_the_record(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from pawtui.tui.app import PawtuiApp

    run("gate", "plan", "blocked", "--reason", "x")
    opened = []
    monkeypatch.setattr("pawtui.commands.open_screens.can_show_screens", lambda: True)
    monkeypatch.setattr(PawtuiApp, "run", lambda app: opened.append((app.workspace.user, app.overview.decision)))
    assert run().status == 0
    assert run("demo").status == 0
    assert opened == [("mira", "no-go"), ("you", "no-go")]


@pytest.mark.parametrize("buffered", [True, False])
@pytest.mark.parametrize("words", [["status"], ["gate", "--help"]])
def test_a_closed_pipe_is_not_an_error(
    run: Run,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    buffered: bool,
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with stdout_to(writer, buffered=buffered) as stdout:
        monkeypatch.setattr(sys, "stdout", stdout)
        # Since Python 3.11.4, argparse ignores the error if stdout is not buffered.
        assert main(words) in ((0, 141) if words[-1] == "--help" and not buffered else (141,))
        # Python closes stdout at its end: it must not write to the pipe again.
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("words", "buffered"), [(["status"], True), (["status"], False), (["status", "--json"], False), (["export"], True)]
)
def test_unwritable_output_is_an_error(
    run: Run,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    buffered: bool,
) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with stdout_to(os.open(tmp_path / "out", os.O_WRONLY | os.O_CREAT), buffered=buffered) as stdout:
        monkeypatch.setattr(sys, "stdout", stdout)
        # A file size limit of 0 causes the same kind of error as a full disk.
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
        try:
            assert main(words) == 4
            stdout.flush()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert capsys.readouterr().err == (
        "pawtui: Cannot write the output: file too large. Redirect it to another file or device.\n"
    )


def test_commands_that_read_do_not_import_textual_or_httpx(tracker_file: Path) -> None:
    code = (
        "import sys\n"
        "from pawtui.cli import main\n"
        "heavy = {'textual', 'httpx', 'rich', 'shtab', 'asyncio'}\n"
        "for words in (['status'], ['status', '--json'], ['check'], ['history'], ['log'], []):\n"
        "    main(words)\n"
        "    print(words, sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = python("-c", code, env={"PAWTUI_TRACKER": str(tracker_file)})
    loaded = [line for line in done.stderr.splitlines() if line.startswith("[")]
    assert len(loaded) == 6
    assert [line for line in loaded if not line.endswith(" []")] == []


def test_the_program_has_the_exit_status_of_the_command(tracker_file: Path) -> None:
    done = python("-m", "pawtui", "check", env={"PAWTUI_TRACKER": str(tracker_file)})
    assert (done.returncode, done.stderr) == (7, "")
    assert done.stdout.startswith("No refresh is recorded.")


def test_a_bug_is_a_message_with_masked_tokens(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    token = "ghp_" + "c" * 36

    def broken(_settings: Settings) -> None:
        raise RuntimeError(f"lost {token} and Bearer abc.def.ghi")

    monkeypatch.setattr(Settings, "tracker", broken)
    monkeypatch.setattr(sys, "argv", ["pawtui", "status"])
    monkeypatch.setattr(sys, "excepthook", None)
    with pytest.raises(RuntimeError) as bug:
        main()
    # Python calls it with an error that is not caught, and exits with status 1.
    sys.excepthook(bug.type, bug.value, bug.tb)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(f"pawtui {__version__} has a bug (RuntimeError: lost *** and Bearer ***).")
    assert "PAWTUI_DEBUG=1" in shown.err
    assert "Traceback" not in shown.err
    monkeypatch.setenv("PAWTUI_DEBUG", "1")
    sys.excepthook(bug.type, bug.value, bug.tb)
    shown = capsys.readouterr()
    assert "Traceback" in shown.err
    assert token not in shown.err


def test_characters_that_the_terminal_lacks_are_replaced(
    run: Run, tracker_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = tracker_file.read_text(encoding="utf-8").replace("Fork follows", "Förk → follows")
    tracker_file.write_text(text, encoding="utf-8")
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    assert main(["status"]) == 0
    assert written.getvalue().startswith(b"F?rk ? follows upstream")
