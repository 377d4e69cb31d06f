"""Test workspaces for the screens: a real store in a temporary folder, a sample record, and scripted refreshes."""

import asyncio
import datetime as dt
import re
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.errors import NoWidget
from textual.events import Paste
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import OptionList

from pawtui.evidence_reader import nothing_local
from pawtui.probes.probe_facts import ChurnFacts, ReleaseFacts, SurfaceFacts
from pawtui.probes.reading import Evidence, ProbeReading
from pawtui.probes.state import State
from pawtui.refresh.outcome import RefreshOutcome
from pawtui.refresh.progress import Progress, ProgressCallback
from pawtui.refresh.refresh_types import Drift, Range, Ranges, Refresh, RelatedStatus, RepoSnapshot, SignalReading
from pawtui.review.actions import ActionContext, Actor, ChangeFactory
from pawtui.review.gate_actions import add_pin, set_gate
from pawtui.review.note_actions import add_note
from pawtui.review.overview import Overview
from pawtui.review.record_types import Change, Record
from pawtui.review.verdict_actions import give_verdict
from pawtui.sources.facts import Issue, RequestUsage, Tree
from pawtui.sources.protocol import WritableSource
from pawtui.sources.source_errors import NotFound, SourceError
from pawtui.store.store import Store
from pawtui.tracker.probe_types import AttestedProbe, ChurnProbe, ReleaseProbe
from pawtui.tracker.tracker_types import Gate, Part, Related, Scope, Side, Signal, Tracker
from pawtui.tui.app import PawtuiApp
from pawtui.workspace import Workspace

_Entry = TypeVar("_Entry", Change, Refresh)

# The method of Textual, which `conftest.py` replaces in most tests.
RENDER_LINES = Widget.render_lines
NOW = dt.datetime(2026, 11, 20, 14, 2, tzinfo=dt.UTC)
UP, DOWN = "loom/loom", "tuft/tuft"
WEB = "https://github.com"


def sha(letter: str) -> str:
    """Return a SHA of one letter."""
    return letter * 40


@cache
def tracker() -> Tracker:
    """Return a tracker with three signals of different kinds and three gates, one with parts."""
    return Tracker(
        id="tuft-loom",
        title="tuft follows loom v2",
        about="Is loom v2 mature enough?",
        issue="tuft/tuft#1",
        upstream=Side(repo=UP, refs=("v2",)),
        downstream=Side(repo=DOWN, refs=("main",)),
        scope=Scope(inside=("Watch the runtime",), outside=("No migration",)),
        surfaces={"runner": ("src/runner",), "events": ("src/events.ts",)},
        signals=(
            Signal(
                id="released", title="v2 is the default path", probes=(ReleaseProbe(line="v2.*", why="Tags tell."),)
            ),
            Signal(id="calm", title="The runtime is calm", probes=(ChurnProbe(surfaces=("runner", "events"), met=8),)),
            Signal(id="story", title="There is a recovery story", probes=(AttestedProbe(ask="Is it written down?"),)),
        ),
        gates=(
            Gate(
                id="sessions",
                title="Sessions survive",
                about="On copies.",
                parts=(Part(id="open", title="Open"), Part(id="read", title="Read")),
                paths=("src/session",),
            ),
            Gate(id="replay", title="The shadow replay maps"),
            Gate(id="value", title="The value is concrete"),
        ),
        related=(Related(ref="loom/loom#7", why="names before release"),),
    )


def reading(
    signal_id: str, state: State, summary: str, *, fingerprint: str = "", weeks: tuple[int, ...] = ()
) -> SignalReading:
    """Return a reading with one probe; with `weeks` it has churn facts."""
    facts: ReleaseFacts | ChurnFacts = ReleaseFacts()
    kind = "release"
    if weeks:
        kind = "churn"
        facts = ChurnFacts(
            days=28,
            total=sum(weeks[-4:]),
            peak=max(weeks) * 4,
            weeks=weeks,
            weeks_from=dt.date(2026, 8, 28),
            surfaces=(
                SurfaceFacts(name="runner", count=sum(weeks[-4:]), peak=54, weeks=weeks),
                SurfaceFacts(name="events", count=0, peak=1, weeks=(0,) * len(weeks)),
            ),
        )
    evidence = (
        Evidence(
            text=f"{sha('c')[:10]} feat(core)!: rename {signal_id}",
            url=f"{WEB}/{UP}/commit/{sha('c')}",
            pin=f"{UP}@{sha('c')}",
            at=NOW - dt.timedelta(days=6),
        ),
        Evidence(text="src/runner/llm.ts is there", url=f"{WEB}/{UP}/blob/{sha('b')}/src/runner/llm.ts"),
    )
    probe = ProbeReading(
        kind=kind,
        state=state,
        summary=summary,
        rule="met up to 8 commits in 28 days",
        facts=facts,
        evidence=evidence,
        cause="the rate limit is used up" if state == "unknown" else "",
        gaps=("3 older commits are counted but not listed",),
    )
    return SignalReading(id=signal_id, state=state, probes=(probe,), fingerprint=fingerprint)


