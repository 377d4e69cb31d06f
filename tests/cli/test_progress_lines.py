"""Progress on stderr: one overwritten line on a terminal, otherwise plain lines; none with --quiet."""

import datetime as dt
import sys

import pytest

from pawtui.commands.progress_lines import RefreshProgressPrinter
from pawtui.refresh.progress import Progress
from pawtui.sources.waiting import HostWait

HOST = "api.github.com"
UNTIL = dt.datetime(2026, 11, 20, 14, 2, 31, tzinfo=dt.UTC)


def step(done: int, message: str = "", seconds: float = 0, until: dt.datetime | None = None) -> Progress:
    """One of nine steps that waits for the host."""
    waiting = HostWait(host=HOST, seconds=seconds, until=until)
    return Progress(done=done, total=9 if message else 0, message=message, sent=done, waiting=waiting)


def test_plain_lines_show_each_step_once_and_a_wait_every_ten_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    report = RefreshProgressPrinter()
    for progress in (
        *(step(0, seconds=seconds) for seconds in range(12)),
        step(1, "up/stream: v2"),
        *(step(1, "up/stream: v2", seconds) for seconds in range(1, 12)),
        *(step(1, "up/stream: v2", seconds, UNTIL) for seconds in range(3)),
        step(2, "down/fork: dev"),
        step(2, "down/fork: dev", 2, UNTIL),
    ):
        report(progress)
    assert capsys.readouterr().err.splitlines() == [
        "waiting 2 s for api.github.com (Ctrl+C cancels)",
        "waiting 10 s for api.github.com (Ctrl+C cancels)",
        "[1/9] up/stream: v2 (1 request)",
        "[1/9] waiting 2 s for api.github.com (Ctrl+C cancels)",
        "[1/9] waiting 10 s for api.github.com (Ctrl+C cancels)",
        "[1/9] waiting until 14:02:31 UTC for api.github.com (Ctrl+C cancels)",
        "[2/9] down/fork: dev (2 requests)",
        "[2/9] waiting until 14:02:31 UTC for api.github.com (Ctrl+C cancels)",
    ]


def test_a_terminal_shows_one_overwritten_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    report = RefreshProgressPrinter()
    for seconds in (0, 1, 2):
        report(step(0, seconds=seconds))
    report(step(1, "up/stream: v2" + "x" * 100))
    report.clear()
    first, second, third, last, end = capsys.readouterr().err.split("\r\x1b[K")[1:]
    assert first == "waiting 0 s for api.github.com (0 requests, Ctrl+C cancels)"[:57] + "…"
    assert (second[:11], third[:11]) == ("waiting 1 s", "waiting 2 s")
    assert len(last) == 58
    assert end == ""


@pytest.mark.parametrize("on_terminal", [True, False])
def test_quiet_prints_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, on_terminal: bool
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: on_terminal)
    report = RefreshProgressPrinter(quiet=True)
    report(step(1, "up/stream: v2"))
    report.clear()
    assert capsys.readouterr().err == ""
