"""The crash report has one instruction, no values of variables and no tokens."""

import io

import pytest
from rich.console import Console
from textual.worker import WorkerFailed

from pawtui.refresh.outcome import RefreshOutcome
from pawtui.refresh.progress import ProgressCallback
from pawtui.tui.base_app import crash_report
from tests.tui.support import TestWorkspace, make_app

CANARY = "ghp_" + "k" * 36


async def test_a_bug_in_a_worker_ends_the_app_without_values(
    workspace: TestWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GH_TOKEN", "plain-canary-token")

    async def buggy(_report: ProgressCallback) -> RefreshOutcome:
        secret = CANARY
        raise RuntimeError(f"no such thing, {secret} and plain-canary-token")

    workspace.script = buggy
    app = make_app(workspace)
    printed = io.StringIO()
    monkeypatch.setattr(app, "error_console", Console(file=printed, width=120))

    async def run() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("r")
            await pilot.pause()

    with pytest.raises(WorkerFailed):
        await run()
    summary = printed.getvalue()
    assert summary.split()[-4:] == ["with", "the", "lines", "above."], "the instruction is last"
    assert "has stopped because of a bug" in summary
    assert "RuntimeError" in summary
    assert "buggy" in summary
    assert "k" * 36 not in summary
    assert "plain-canary-token" not in summary
    assert "locals" not in summary
    assert app.return_code == 1


def test_a_crash_report_masks_tokens() -> None:
    assert CANARY not in crash_report(ValueError(CANARY))
