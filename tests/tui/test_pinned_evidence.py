"""Pins on the screens: renewal of stale pins, checks during typing, removal, and unchecked pins."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.widgets import Input, TextArea

from pawtui.demo.demo_source import DemoSource
from pawtui.refresh.pins import Pin
from pawtui.refresh.refresh_types import Drift, DriftState
from pawtui.review.actions import ActionContext, Actor
from pawtui.review.gate_actions import set_gate
from pawtui.review.note_actions import add_note
from pawtui.review.record_types import Record
from pawtui.sources.facts import Commit, CommitDetail, Tree, TreeEntry
from pawtui.sources.protocol import WritableSource
from pawtui.sources.source_errors import SourceError
from pawtui.tui.app import PawtuiApp
from pawtui.tui.screens.pinned_screens import CommitScreen
from tests.tui.support import (
    NOW,
    UP,
    TestWorkspace,
    applied,
    make_workspace,
    offline,
    only_issues,
    paste,
    record,
    running,
    sha,
    shown,
    tracker,
    until,
)

PIN = f"{UP}@{sha('a')}:src/runner/value.ts"
SHORT = f"{UP}@{'a' * 10}:src/runner/value.ts"


def tree(repo: str, commit: str) -> Tree | None:
    """Return the cached tree of the upstream head."""
    if (repo, commit) != (UP, sha("b")):
        return None
    return Tree(sha=sha("9"), entries={"src/runner/new.ts": TreeEntry(sha("8"), "blob")})


def blob(repo: str, name: str) -> bytes | None:
    """Return the cached text of its file."""
    return b"one\ntwo\nthree\n" if (repo, name) == (UP, sha("8")) else None


def record_with_pin(state: DriftState, *, failed: bool = False) -> Record:
    """Return a record whose gate `value` is satisfied with a pin in that state."""
    made, actor = record(), Actor(by="ana", at=NOW - dt.timedelta(hours=2.5))
    made = replace(made, gates={name: entry for name, entry in made.gates.items() if name != "value"})
    made = replace(made, log=made.log[:-1])
    made = applied(
        made, set_gate(ActionContext(tracker(), made, actor), "value", "satisfied", reason="less code", pins=[PIN])
    )
    drift = Drift(pin=PIN, state=state, summary="somewhere else now", failed=failed)
    last = replace(made.refreshes[-1], drift=(*made.refreshes[-1].drift, drift))
    return replace(made, refreshes=(*made.refreshes[:-1], last))


def stale_workspace(tmp_path: Path) -> TestWorkspace:
    return make_workspace(tmp_path, record_with_pin("moved"), local_tree=tree, local_blob=blob)


@pytest.mark.parametrize("walking", [False, True])
async def test_satisfied_on_stale_evidence_asks_for_a_new_pin(tmp_path: Path, walking: bool) -> None:
    workspace = stale_workspace(tmp_path)
    async with running(workspace) as (app, pilot):
        await pilot.press(*(["w", "right"] if walking else ["2", "G"]))
        await until(pilot, lambda: "The value is concrete" in shown(app))
        await pilot.press("s")
        await until(pilot, lambda: "Stale evidence: pin the current place." in shown(app))
        assert "→ moved" in shown(app)
        assert "now  [~] stale" in shown(app), "the state is that of the list"
        assert SHORT in shown(app), "the pin is shown"
        assert app.screen.query_one("#reason", Input).value == "less code"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "is stale" in shown(app) and "Pin current evidence" in shown(app))
        assert workspace.store.load().gates["value"].pins == (PIN,)
        await paste(pilot, "up:src/runner/new.ts")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.overview.gate("value").counts_as_satisfied)
        if walking:
            await until(pilot, lambda: "Walk  3 of 6" in shown(app))
    entry = workspace.store.load().gates["value"]
    assert (entry.pins, entry.reason, entry.by) == ((f"{UP}@{sha('b')}:src/runner/new.ts",), "less code", "ben")


async def test_blocking_a_gate_with_stale_evidence_decides_its_item_of_the_walk_each_time(tmp_path: Path) -> None:
    workspace = stale_workspace(tmp_path)
    async with running(workspace) as (app, pilot):
        await pilot.press("w", "right")
        for typed in ("no", "now"):
            await until(pilot, lambda: "Walk  2 of 6" in shown(app))
            await pilot.press("b", *typed, "enter")
            await until(pilot, lambda: "Walk  3 of 6, 1 decided" in shown(app))
            await pilot.press("left")
    assert workspace.store.load().gates["value"].reason == "now"


async def test_satisfied_on_fresh_evidence_keeps_the_reason(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path, record_with_pin("fresh"))
    async with running(workspace) as (_app, pilot):
        await pilot.press("2", "G", "s")
        await until(pilot, lambda: workspace.store.load().gates["value"].by == "ben")
    entry = workspace.store.load().gates["value"]
    assert (entry.state, entry.reason, entry.pins) == ("satisfied", "less code", (PIN,))


# A typed pin, and the result of its check.
CHECKS = (
    ("up:src/runner/new.ts#L2", f"= exists  src/runner/new.ts#L2  {UP}@{'b' * 10}"),
    ("up:src/runner/newt.ts", f"x There is no file 'src/runner/newt.ts' at {'b' * 10} of {UP}: did you mean src/run"),
    ("up:src/new.tsx", f"x There is no file 'src/new.tsx' at {'b' * 10} of {UP}: check the path."),
    (f"{UP}@{sha('e')}:src/x.ts", f"? will be checked at the next refresh  src/x.ts  {UP}@{'e' * 10}"),
)


async def test_a_pin_is_checked_during_typing(tmp_path: Path) -> None:
    async with running(stale_workspace(tmp_path), size=(140, 40)) as (app, pilot):
        await pilot.press("2", "p")
        for typed, result in CHECKS:
            app.screen.query_one("#pin", Input).value = typed
            await until(pilot, partial(_has_text, app, result))
        await pilot.press("escape", "escape", "n")
        await until(pilot, lambda: "Write a note" in shown(app))
        for typed, result in CHECKS[:2]:
            app.screen.query_one("#pins", TextArea).text = f"{typed}\nloom/loom#5"
            await until(pilot, partial(_has_text, app, result))
            assert "= issue  loom/loom#5 " in shown(app), "an issue is checked when the note is saved"


def _has_text(app: PawtuiApp, text: str) -> bool:
    """Return whether the dialog has that text, perhaps on several lines."""
    lines = shown(app).replace("│ │", "│").split("\n")
    return text in " ".join(line.strip("│ ").split("│")[0].strip() for line in lines)


async def test_a_pin_to_a_missing_issue_is_refused(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("2", "p")
        app.screen.query_one("#pin", Input).value = "loom/loom#404"
        await pilot.press("enter")
        await until(pilot, lambda: "A pin is not valid. Correct it, then save." in shown(app))
        assert "x No issue 404." in shown(app)
        app.screen.query_one("#pin", Input).value = "loom/loom#5"
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main)
        assert not app.overview.gate("sessions").unchecked


async def test_an_issue_is_shown_as_not_checked_while_it_is_read(tmp_path: Path) -> None:
    answered = asyncio.Event()

    @asynccontextmanager
    async def slow() -> AsyncIterator[WritableSource]:
        await answered.wait()
        async with only_issues() as source:
            yield source

    async with running(make_workspace(tmp_path, record(), open_source=slow)) as (app, pilot):
        await pilot.press("2", "p")
        app.screen.query_one("#pin", Input).value = "loom/loom#5"
        await until(pilot, lambda: "= issue  loom/loom#5" in shown(app))
        await pilot.press("enter")
        await until(pilot, lambda: "? not checked yet  loom/loom#5" in shown(app))
        answered.set()
        await until(pilot, lambda: app.screen is app.main)
        assert not app.overview.gate("sessions").unchecked


async def test_an_issue_that_could_not_be_read_is_no_evidence_before_the_next_refresh(tmp_path: Path) -> None:
    async with running(make_workspace(tmp_path, record(), open_source=offline)) as (app, pilot):
        await pilot.press("2", "p")
        app.screen.query_one("#pin", Input).value = "loom/loom#5"
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main and app.overview.gate("sessions").unchecked)


async def test_a_pin_to_a_missing_file_is_refused_even_if_saved_fast(tmp_path: Path) -> None:
    workspace = stale_workspace(tmp_path)
    async with running(workspace, size=(140, 40)) as (app, pilot):
        await pilot.press("2", "p")
        app.screen.query_one("#pin", Input).value = "up:src/no.ts"
        await pilot.press("enter")
        await until(pilot, lambda: "A pin is not valid. Correct it, then save." in shown(app))
        await until(pilot, lambda: "There is no file 'src/no.ts'" in shown(app))
        assert shown(app).count("There is no file 'src/no.ts'") == 1, "only below the field"
        assert "sessions" not in workspace.store.load().gates
        await pilot.press("backspace")
        await until(pilot, lambda: "There is no file 'src/no.ts'" not in shown(app))


async def test_a_recorded_pin_of_a_note_is_not_checked_again(tmp_path: Path) -> None:
    made = record_with_pin("moved")
    missing, actor = f"{UP}@{sha('b')}:src/no.ts", Actor(by="ana", at=NOW)
    made = applied(made, add_note(ActionContext(tracker(), made, actor), "review", "Seen.", pins=[missing]))
    workspace = make_workspace(tmp_path, made, local_tree=tree, local_blob=blob)
    async with running(workspace) as (app, pilot):
        await pilot.press("3", "g", "E")
        await until(pilot, lambda: "Change a note" in shown(app))
        await paste(pilot, " Again.")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen is app.main)
    assert ("Seen. Again.", (missing,)) in [(note.text, note.pins) for note in workspace.store.load().notes.values()]


async def test_a_path_that_can_be_completed_is_no_mistake_while_it_is_typed(tmp_path: Path) -> None:
    async with running(stale_workspace(tmp_path), size=(140, 40)) as (app, pilot):
        await pilot.press("2", "p")
        await paste(pilot, "up:src/new.ts")
        await until(pilot, lambda: "▌ up:src/runner/new.ts" in shown(app))
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "There is no file" not in shown(app)
        await pilot.press("enter")
        mistake = f"x There is no file 'src/new.ts' at {'b' * 10} of {UP}: did you mean src/runner/new.ts?"
        await until(pilot, lambda: _has_text(app, mistake))


async def test_a_mistake_that_is_found_during_saving_is_shown_below_the_field(tmp_path: Path) -> None:
    cached: list[str] = []
    workspace = make_workspace(
        tmp_path,
        record_with_pin("moved"),
        local_tree=tree,
        local_blob=lambda repo, name: blob(repo, name) if cached else None,
        open_source=offline,
    )
    async with running(workspace, size=(140, 40)) as (app, pilot):
        await pilot.press("2", "p")
        app.screen.query_one("#pin", Input).value = "up:src/runner/new.ts#L9"
        await until(pilot, lambda: "? file exists, lines not checked  src/runner/new.ts#L9" in shown(app))
        cached.append("new.ts")
        await pilot.press("enter")
        await until(pilot, lambda: "A pin is not valid. Correct it, then save." in shown(app))
        await until(pilot, lambda: "x src/runner/new.ts at bbbbbbbbbb has only 3 lines." in shown(app))
        assert "sessions" not in workspace.store.load().gates


class SlowSource(AbstractAsyncContextManager[WritableSource]):
    """A source that fails when it is released."""

    def __init__(self) -> None:
        self.released = asyncio.Event()
        self.opened = 0

    async def __aenter__(self) -> WritableSource:
        self.opened += 1
        await self.released.wait()
        raise SourceError("GitHub cannot be reached.")

    async def __aexit__(self, *_error: object) -> None:
        """Do nothing."""


async def test_the_lines_of_a_pin_are_read_once_while_another_pin_is_typed(tmp_path: Path) -> None:
    slow = SlowSource()
    workspace = make_workspace(tmp_path, record_with_pin("moved"), local_tree=tree, open_source=lambda: slow)
    async with running(workspace, size=(140, 40)) as (app, pilot):
        await pilot.press("n")
        await until(pilot, lambda: "Write a note" in shown(app))
        for typed in ("", "up:src/no.ts", "up:src/nope.ts"):
            app.screen.query_one("#pins", TextArea).text = f"up:src/runner/new.ts#L2\n{typed}"
            await until(pilot, lambda: slow.opened)
            await pilot.pause(0.2)
        assert "lines not checked" not in shown(app)
        slow.released.set()
        await until(pilot, lambda: "file exists, lines not checked" in shown(app))
        assert "There is no file 'src/nope.ts'" in shown(app)
    assert slow.opened == 1


async def test_a_slow_source_leaves_the_lines_unchecked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pawtui.evidence_reader._READ_TIMEOUT", 0.05)
    workspace = make_workspace(tmp_path, record_with_pin("moved"), local_tree=tree, open_source=SlowSource)
    async with running(workspace, size=(140, 40)) as (app, pilot):
        await pilot.press("2", "p")
        app.screen.query_one("#pin", Input).value = "up:src/runner/new.ts#L2"
        await until(pilot, lambda: "file exists, lines not checked" in shown(app))
        await pilot.press("enter")
        await until(pilot, lambda: "sessions" in workspace.store.load().gates)


async def test_a_pin_is_removed_from_a_gate_and_restored(tmp_path: Path) -> None:
    workspace = stale_workspace(tmp_path)
    async with running(workspace, notifications=True) as (app, pilot):
        await pilot.press("2", "G")
        await until(pilot, lambda: "The value is concrete" in shown(app))
        await pilot.press("X")
        await until(pilot, lambda: "No pin marked." in shown(app))
        await pilot.press("enter", "j", "X")
        await until(pilot, lambda: "No pin marked." in shown(app))
        await pilot.press("k")
        await until(pilot, lambda: app.main.target and app.main.target.copy == PIN)
        await pilot.press("X")
        await until(pilot, lambda: workspace.store.load().gates["value"].pins == ())
        await until(pilot, lambda: "from value." in shown(app))
        await pilot.press("ctrl+z")
        await until(pilot, lambda: workspace.store.load().gates["value"].pins == (PIN,))


async def test_unchecked_evidence_is_shown_in_words(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path, record_with_pin("unchecked", failed=True))
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("2", "G")
        await until(pilot, lambda: "[?] unchecked" in shown(app))
        rows = shown(app).split("\n")
        row = next(number for number, row_text in enumerate(rows) if "[?] unchecked" in row_text)
        assert "check" in rows[row] + rows[row + 1], "in the list"
        await pilot.press("ctrl+p")
        await paste(pilot, "gate value: blocked")
        await until(pilot, lambda: "now unchecked" in shown(app))
        await pilot.press("escape", "escape", "enter", "G")
        await until(pilot, lambda: "? not checked" in shown(app))
        await pilot.press("w")
        await until(pilot, lambda: "Walk  1 of 6" in shown(app))
        await pilot.press("right")
        await until(
            pilot,
            lambda: "next s: satisfied, with another pin; or skip it" in " ".join(shown(app).split()),
        )


@pytest.mark.parametrize(("state", "mark"), [("unchecked", "? not checked"), ("gone", "x gone"), ("fresh", "1 pin")])
async def test_a_note_shows_the_worst_state_of_its_pins(tmp_path: Path, state: DriftState, mark: str) -> None:
    made = record_with_pin(state, failed=state == "unchecked")
    context = ActionContext(tracker(), made, Actor(by="ana", at=NOW))
    made = applied(made, add_note(context, "review", "Seen.", pins=[PIN]))
    async with running(make_workspace(tmp_path, made)) as (app, pilot):
        await pilot.press("3")
        await until(pilot, lambda: any("Seen." in row and mark in row for row in shown(app).splitlines()))


async def test_a_signal_shows_unchecked_and_stale_evidence(tmp_path: Path) -> None:
    made = record()
    note = next(iter(made.notes.values()))
    two = replace(note, pins=(*note.pins, PIN))
    last = made.refreshes[-1]
    drift = (*last.drift, Drift(pin=PIN, state="unchecked", failed=True))
    log = tuple(
        replace(
            change, edits=tuple(replace(e, after={**(e.after or {}), "pins": list(two.pins)}) for e in change.edits)
        )
        if change.action == "note"
        else change
        for change in made.log
    )
    made = replace(made, log=log, refreshes=(*made.refreshes[:-1], replace(last, drift=drift)))
    async with running(make_workspace(tmp_path, made), size=(200, 60)) as (app, pilot):
        await pilot.press("j")
        await until(pilot, lambda: "1 pin not checked" in shown(app))
        assert "stale evidence  unchecked evidence" in shown(app)


class OneCommit(DemoSource):
    """A source with one commit."""

    def __init__(self) -> None:
        self.can_write = False

    async def commit_detail(self, repo: str, name: str) -> CommitDetail:
        commit = Commit(sha=sha("a"), at=NOW, subject="fix: claims", author="Ada")
        return CommitDetail(commit=commit, message="fix: claims", files=())


async def test_a_commit_with_a_short_sha_is_pinned_with_its_full_sha(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path, record(), open_source=OneCommit)
    async with running(workspace) as (app, pilot):
        app.push_screen(CommitScreen(Pin(kind="commit", repo=UP, sha="a" * 10), "gate:value"))
        await until(pilot, lambda: "fix: claims" in shown(app))
        await pilot.press("p")
        await until(pilot, lambda: workspace.store.load().gates["value"].pins[-1] == f"{UP}@{sha('a')}")
