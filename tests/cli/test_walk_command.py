"""walk: the screens at a terminal, and the list of all items without a terminal."""

from pathlib import Path

import pytest

from pawtui.workspace import Workspace
from tests.cli.conftest import TRACKER, Run, World


def test_the_items_are_listed_most_urgent_first(run: Run, measured: World) -> None:
    run("signal", "default-path", "met", "--reason", "As it should")
    run("note", "default-path", "Seen there.", "--pin", "up:src/runner/run.ts#L1")
    run("close", "All calm")
    measured.up.commit({"src/runner/run.ts": None, "src/moved.ts": "x\n"}, message="move")
    run("refresh", "--quiet")
    listed = run("walk", "--json").json
    assert [item["subject"] for item in listed][:2] == ["signal:default-path", "signal:calm"]
    assert (listed[0]["urgency"], listed[0]["decided"]) == (0, False)


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_at_a_terminal_the_screens_open_on_the_walk(
    run: Run, measured: World, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    opened: list[bool] = []

    class FakeApp:
        return_code = None

        def __init__(self, _workspace: Workspace, *, on_walk: bool) -> None:
            opened.append(on_walk)

        def run(self) -> None:
            """Do nothing."""

    monkeypatch.setattr("pawtui.commands.open_screens.can_show_screens", lambda: True)
    monkeypatch.setattr("pawtui.tui.app.PawtuiApp", FakeApp)
    assert run("walk", *words).status == 0
    assert opened == ([] if words else [True])


def test_without_a_terminal_it_lists_all_items(run: Run, measured: World) -> None:
    listed = run("walk")
    assert listed.status == 0
    assert listed.err == "The walk needs a full terminal. These are its items:\n"
    assert listed.out.startswith("4 items, 2 open, 0 decided\n\nDecision  HOLD  2 reasons\n")
    assert listed.out.splitlines()[-7:] == [
        "Open  2 items",
        "gate:plan   untested",
        "gate:value  untested",
        "",
        "Nothing to decide  2 items",
        "signal:default-path  met",
        "signal:calm          met",
    ]
    assert len(run("walk", "--json").json) == 4, "the walk has the same items"
    for gate in ("plan", "value"):
        run("gate", gate, "satisfied", "--reason", "x", "--pin", "up/stream#3")
    assert run("walk").out.startswith("4 items, 0 open, 2 decided\n\nDecision  GO\n")


def test_before_the_first_refresh_the_walk_has_no_items(run: Run) -> None:
    refused = run("walk")
    assert (refused.status, refused.out, refused.err.count("\n")) == (0, "", 1)
    assert "Run `pawtui refresh` first" in refused.err
    assert run("walk", "--json").json == []


def test_the_walk_of_an_empty_tracker_shows_the_end(run: Run, tracker_file: Path, measured: World) -> None:
    head = TRACKER.partition("[[signals]]")[0]
    tracker_file.write_text(head, encoding="utf-8")
    walked = run("walk")
    assert walked.status == 0
    assert walked.out.startswith(
        "0 items, 0 open, 0 decided\n\nDecision  HOLD  3 reasons\n- Tracker changed: refresh to measure"
    )
    assert "\n- No signals: " in walked.out