WEEKS = (31, 28, 22, 19, 14, 12, 9, 11, 8, 7, 3, 2)


def refresh(number: int, *, up: str = "b", states: tuple[State, State, State] = ("met", "unmet", "unknown")) -> Refresh:
    """Return the refresh of a week, 0 for the newest; `up` is the letter of the upstream SHA."""
    at = NOW - dt.timedelta(weeks=number, hours=2)
    return Refresh(
        id=f"refresh-{999 - number:04}",
        at=at,
        duration=2.5,
        source="live",
        tool="pawtui 0.1.0",
        upstream=RepoSnapshot(repo=UP, ref="v2", sha=sha(up), committed_at=at - dt.timedelta(hours=2)),
        downstream=RepoSnapshot(repo=DOWN, ref="main", sha=sha("d"), committed_at=at - dt.timedelta(days=90)),
        range=Ranges(
            upstream=Range(from_=sha("a"), to=sha(up), ancestor=True, commits=229, files=300, files_at_least=True)
        ),
        signals=(
            reading("released", states[0], "v2.3.2 is out", fingerprint="r1"),
            reading("calm", states[1], "20 commits in 28 days", fingerprint=f"c-{up}", weeks=WEEKS),
            reading("story", states[2], "waits for a verdict"),
        ),
        requests=RequestUsage(sent=41, not_modified=4, remaining=4971, limit=5000),
        related=(
            RelatedStatus(ref="loom/loom#7", title="Review names", state="open", url=f"{WEB}/loom/loom/issues/7"),
        ),
    )


@cache
def record(weeks: int = 3) -> Record:
    """Return a record: refreshes, a note with a changed pin, a blocked gate and a verdict."""
    states: tuple[State, State, State] = ("met", "partial", "unknown")
    refreshes = tuple(refresh(number, up="a", states=states) for number in range(weeks, 0, -1))
    current = Record(refreshes=(*refreshes, refresh(0)))
    when = NOW - dt.timedelta(hours=3)
    pin = f"{UP}@{sha('a')}:src/runner/llm.ts#L10-L20"
    actions: list[ChangeFactory] = [
        lambda context: add_note(context, "signal:calm", "2.2 rejects older failed tools.\nSecond line.", pins=[pin]),
        lambda context: set_gate(context, "replay", "blocked", reason="skill parts do not map"),
        lambda context: give_verdict(context, "story", "met", reason="written down in specs"),
        lambda context: add_pin(context, "value", "loom/loom#9"),
    ]
    for number, make in enumerate(actions):
        actor = Actor(by="ana", at=when + dt.timedelta(seconds=number))
        current = applied(current, make(ActionContext(tracker(), current, actor)))
    drift = Drift(pin=pin, state="changed", summary="changed by fedc6f2 rename", by=sha("f"))
    new = Drift(pin="loom/loom#9", state="unchecked", summary="pinned after the last refresh: refresh to check it")
    last = replace(current.refreshes[-1], drift=(drift, new))
    return replace(current, refreshes=(*current.refreshes[:-1], last))


def applied(before: Record, change: Change) -> Record:
    """Return the record after a change."""
    from pawtui.store.edits import apply

    return apply(before, change)[0]


def store_record(store: Store, sample: Record) -> None:
    """Write a sample record with the methods of the store."""
    with store.batch():
        for sample_refresh in sample.refreshes:
            store_refresh(store, sample_refresh)
        for change in sample.log:
            store.record_change(partial(_unchanged, change))


def store_refresh(store: Store, sample: Refresh) -> None:
    """Write a sample refresh."""
    store.add_refresh(partial(_unchanged, sample))


def _unchanged(entry: _Entry, _record: Record) -> _Entry:
    return entry


Script = Callable[[ProgressCallback], Awaitable[RefreshOutcome]]


class TestWorkspace(Workspace):
    """A workspace whose refresh runs a script instead of requests."""

    __test__ = False
    script: Script | None = None

    async def refresh(
        self, report: ProgressCallback, *, force: bool = False, as_of: dt.datetime | None = None
    ) -> RefreshOutcome:
        """Run the script, then write its outcome."""
        assert self.script is not None
        outcome = await self.script(report)
        if outcome.refresh is not None:
            await asyncio.to_thread(self.store.add_refresh, partial(_unchanged, outcome.refresh), outcome.pinned_states)
        return outcome


OpenSource = Callable[[], AbstractAsyncContextManager[WritableSource]]


class _Issues:
    """A source that has every issue except the number 404. Most tests read nothing else."""

    async def issues(self, repo: str, numbers: Sequence[int]) -> Mapping[int, Issue | SourceError]:
        return {number: _issue(repo, number) if number != 404 else NotFound("No issue 404.") for number in numbers}


def _issue(repo: str, number: int) -> Issue:
    return Issue(repo=repo, number=number, title="A title", state="open", url=f"{WEB}/{repo}/issues/{number}")


@asynccontextmanager
async def only_issues() -> AsyncIterator[WritableSource]:
    """Open the source that has only issues."""
    yield cast("WritableSource", _Issues())


def offline() -> AbstractAsyncContextManager[WritableSource]:
    """Raise `SourceError`, as without a network."""
    raise SourceError("GitHub cannot be reached.")


def make_workspace(
    home: Path,
    stored: Record | None = None,
    *,
    user: str = "ben",
    of: Tracker | None = None,
    local_tree: Callable[[str, str], Tree | None] = nothing_local,
    local_blob: Callable[[str, str], bytes | None] = nothing_local,
    open_source: OpenSource = only_issues,
) -> TestWorkspace:
    """Return a workspace in `home` with that record."""
    store = Store(home / "tuft-loom")
    if stored is not None:
        store_record(store, stored)
    return TestWorkspace(
        tracker=of or tracker(),
        store=store,
        user=user,
        web=WEB,
        open_source=open_source,
        clock=lambda: NOW,
        local_tree=local_tree,
        local_blob=local_blob,
    )


def record_slowly(workspace: TestWorkspace, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Let each change wait before it is recorded, until the event is set that is returned."""
    released, record_change = threading.Event(), workspace.record_change

    def wait_and_record(*arguments: Any) -> Overview:
        released.wait(30)
        return record_change(*arguments)

    monkeypatch.setattr(workspace, "record_change", wait_and_record)
    return released


def make_app(workspace: TestWorkspace, opened: list[str] | None = None) -> PawtuiApp:
    """Return the app as the command starts it; it scrolls without animation."""
    app = PawtuiApp(workspace, opener=(opened if opened is not None else []).append)
    app.animation_level = "none"
    return app


@asynccontextmanager
async def running(
    workspace: TestWorkspace, *, size: tuple[int, int] = (120, 36), notifications: bool = False
) -> AsyncIterator[tuple[PawtuiApp, Pilot[None]]]:
    """Run the app on a screen of that size. By default it has no toasts, which cover the footer."""
    app = make_app(workspace)
    async with app.run_test(size=size, notifications=notifications) as pilot:
        yield app, pilot


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    """Let the app run until a condition is true. Otherwise fail with the text of the screen."""
    # A busy machine needs many rounds until a worker has written to disk. The limit is only for a failure.
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if condition():
            await pilot.pause()
            return
        await pilot.pause()
    raise AssertionError(f"the condition is never true:\n{shown(pilot.app)}")


async def paste(pilot: Pilot[None], text: str) -> None:
    """Paste text into the focused field: one event instead of a key and a frame for each character."""
    pilot.app.post_message(Paste(text))
    await pilot.pause()


def shown(app: App[None]) -> str:
    """Return the text of the screen, line by line, without styles."""
    width, height = app.size
    grid = [[" "] * width for _ in range(height)]
    for x, y, strip in _strips(app):
        text = strip.text
        characters = text if strip.cell_length == len(text) else [cell for cell, _style in _cells(Segment(text))]
        grid[y][x : x + len(characters)] = characters
    return "\n".join("".join(row) for row in grid)


def is_shown(app: App[None], words: str) -> bool:
    """Return whether the screen has that text on one line."""
    return words in shown(app)


def one_line(app: App[None]) -> str:
    """Return the text of the screen as one line, without frames and scroll bars."""
    return " ".join(re.sub("[│▁-█]", " ", shown(app)).split())


def highlighted_command(app: App[None]) -> str:
    """Return the highlighted command of the palette, once its list is visible."""
    options = app.screen.query(OptionList)
    option = options.first().highlighted_option if options else None
    return str(option.prompt) if option is not None else ""


Cell = tuple[str, Style]


def cells(app: App[None]) -> list[list[Cell]]:
    """Return every cell of the screen with its style, by line; the second cell of a wide character is empty."""
    width, height = app.size
    grid: list[list[Cell]] = [[(" ", Style.null())] * width for _ in range(height)]
    for x, y, strip in _strips(app):
        row = [cell for segment in strip for cell in _cells(segment)]
        grid[y][x : x + len(row)] = row
    return grid


def _strips(app: App[None]) -> Iterator[tuple[int, int, Strip]]:
    """Yield the visible lines of all widgets with their column and row; later lines cover earlier ones."""
    placed = []
    for widget in (app.screen, *app.screen.query("*")):
        with suppress(NoWidget):
            placed.append((app.screen.find_widget(widget), widget))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Widget, "render_lines", RENDER_LINES)
        for geometry, widget in sorted(placed, key=lambda pair: pair[0].order):
            region = geometry.visible_region
            lines = widget.render_lines(region.translate(-geometry.region.offset)) if region.area else []
            # Just after a resize, a widget may be larger than the screen.
            for y, strip in enumerate(lines[: max(0, app.size.height - region.y)], region.y):
                yield region.x, y, strip


def _cells(segment: Segment) -> Iterator[Cell]:
    style = segment.style or Style.null()
    for character in segment.text:
        yield character, style
        yield from [("", style)] * (cell_len(character) - 1)


def step(done: int, total: int, summary: str, measured: SignalReading | None = None) -> Progress:
    """Return the progress of a refresh."""
    return Progress(done=done, total=total, message=summary, reading=measured, sent=done)
